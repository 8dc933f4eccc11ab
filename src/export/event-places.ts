/** Where rows stand in a Chrome trace: processes are groups of tracks, threads are tracks, and tables without a track get one. */
import type { TableName, Trace } from '../trace/model.ts';
import { EVENT_TABLES } from './event-order.ts';
import type { EventOrder } from './event-order.ts';
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
];

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
  readonly #order: EventOrder;
  readonly #ofTrack: Place[];
  readonly #ofQueue: Place[] = [];
  readonly #ofTable = new Map<TableName, Place>();
  readonly #processIds = new Map<string, number>();
  readonly #laneOf: Uint16Array;
  /** Further threads of a thread, by lane. */
  readonly #extra = new Map<number, Place[]>();

  constructor(trace: Trace, order: EventOrder) {
    this.#trace = trace;
    this.#order = order;
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
    this.#laneOf = this.#spread();
  }

  /** Place of an event of the order. */
  of(event: number): Place {
    const base = this.#base(event);
    const lane = this.#laneOf[event] as number;
    return lane === 0 ? base : (this.#extra.get(base.thread)?.[lane] ?? base);
  }

  /** Gives spans that cut each other threads of their own beside their track's. */
  #spread(): Uint16Array {
    const { length, startNs, endNs } = this.#order;
    const line = new Uint32Array(length);
    for (let i = 0; i < length; i++) line[i] = this.#base(i).thread;
    const found = lanes({ line, startNs, endNs });
    for (let i = 0; i < length; i++) {
      const lane = found[i] as number;
      if (lane === 0) continue;
      const base = this.#base(i);
      let extra = this.#extra.get(base.thread);
      if (!extra) this.#extra.set(base.thread, (extra = []));
      const { name = '' } = this.threads[base.thread - 1] ?? {};
      const group = this.processes[base.process - 1]?.name ?? '';
      extra[lane] ??= this.#add(group, `${name} (${lane + 1})`);
    }
    return found;
  }

  #base(event: number): Place {
    const { tables, series } = this.#trace;
    const table = EVENT_TABLES[this.#order.table[event] as number] as TableName;
    const row = this.#order.row[event] as number;
    const place =
      table === 'slices'
        ? this.#ofTrack[tables.slices.track[row] as number]
        : table === 'marks'
          ? this.#ofTrack[tables.marks.track[row] as number]
          : table === 'samples'
            ? this.#ofTrack[series[tables.samples.series[row] as number]?.track ?? -1]
            : table === 'dispatches'
              ? this.#ofQueue[tables.dispatches.queue[row] as number]
              : this.#ofTable.get(table);
    return place ?? this.#other();
  }

  /** What names no track. */
  #other(): Place {
    let place = this.#ofTable.get('samples');
    if (!place) this.#ofTable.set('samples', (place = this.#add('run', 'counters')));
    return place;
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
