/** What the adapter check (src/child/adapters-main.ts) tells the one who started it. */

export interface AdapterReport {
  readonly adapter: {
    readonly name: string;
    readonly vendor: string;
    readonly architecture: string;
    readonly backend: string;
    readonly software: boolean;
    readonly features: readonly string[];
  } | null;
  /** Null when the adapter was found and computes rightly. */
  readonly problem: string | null;
}

/** Checks the line that the process printed. */
export function checkAdapterReport(line: string): AdapterReport | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const report = value as AdapterReport | null;
  if (typeof report !== 'object' || report === null || !('adapter' in report)) return null;
  const { adapter, problem } = report;
  if (problem !== null && typeof problem !== 'string') return null;
  if (adapter === null) return report;
  const texts = [adapter.name, adapter.vendor, adapter.architecture, adapter.backend].every(
    (text) => typeof text === 'string',
  );
  return texts && typeof adapter.software === 'boolean' && Array.isArray(adapter.features) ? report : null;
}
