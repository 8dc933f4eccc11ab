/**
 * Tables of a trace for other programs: every id written out as what it means, one row a thing, columns of one type. CSV and
 * Parquet are written from these, so that a spreadsheet, DuckDB or Spark need no knowledge of our catalogs.
 */
import { DEATHS, DISPATCH_FLAGS, PHASES, ROLES, STEP_FLAGS, TRANSFER_KINDS } from '../trace/model.ts';
import type { SourceLocation, Trace } from '../trace/model.ts';

/** Null where the trace does not know. */
export type FlatValue = string | number | boolean | null;

/**
 * A column whose rows are values of their own (`codes` null), or hang on something fewer: the value of row r is `values[codes[r]]`, null
 * where that code is negative. Columns that hang on the same thing have the very same `codes`.
 */
export interface FlatColumn {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'number' | 'boolean';
  readonly codes: ArrayLike<number> | null;
  readonly values: readonly FlatValue[];
}

export interface FlatTable {
  readonly length: number;
  readonly columns: readonly FlatColumn[];
}

export const FLAT_TABLES = [
  'dispatches',
  'slices',
  'transfers',
  'steps',
  'buffers',
  'samples',
  'marks',
] as const;
export type FlatTableName = (typeof FLAT_TABLES)[number];

/** `source`: what the rows are told apart by when many traces are queried together, as a rule the file's name. */
export function flatTable(trace: Trace, name: FlatTableName, source: string): FlatTable {
  const { length } = trace.tables[name];
  const columns = new Columns(length, source);
  FILL[name](trace, columns);
  return { length, columns: columns.all };
}

/** The column's value in a row. */
export function flatValue({ codes, values }: FlatColumn, row: number): FlatValue {
  return values[codes ? (codes[row] as number) : row] ?? null;
}

class Columns {
  readonly all: FlatColumn[] = [];
  readonly #length: number;
  #codes: ArrayLike<number> | null = null;
  #count: number;

  constructor(length: number, source: string) {
    this.#length = length;
    this.#count = length;
    this.per(new Uint8Array(length), 1);
    this.text('source', () => source);
  }

  /** The columns that follow hang on `codes`, of which there are `count`; their functions get a code. */
  per(codes: ArrayLike<number>, count: number): this {
    this.#codes = codes;
    this.#count = count;
    return this;
  }

  /** The columns that follow have a value of their own in each row. */
  rows(): this {
    this.#codes = null;
    this.#count = this.#length;
    return this;
  }

  text(name: string, value: (row: number) => string | null): void {
    this.#add(name, 'text', value);
  }

  integer(name: string, value: (row: number) => number): void {
    this.#add(name, 'integer', (row) => known(value(row)));
  }

  number(name: string, value: (row: number) => number): void {
    this.#add(name, 'number', (row) => known(value(row)));
  }

  flag(name: string, value: (row: number) => number): void {
    this.#add(name, 'boolean', (row) => value(row) !== 0);
  }

  #add(name: string, type: FlatColumn['type'], value: (row: number) => FlatValue): void {
    const values: FlatValue[] = [];
    for (let i = 0; i < this.#count; i++) values.push(value(i));
    this.all.push({ name, type, codes: this.#codes, values });
  }
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Ids of -1 are unknown. */
function id(value: number): number {
  return value < 0 ? NaN : value;
}

function place(location: SourceLocation | undefined): string | null {
  return location ? `${location.file}:${location.line}:${location.column}` : null;
}

function span(columns: Columns, starts: Readonly<Float64Array>, ends: Readonly<Float64Array>): void {
  columns.number('startNs', (row) => starts[row] as number);
  columns.number('endNs', (row) => ends[row] as number);
  columns.number('durationNs', (row) => (ends[row] as number) - (starts[row] as number));
}

const FILL: { readonly [N in FlatTableName]: (trace: Trace, columns: Columns) => void } = {
  dispatches({ tables: { dispatches, launches }, kernels, strings, layers, locations, tracks }, columns) {
    const kernel = (launch: number) => kernels[launches.kernel[launch] as number];
    const queues = tracks.filter(({ kind }) => kind === 'gpu-queue');
    const perLaunch = () => columns.per(dispatches.launch, launches.length);
    columns.rows().integer('dispatch', (row) => row);
    perLaunch();
    columns.text('kernel', (launch) => kernel(launch)?.name ?? null);
    columns.text('family', (launch) => kernel(launch)?.family ?? null);
    columns.text('operator', (launch) => strings[launches.op[launch] as number] || null);
    columns.text('layer', (launch) => layers[launches.layer[launch] as number]?.path ?? null);
    columns.text('phase', (launch) => PHASES[launches.phase[launch] as number] ?? null);
    columns.text('location', (launch) => place(locations[launches.location[launch] as number]));
    columns.rows().integer('step', (row) => id(dispatches.step[row] as number));
    columns.per(dispatches.queue, queues.length).text('device', (queue) => queues[queue]?.group ?? null);
    columns.rows().integer('queue', (row) => dispatches.queue[row] as number);
    span(columns, dispatches.startNs, dispatches.endNs);
    columns.number('launchedNs', (row) => dispatches.cpuNs[row] as number);
    columns.flag('warmup', (row) => (dispatches.flags[row] as number) & DISPATCH_FLAGS.warmup);
    columns.flag(
      'locationInferred',
      (row) => (dispatches.flags[row] as number) & DISPATCH_FLAGS.lineInferred,
    );
    perLaunch();
    columns.number('workgroupsX', (launch) => launches.workgroupsX[launch] as number);
    columns.number('workgroupsY', (launch) => launches.workgroupsY[launch] as number);
    columns.number('workgroupsZ', (launch) => launches.workgroupsZ[launch] as number);
    columns.integer(
      'threads',
      (launch) => (kernel(launch)?.workgroupSize ?? [0, 0, 0]).reduce((all, n) => all * n, 1) || NaN,
    );
    columns.number('workgroupBytes', (launch) => kernel(launch)?.workgroupBytes ?? NaN);
    columns.integer('registersPerThread', (launch) => kernel(launch)?.registersPerThread ?? NaN);
    columns.number('flops', (launch) => launches.flops[launch] as number);
    columns.number('bytesMoved', (launch) => launches.bytesMoved[launch] as number);
  },
  slices({ tables: { slices }, strings, layers, locations, tracks }, columns) {
    columns.per(slices.name, strings.length).text('name', (string) => strings[string] ?? null);
    columns.per(slices.track, tracks.length);
    columns.text('group', (track) => tracks[track]?.group ?? null);
    columns.text('track', (track) => tracks[track]?.name ?? null);
    columns.text('content', (track) => tracks[track]?.content ?? null);
    columns.per(slices.layer, layers.length).text('layer', (layer) => layers[layer]?.path ?? null);
    perPlace(columns, slices.location, locations);
    columns.rows().integer('step', (row) => id(slices.step[row] as number));
    columns.integer('depth', (row) => slices.depth[row] as number);
    span(columns, slices.startNs, slices.endNs);
  },
  transfers({ tables: { transfers }, locations }, columns) {
    columns.per(transfers.kind, TRANSFER_KINDS.length).text('kind', (kind) => TRANSFER_KINDS[kind] ?? null);
    columns.rows().number('sizeBytes', (row) => transfers.sizeBytes[row] as number);
    columns.integer('step', (row) => id(transfers.step[row] as number));
    perPlace(columns, transfers.location, locations);
    columns.rows();
    span(columns, transfers.startNs, transfers.endNs);
  },
  steps({ tables: { steps } }, columns) {
    columns.rows().integer('step', (row) => steps.index[row] as number);
    span(columns, steps.startNs, steps.endNs);
    columns.flag('timed', (row) => (steps.flags[row] as number) & STEP_FLAGS.timed);
    columns.flag('warmup', (row) => (steps.flags[row] as number) & STEP_FLAGS.warmup);
    columns.number('loss', (row) => steps.loss[row] as number);
    columns.number('samples', (row) => steps.samples[row] as number);
  },
  buffers({ tables: { buffers }, strings, layers, locations }, columns) {
    columns.rows().integer('buffer', (row) => row);
    columns.per(buffers.label, strings.length).text('label', (string) => strings[string] || null);
    columns.per(buffers.role, ROLES.length).text('role', (role) => ROLES[role] ?? null);
    columns.per(buffers.layer, layers.length).text('layer', (layer) => layers[layer]?.path ?? null);
    perPlace(columns, buffers.location, locations);
    columns.rows().number('sizeBytes', (row) => buffers.sizeBytes[row] as number);
    columns.integer('parent', (row) => id(buffers.parent[row] as number));
    columns.number('bornNs', (row) => buffers.bornNs[row] as number);
    columns.number('diedNs', (row) => buffers.diedNs[row] as number);
    columns.per(buffers.death, DEATHS.length).text('death', (death) => DEATHS[death] ?? null);
  },
  samples({ tables: { samples }, series }, columns) {
    columns.per(samples.series, series.length);
    columns.text('series', (of) => series[of]?.name ?? null);
    columns.text('unit', (of) => series[of]?.unit ?? null);
    columns.rows().number('atNs', (row) => samples.atNs[row] as number);
    columns.number('value', (row) => samples.value[row] as number);
  },
  marks({ tables: { marks }, strings, tracks }, columns) {
    columns.per(marks.name, strings.length).text('name', (string) => strings[string] ?? null);
    columns.per(marks.track, tracks.length);
    columns.text('group', (track) => tracks[track]?.group ?? null);
    columns.text('track', (track) => tracks[track]?.name ?? null);
    columns.rows().number('atNs', (row) => marks.atNs[row] as number);
  },
};

function perPlace(columns: Columns, of: ArrayLike<number>, locations: readonly SourceLocation[]): void {
  columns.per(of, locations.length).text('location', (location) => place(locations[location]));
}
