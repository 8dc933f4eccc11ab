/**
 * Tables of a trace for other programs: every id written out as what it means, one row a thing, columns of one type. CSV and
 * Parquet are written from these, so that a spreadsheet, DuckDB or Spark need no knowledge of our catalogs.
 */
import { DEATHS, DISPATCH_FLAGS, PHASES, ROLES, STEP_FLAGS, TRANSFER_KINDS } from '../trace/model.ts';
import type { SourceLocation, Trace } from '../trace/model.ts';

export interface FlatColumn {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'number' | 'boolean';
  /** Null where the trace does not know. */
  readonly data: readonly (string | number | boolean | null)[];
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

class Columns {
  readonly all: FlatColumn[] = [];
  readonly #length: number;

  constructor(length: number, source: string) {
    this.#length = length;
    this.text('source', () => source);
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

  #add(
    name: string,
    type: FlatColumn['type'],
    value: (row: number) => string | number | boolean | null,
  ): void {
    this.all.push({ name, type, data: Array.from({ length: this.#length }, (_, row) => value(row)) });
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
    const launch = (row: number): number => dispatches.launch[row] as number;
    const kernel = (row: number) => kernels[launches.kernel[launch(row)] as number];
    const queues = tracks.filter(({ kind }) => kind === 'gpu-queue');
    columns.integer('dispatch', (row) => row);
    columns.text('kernel', (row) => kernel(row)?.name ?? null);
    columns.text('family', (row) => kernel(row)?.family ?? null);
    columns.text('operator', (row) => strings[launches.op[launch(row)] as number] || null);
    columns.text('layer', (row) => layers[launches.layer[launch(row)] as number]?.path ?? null);
    columns.text('phase', (row) => PHASES[launches.phase[launch(row)] as number] ?? null);
    columns.text('location', (row) => place(locations[launches.location[launch(row)] as number]));
    columns.integer('step', (row) => id(dispatches.step[row] as number));
    columns.text('device', (row) => queues[dispatches.queue[row] as number]?.group ?? null);
    columns.integer('queue', (row) => dispatches.queue[row] as number);
    span(columns, dispatches.startNs, dispatches.endNs);
    columns.number('launchedNs', (row) => dispatches.cpuNs[row] as number);
    columns.flag('warmup', (row) => (dispatches.flags[row] as number) & DISPATCH_FLAGS.warmup);
    columns.number('workgroupsX', (row) => launches.workgroupsX[launch(row)] as number);
    columns.number('workgroupsY', (row) => launches.workgroupsY[launch(row)] as number);
    columns.number('workgroupsZ', (row) => launches.workgroupsZ[launch(row)] as number);
    columns.integer(
      'threads',
      (row) => (kernel(row)?.workgroupSize ?? [0, 0, 0]).reduce((all, n) => all * n, 1) || NaN,
    );
    columns.number('workgroupBytes', (row) => kernel(row)?.workgroupBytes ?? NaN);
    columns.integer('registersPerThread', (row) => kernel(row)?.registersPerThread ?? NaN);
    columns.number('flops', (row) => launches.flops[launch(row)] as number);
    columns.number('bytesMoved', (row) => launches.bytesMoved[launch(row)] as number);
  },
  slices({ tables: { slices }, strings, layers, locations, tracks }, columns) {
    const track = (row: number) => tracks[slices.track[row] as number];
    columns.text('name', (row) => strings[slices.name[row] as number] ?? null);
    columns.text('group', (row) => track(row)?.group ?? null);
    columns.text('track', (row) => track(row)?.name ?? null);
    columns.text('content', (row) => track(row)?.content ?? null);
    columns.text('layer', (row) => layers[slices.layer[row] as number]?.path ?? null);
    columns.text('location', (row) => place(locations[slices.location[row] as number]));
    columns.integer('step', (row) => id(slices.step[row] as number));
    columns.integer('depth', (row) => slices.depth[row] as number);
    span(columns, slices.startNs, slices.endNs);
  },
  transfers({ tables: { transfers }, locations }, columns) {
    columns.text('kind', (row) => TRANSFER_KINDS[transfers.kind[row] as number] ?? null);
    columns.number('sizeBytes', (row) => transfers.sizeBytes[row] as number);
    columns.integer('step', (row) => id(transfers.step[row] as number));
    columns.text('location', (row) => place(locations[transfers.location[row] as number]));
    span(columns, transfers.startNs, transfers.endNs);
  },
  steps({ tables: { steps } }, columns) {
    columns.integer('step', (row) => steps.index[row] as number);
    span(columns, steps.startNs, steps.endNs);
    columns.flag('timed', (row) => (steps.flags[row] as number) & STEP_FLAGS.timed);
    columns.flag('warmup', (row) => (steps.flags[row] as number) & STEP_FLAGS.warmup);
    columns.number('loss', (row) => steps.loss[row] as number);
    columns.number('samples', (row) => steps.samples[row] as number);
  },
  buffers({ tables: { buffers }, strings, layers, locations }, columns) {
    columns.integer('buffer', (row) => row);
    columns.text('label', (row) => strings[buffers.label[row] as number] || null);
    columns.text('role', (row) => ROLES[buffers.role[row] as number] ?? null);
    columns.text('layer', (row) => layers[buffers.layer[row] as number]?.path ?? null);
    columns.text('location', (row) => place(locations[buffers.location[row] as number]));
    columns.number('sizeBytes', (row) => buffers.sizeBytes[row] as number);
    columns.integer('parent', (row) => id(buffers.parent[row] as number));
    columns.number('bornNs', (row) => buffers.bornNs[row] as number);
    columns.number('diedNs', (row) => buffers.diedNs[row] as number);
    columns.text('death', (row) => DEATHS[buffers.death[row] as number] ?? null);
  },
  samples({ tables: { samples }, series }, columns) {
    const of = (row: number) => series[samples.series[row] as number];
    columns.text('series', (row) => of(row)?.name ?? null);
    columns.text('unit', (row) => of(row)?.unit ?? null);
    columns.number('atNs', (row) => samples.atNs[row] as number);
    columns.number('value', (row) => samples.value[row] as number);
  },
  marks({ tables: { marks }, strings, tracks }, columns) {
    columns.text('name', (row) => strings[marks.name[row] as number] ?? null);
    columns.text('group', (row) => tracks[marks.track[row] as number]?.group ?? null);
    columns.text('track', (row) => tracks[marks.track[row] as number]?.name ?? null);
    columns.number('atNs', (row) => marks.atNs[row] as number);
  },
};
