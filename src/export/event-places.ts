/** Where rows stand in a Chrome trace: processes are groups of tracks, threads are tracks, and tables without a track get one. */
import { TIMED_TABLES } from '../trace/event-form.ts';
import type { TableName, Trace } from '../trace/model.ts';
import { column } from '../trace/table.ts';
import { lanes } from './lanes.ts';

export interface Place {
  readonly process: number;
  readonly thread: number;
}

/** Tables whose rows have no track of their own. */
const OWN_LINES: readonly (readonly [TableName, string])[] = [
  ['steps', 'steps'],
  ['phases', 'phases'],
  ['transfers', 'transfers'],
  ['compiles', 'compiles'],
  ['submits', 'submits'],
  ['samples', 'counters'],
];

const SPAN_TABLES = [
  'dispatches',
  'transfers',
  'compiles',
  'submits',
  'steps',
  'phases',
  'slices',
] as const satisfies readonly TableName[];

const CATEGORY = {
  operators: 'cpu_op',
  runtime: 'cuda_runtime',
  python: 'python_function',
  annotations: 'user_annotation',
  'first-runs': 'slice',
} as const;

export class EventPlaces {
  readonly processes: { readonly process: number; readonly name: string }[] = [];
  readonly threads: (Place & { readonly name: string })[] = [];
  readonly #trace: Trace;
  readonly #ofTrack: Place[];
  readonly #ofQueue: Place[] = [];
  readonly #ofTable = new Map<TableName, Place>();
  readonly #processIds = new Map<string, number>();
  readonly #laneOf = new Map<TableName, Uint8Array>();
  /** Further threads of a thread, by lane. */
  readonly #extra = new Map<number, Place[]>();

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#ofTrack = trace.tracks.map(({ name, group, kind }) => {
      const place = this.#add(group, name);
      if (kind === 'gpu-queue') this.#ofQueue.push(place);
      return place;
    });
    const { dispatches } = trace.tables;
    for (let i = 0; i < dispatches.length; i++) {
      const queue = dispatches.queue[i] as number;
      this.#ofQueue[queue] ??= this.#add('GPU', `queue ${queue}`);
    }
    for (const [table, name] of OWN_LINES)
      if (trace.tables[table].length > 0) this.#ofTable.set(table, this.#add('run', name));
    this.#spread();
  }

  of(table: TableName, row: number): Place {
    const base = this.#base(table, row);
    const lane = this.#laneOf.get(table)?.[row] ?? 0;
    return lane === 0 ? base : (this.#extra.get(base.thread)?.[lane] ?? base);
  }

  /** Gives spans that cut each other threads of their own beside their track's. */
  #spread(): void {
    const { tables } = this.#trace;
    const spans = SPAN_TABLES.flatMap((table) =>
      Array.from({ length: tables[table].length }, (_, row) => ({ table, row })),
    );
    const time = new Map(
      SPAN_TABLES.map((table) => [
        table,
        {
          start: column(tables[table], TIMED_TABLES[table]?.start ?? ''),
          end: column(tables[table], TIMED_TABLES[table]?.end ?? ''),
        },
      ]),
    );
    const found = lanes({
      line: spans.map(({ table, row }) => this.#base(table, row).thread),
      startNs: spans.map(({ table, row }) => time.get(table)?.start[row] as number),
      endNs: spans.map(({ table, row }) => time.get(table)?.end[row] as number),
    });
    let at = 0;
    for (const table of SPAN_TABLES) {
      const { length } = tables[table];
      this.#laneOf.set(table, found.subarray(at, at + length));
      at += length;
    }
    spans.forEach(({ table, row }, i) => {
      const lane = found[i] as number;
      if (lane === 0) return;
      const base = this.#base(table, row);
      let extra = this.#extra.get(base.thread);
      if (!extra) this.#extra.set(base.thread, (extra = []));
      const { name = '' } = this.threads[base.thread - 1] ?? {};
      const group = this.processes[base.process - 1]?.name ?? '';
      extra[lane] ??= this.#add(group, `${name} (${lane + 1})`);
    });
  }

  #base(table: TableName, row: number): Place {
    const { tables } = this.#trace;
    const track =
      table === 'slices' ? tables.slices.track[row] : table === 'marks' ? tables.marks.track[row] : undefined;
    const place =
      track !== undefined
        ? this.#ofTrack[track]
        : table === 'dispatches'
          ? this.#ofQueue[tables.dispatches.queue[row] as number]
          : this.#ofTable.get(table);
    return place ?? { process: 0, thread: 0 };
  }

  /** Category of a slice as PyTorch's tools know it. */
  sliceCategory(row: number, name: string): string {
    const { content, kind } = this.#trace.tracks[this.#trace.tables.slices.track[row] as number] ?? {};
    if (kind === 'gpu-queue' && /memset|fill/i.test(name)) return 'gpu_memset';
    if (kind === 'gpu-queue' && /mem|cop(y|ies)|upload|read/i.test(name)) return 'gpu_memcpy';
    return content ? CATEGORY[content] : 'slice';
  }

  #add(group: string, name: string): Place {
    let process = this.#processIds.get(group);
    if (process === undefined) {
      process = this.#processIds.size + 1;
      this.#processIds.set(group, process);
      this.processes.push({ process, name: group });
    }
    const place = { process, thread: this.threads.length + 1 };
    this.threads.push({ ...place, name });
    return place;
  }
}
