/** Checks of what enters a trace. Each returns null, or one line that says what is wrong and where. */
import { FAMILIES, FLOW_ENDS, PHASES, ROLES, TABLES, TRANSFER_KINDS } from './model.ts';
import type { CatalogName, TableName } from './model.ts';
import type { AnyTable } from './table.ts';
import { column } from './table.ts';

interface Sizes {
  count(table: TableName): number;
  catalogSize(name: CatalogName): number;
}

/** Columns that point into a table or catalog: a value must be below its size. `optional`: -1 is allowed. */
export const REFERENCES: {
  readonly [N in TableName]?: Readonly<
    Record<string, { readonly to: TableName | CatalogName; readonly optional?: true }>
  >;
} = {
  launches: {
    kernel: { to: 'kernels' },
    layer: { to: 'layers', optional: true },
    op: { to: 'strings' },
    location: { to: 'locations', optional: true },
  },
  dispatches: { launch: { to: 'launches' } },
  buffers: {
    layer: { to: 'layers', optional: true },
    location: { to: 'locations', optional: true },
    label: { to: 'strings' },
  },
  deaths: { buffer: { to: 'buffers' } },
  uses: { launch: { to: 'launches' }, buffer: { to: 'buffers' } },
  transfers: { buffer: { to: 'buffers', optional: true }, location: { to: 'locations', optional: true } },
  compiles: { kernel: { to: 'kernels', optional: true }, location: { to: 'locations', optional: true } },
  slices: {
    track: { to: 'tracks' },
    name: { to: 'strings' },
    layer: { to: 'layers', optional: true },
    location: { to: 'locations', optional: true },
  },
  marks: { track: { to: 'tracks' }, name: { to: 'strings' } },
  samples: { series: { to: 'series' } },
  flows: { name: { to: 'strings' } },
  metrics: { launch: { to: 'launches' }, name: { to: 'strings' } },
  sizes: { launch: { to: 'launches' }, name: { to: 'strings' } },
  bindings: { launch: { to: 'launches' }, buffer: { to: 'buffers' } },
  bindGroups: { location: { to: 'locations', optional: true } },
  uniforms: { launch: { to: 'launches' } },
};

/** Columns that hold one of a list's indices. */
const CODES: { readonly [N in TableName]?: Readonly<Record<string, number>> } = {
  launches: { phase: PHASES.length },
  buffers: { role: ROLES.length },
  transfers: { kind: TRANSFER_KINDS.length },
  phases: { phase: PHASES.length },
  flows: { fromEnd: FLOW_ENDS.length, toEnd: FLOW_ENDS.length },
};

export function checkRows(table: TableName, rows: AnyTable, sizes: Sizes): string | null {
  for (const [name, { to, optional }] of Object.entries(REFERENCES[table] ?? {})) {
    const limit = to in TABLES ? sizes.count(to as TableName) : sizes.catalogSize(to as CatalogName);
    const values = column(rows, name);
    for (let i = 0; i < rows.length; i++) {
      const id = values[i] as number;
      if (id >= limit || id < (optional ? -1 : 0))
        return `${table}[${sizes.count(table) + i}].${name} is ${id}, but there are ${limit} ${to}`;
    }
  }
  for (const [name, limit] of Object.entries(CODES[table] ?? {})) {
    const values = column(rows, name);
    for (let i = 0; i < rows.length; i++)
      if ((values[i] as number) >= limit)
        return `${table}[${sizes.count(table) + i}].${name} is ${values[i]}, not below ${limit}`;
  }
  return table === 'flows' ? checkFlowEnds(rows, sizes) : null;
}

function checkFlowEnds(rows: AnyTable, sizes: Sizes): string | null {
  for (const side of ['from', 'to']) {
    const ends = column(rows, `${side}End`);
    const ids = column(rows, side);
    for (let i = 0; i < rows.length; i++) {
      const table = FLOW_ENDS[ends[i] as number] as TableName;
      if ((ids[i] as number) >= sizes.count(table))
        return `flows[${sizes.count('flows') + i}].${side} is ${ids[i]}, but there are ${sizes.count(table)} ${table}`;
    }
  }
  return null;
}

export function checkEntry(
  catalog: CatalogName,
  entry: unknown,
  catalogs: { readonly [N in CatalogName]: readonly unknown[] },
): string | null {
  const at = `${catalog}[${catalogs[catalog].length}]`;
  if (catalog === 'strings') return typeof entry === 'string' ? null : `${at} is not a string`;
  if (typeof entry !== 'object' || entry === null) return `${at} is not an object`;
  const fields = entry as Record<string, unknown>;
  const text = catalog === 'locations' ? 'file' : catalog === 'layers' ? 'path' : 'name';
  if (typeof fields[text] !== 'string') return `${at}.${text} is not a string`;
  if (catalog === 'locations' && !(Number.isFinite(fields['line']) && Number.isFinite(fields['column'])))
    return `${at} has no line and column`;
  if (catalog === 'kernels') {
    const size = fields['workgroupSize'];
    if (!Array.isArray(size) || size.length !== 3 || !size.every(Number.isFinite))
      return `${at}.workgroupSize is not three numbers`;
    if (!(FAMILIES as readonly unknown[]).includes(fields['family']))
      return `${at}.family is ${JSON.stringify(fields['family'])}`;
  }
  if (catalog === 'layers') {
    const { parent, location } = fields;
    if (!Number.isInteger(parent) || (parent as number) >= catalogs.layers.length)
      return `${at}.parent is ${String(parent)}`;
    if (!Number.isInteger(location) || (location as number) >= catalogs.locations.length)
      return `${at}.location is ${String(location)}`;
  }
  return null;
}

export function checkMeta(patch: unknown): string | null {
  const meta = patch as Record<string, unknown>;
  for (const key of ['origin', 'script', 'startedAt', 'status', 'adapterReason'])
    if (key in meta && typeof meta[key] !== 'string') return `meta.${key} is not a string`;
  for (const key of ['notes', 'args'])
    if (
      key in meta &&
      !(Array.isArray(meta[key]) && (meta[key] as unknown[]).every((v) => typeof v === 'string'))
    )
      return `meta.${key} is not a list of strings`;
  for (const key of ['adapter', 'clock', 'overhead', 'host', 'sources', 'error'])
    if (key in meta && typeof meta[key] !== 'object') return `meta.${key} is not an object`;
  return null;
}
