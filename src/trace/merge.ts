/** Several traces as one: the ranks of a distributed run, or processes recorded apart. */
import { TraceBuilder } from './builder.ts';
import { FLOW_ENDS, TABLES, TABLE_NAMES } from './model.ts';
import type { CatalogName, TableName, Trace } from './model.ts';
import type { Row, Schema } from './table.ts';
import { column } from './table.ts';
import { REFERENCES } from './validate.ts';

export interface Part {
  /** Stands before the group of each of its tracks: `rank 3`. */
  readonly label: string;
  readonly trace: Trace;
  /** Where its zero lies on the merged axis, ns. */
  readonly offsetNs: number;
}

/**
 * Rows keep their order within a part. Equal kernels, layers and locations are one. Steps are those of the first part: the
 * others number the same updates. Meta is the first part's, with the notes of all.
 */
export function mergeTraces(parts: readonly Part[]): Trace {
  const builder = new TraceBuilder();
  const shared = new Map<string, number>();
  let queues = 0;
  parts.forEach((part, index) => {
    addPart(builder, part, shared, queues, index === 0);
    queues += part.trace.tracks.filter(({ kind }) => kind === 'gpu-queue').length;
  });
  const first = parts[0]?.trace.meta;
  const notes = parts.flatMap(({ label, trace }) => trace.meta.notes.map((note) => `${label}: ${note}`));
  if (first)
    builder.setMeta({
      ...first,
      notes: [`${parts.length} traces as one; steps are those of ${parts[0]?.label}.`, ...notes],
    });
  return builder.build();
}

/** New id of each old one, by table or catalog. */
type Ids = Partial<Record<TableName | CatalogName, (id: number) => number>>;

function addPart(
  builder: TraceBuilder,
  { label, trace, offsetNs }: Part,
  shared: Map<string, number>,
  queues: number,
  isFirst: boolean,
): void {
  const ids: Ids = {};
  const mapped = (name: CatalogName, list: readonly number[]): void =>
    void (ids[name] = (id) => list[id] ?? -1);
  /** Adds an entry unless an equal one is there. */
  const once = <N extends 'kernels' | 'layers' | 'locations'>(
    name: N,
    entry: Trace[N][number],
    key: string,
  ): number => {
    const known = shared.get(`${name} ${key}`);
    if (known !== undefined) return known;
    const id = builder.add(name, entry as never);
    shared.set(`${name} ${key}`, id);
    return id;
  };
  mapped(
    'strings',
    trace.strings.map((text) => builder.string(text)),
  );
  const locations = trace.locations.map((entry) => once('locations', entry, JSON.stringify(entry)));
  mapped('locations', locations);
  mapped(
    'kernels',
    trace.kernels.map((entry) => once('kernels', entry, JSON.stringify(entry))),
  );
  const layers: number[] = [];
  for (const entry of trace.layers)
    layers.push(
      once(
        'layers',
        { ...entry, parent: layers[entry.parent] ?? -1, location: locations[entry.location] ?? -1 },
        entry.path,
      ),
    );
  mapped('layers', layers);
  const tracks = trace.tracks.map((entry) =>
    builder.add('tracks', { ...entry, group: `${label} · ${entry.group}` }),
  );
  mapped('tracks', tracks);
  mapped(
    'series',
    trace.series.map((entry) =>
      builder.add('series', { ...entry, name: `${label} ${entry.name}`, track: tracks[entry.track] ?? 0 }),
    ),
  );
  for (const name of TABLE_NAMES) {
    const base = builder.count(name);
    ids[name] = (id) => id + base;
  }
  for (const name of TABLE_NAMES)
    if (name !== 'steps' || isFirst) addRows(builder, name, trace, ids, offsetNs, queues);
}

function addRows(
  builder: TraceBuilder,
  name: TableName,
  trace: Trace,
  ids: Ids,
  offsetNs: number,
  queues: number,
): void {
  const table = trace.tables[name];
  const columns = Object.keys(TABLES[name]).map((key) => ({
    key,
    values: column(table, key),
    move: mover(name, key, ids, offsetNs, queues),
  }));
  for (let i = 0; i < table.length; i++) {
    const row: Record<string, number> = {};
    for (const { key, values, move } of columns) row[key] = move(values[i] as number, i);
    if (name === 'flows') moveEnds(row, ids);
    builder.row(name, row as Row<Schema> as never);
  }
}

function mover(
  table: TableName,
  key: string,
  ids: Ids,
  offsetNs: number,
  queues: number,
): (value: number, row: number) => number {
  if (key.endsWith('Ns')) return (ns) => ns + offsetNs;
  if (key === 'queue') return (queue) => queue + queues;
  if (key === 'parent' && table === 'buffers') return (id) => (id < 0 ? id : (ids.buffers?.(id) ?? id));
  const to = REFERENCES[table]?.[key]?.to;
  if (!to) return (value) => value;
  return (id) => (id < 0 ? id : (ids[to]?.(id) ?? id));
}

function moveEnds(row: Record<string, number>, ids: Ids): void {
  for (const side of ['from', 'to'])
    row[side] =
      ids[FLOW_ENDS[row[`${side}End`] as number] ?? 'slices']?.(row[side] as number) ?? (row[side] as number);
}
