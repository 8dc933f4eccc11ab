/** Tracks of a trace made from events: one a thread (and content), grouped by process, in the order they are met. */
import type { TraceBuilder } from '../../trace/builder.ts';
import type { TrackInfo } from '../../trace/model.ts';
import type { EventColumns } from './columns.ts';
import { PH } from './columns.ts';
import type { EventKeys } from './keys.ts';

/** Names that metadata events give to processes and threads. */
export class Names {
  readonly #processes = new Map<number, string>();
  readonly #labels = new Map<number, string>();
  readonly #threads = new Map<string, string>();
  readonly #events: EventColumns;

  constructor(events: EventColumns, keys: EventKeys) {
    this.#events = events;
    const { strings } = events;
    const processName = strings.known('process_name');
    const processLabels = strings.known('process_labels');
    const threadName = strings.known('thread_name');
    for (let i = 0; i < events.length; i++) {
      if (events.phase[i] !== PH.metadata) continue;
      const process = events.process[i] as number;
      if (events.name[i] === processName) set(this.#processes, process, events.argText(i, keys.name));
      else if (events.name[i] === processLabels) set(this.#labels, process, events.argText(i, keys.labels));
      else if (events.name[i] === threadName)
        set(this.#threads, `${process} ${events.thread[i]}`, events.argText(i, keys.name));
    }
  }

  /** Name of a process as a person knows it: `python (25738)`. */
  process(process: number): string {
    const id = this.#events.text(process);
    const name = this.#processes.get(process);
    if (name === undefined) return id === '' ? 'process' : `process ${id}`;
    return name.includes(id) ? name : `${name} (${id})`;
  }

  label(process: number): string | undefined {
    return this.#labels.get(process);
  }

  thread(process: number, thread: number): string {
    const name = this.#threads.get(`${process} ${thread}`);
    const id = this.#events.text(thread);
    if (name !== undefined) return name;
    return /^\d*$/.test(id) ? `thread ${id}`.trim() : id;
  }
}

function set<K>(map: Map<K, string>, key: K, value: string | undefined): void {
  if (value !== undefined && value !== '') map.set(key, value);
}

/** Hands out track ids, adding each track on first sight. */
export class Tracks {
  readonly #builder: TraceBuilder;
  readonly #ids = new Map<string, number>();
  readonly #queues = new Map<number, number>();

  constructor(builder: TraceBuilder) {
    this.#builder = builder;
  }

  id(key: string, describe: () => TrackInfo): number {
    let id = this.#ids.get(key);
    if (id === undefined) {
      const info = describe();
      id = this.#builder.add('tracks', info);
      this.#ids.set(key, id);
      if (info.kind === 'gpu-queue') this.#queues.set(id, this.#queues.size);
    }
    return id;
  }

  /** The number of a gpu-queue track among its kind: the value of `dispatches.queue`. */
  queue(track: number): number {
    return this.#queues.get(track) ?? 0;
  }
}
