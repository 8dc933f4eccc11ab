/** The GPU as PyTorch's profiler describes it, and when the trace began. */
import type { AdapterInfo } from '../../trace/model.ts';

/** One entry of deviceProperties. Older files spell some names another way. */
export interface DeviceProperties {
  readonly id: number;
  readonly name: string;
  /** As Intel's plug-in writes them; empty elsewhere. */
  readonly vendor: string;
  readonly driverVersion: string;
  /** Its numbers. */
  readonly values: Readonly<Record<string, number>>;
}

const OLD_NAMES: Readonly<Record<string, string>> = {
  major: 'computeMajor',
  minor: 'computeMinor',
  multiProcessorCount: 'numSms',
  maxThreadsPerMultiProcessor: 'maxThreadsPerMultiprocessor',
  maxSharedMemoryPerMultiProcessor: 'sharedMemPerMultiprocessor',
};

export function readHeader(header: ReadonlyMap<string, string>, name: string): unknown {
  const text = header.get(name);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function deviceProperties(header: ReadonlyMap<string, string>): DeviceProperties[] {
  const list = readHeader(header, 'deviceProperties') ?? readHeader(header, 'computeProperties');
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const values: Record<string, number> = {};
    for (const [key, value] of Object.entries(entry))
      if (typeof value === 'number' && key !== '__proto__') values[OLD_NAMES[key] ?? key] = value;
    const text = (key: string): string => {
      const value = (entry as Record<string, unknown>)[key];
      return typeof value === 'string' ? value : '';
    };
    const id = values['id'] ?? NaN;
    return [{ id, name: text('name'), vendor: text('vendor'), driverVersion: text('driverVersion'), values }];
  });
}

/** `device` is the one that did the work. */
export function adapterOf(
  header: ReadonlyMap<string, string>,
  devices: readonly DeviceProperties[],
  device: number,
): AdapterInfo | null {
  const used = devices.find(({ id }) => id === device) ?? devices[0];
  if (!used) return null;
  const rocm =
    header.has('roctracer_version') ||
    header.has('hip_runtime_version') ||
    /^(AMD|Radeon|gfx)/i.test(used.name);
  const xpu = /intel|\bxpu\b|\barc\b/i.test(`${used.vendor} ${used.name}`);
  const { computeMajor, computeMinor, totalGlobalMem } = used.values;
  const version = readHeader(header, rocm ? 'hip_driver_version' : 'cuda_driver_version');
  const { id: _, ...limits } = used.values;
  return {
    name: used.name,
    vendor: rocm ? 'amd' : xpu ? 'intel' : 'nvidia',
    architecture: !rocm && !xpu && computeMajor !== undefined ? `sm_${computeMajor}${computeMinor ?? 0}` : '',
    backend: rocm ? 'ROCm' : xpu ? 'XPU' : 'CUDA',
    software: false,
    driver: typeof version === 'number' ? String(version) : used.driverVersion,
    features: [],
    limits,
    ...(used.values['warpSize']
      ? { subgroupMinSize: used.values['warpSize'], subgroupMaxSize: used.values['warpSize'] }
      : {}),
    memoryBytes: totalGlobalMem ?? null,
  };
}

/** What the file's times count from, in microseconds since 1970; 0 where they count from there themselves. */
export function baseUs(header: ReadonlyMap<string, string>): number {
  const base = Number(readHeader(header, 'baseTimeNanoseconds') ?? 0);
  return Number.isFinite(base) ? base / 1000 : 0;
}

/** ISO date of a time given in microseconds; empty when the file's clock does not count from 1970. */
export function startedAt(header: ReadonlyMap<string, string>, startUs: number): string {
  const ms = (baseUs(header) + startUs) / 1000;
  // 2001 .. 2100: anything else is a counter since boot.
  return ms > 978_307_200_000 && ms < 4_102_444_800_000 ? new Date(ms).toISOString() : '';
}
