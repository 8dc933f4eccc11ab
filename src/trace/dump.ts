/** A small trace as text, one line a row, for golden tests and `kernelscope open --dump`. Stable: same trace, same text. */
import { CATALOG_NAMES, TABLES, TABLE_NAMES } from './model.ts';
import type { CatalogName, TableName, Trace } from './model.ts';

/** Columns that hold an id of a catalog are printed as what they mean. */
const MEANINGS: Readonly<Record<string, CatalogName>> = {
  name: 'strings',
  op: 'strings',
  label: 'strings',
  track: 'tracks',
  series: 'series',
  layer: 'layers',
  kernel: 'kernels',
  location: 'locations',
};

export interface DumpOptions {
  /** Rows of a table printed; the rest are counted. */
  readonly maxRows?: number;
}

export function dumpTrace(trace: Trace, { maxRows = Infinity }: DumpOptions = {}): string {
  const lines: string[] = ['meta'];
  for (const [key, value] of Object.entries(trace.meta).sort(([a], [b]) => (a < b ? -1 : 1)))
    if (!isEmpty(value)) lines.push(`  ${key}: ${JSON.stringify(value)}`);
  for (const name of CATALOG_NAMES) {
    if (name === 'strings' || trace[name].length === 0) continue;
    lines.push(`${name} (${trace[name].length})`);
    trace[name].slice(0, maxRows).forEach((entry, id) => lines.push(`  ${id} ${JSON.stringify(entry)}`));
    if (trace[name].length > maxRows) lines.push(`  ... ${trace[name].length - maxRows} more`);
  }
  for (const name of TABLE_NAMES) dumpTable(trace, name, maxRows, lines);
  return `${lines.join('\n')}\n`;
}

function dumpTable(trace: Trace, name: TableName, maxRows: number, lines: string[]): void {
  const table = trace.tables[name] as unknown as { readonly length: number } & Record<
    string,
    ArrayLike<number>
  >;
  if (table.length === 0) return;
  lines.push(`${name} (${table.length})`);
  for (let i = 0; i < Math.min(table.length, maxRows); i++) {
    const cells = Object.keys(TABLES[name]).map(
      (column) => `${column}=${cell(trace, column, table[column]?.[i] as number)}`,
    );
    lines.push(`  ${i} ${cells.join(' ')}`);
  }
  if (table.length > maxRows) lines.push(`  ... ${table.length - maxRows} more`);
}

function cell(trace: Trace, column: string, value: number): string {
  const catalog = MEANINGS[column];
  if (!catalog || value < 0)
    return Number.isInteger(value) || Number.isNaN(value)
      ? String(value)
      : String(Math.round(value * 1000) / 1000);
  const entry: unknown = trace[catalog][value];
  if (typeof entry === 'string') return JSON.stringify(entry);
  if (catalog === 'locations') {
    const { file, line } = trace.locations[value] ?? {};
    return JSON.stringify(`${file}:${line}`);
  }
  const { name, path } = (entry ?? {}) as { name?: string; path?: string };
  return JSON.stringify(name ?? path ?? null);
}

function isEmpty(value: unknown): boolean {
  return (
    value === null ||
    value === '' ||
    (Array.isArray(value) && value.length === 0) ||
    (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
  );
}
