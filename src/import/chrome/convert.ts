/**
 * From Chrome trace events of any program to a trace: threads become tracks with slices, async trees tracks of their
 * own, counters series, instants marks. Arguments of events are not kept.
 */
import { TraceBuilder } from '../../trace/builder.ts';
import type { SeriesInfo, Trace } from '../../trace/model.ts';
import type { EventColumns } from '../events/columns.ts';
import { ARG, PH } from '../events/columns.ts';
import { eventKeys } from '../events/keys.ts';
import type { EventKeys } from '../events/keys.ts';
import { nestingOrder } from '../events/order.ts';
import type { EventFile } from '../events/reader.ts';
import { isTimed, setOrigin, spanNote, stringMapper } from '../events/shared.ts';
import { Names, Tracks } from '../events/tracks.ts';
import { startedAt } from '../kineto/device.ts';
import { writeArrows } from './arrows.ts';
import type { ThreadSlices } from './arrows.ts';
import { asyncGroups } from './async.ts';
import { threadSpans } from './spans.ts';

const INSTANTS = new Set<number>([PH.instant, PH.instantOld, PH.navigation]);
const KEPT_PHASES = new Set<number>(Object.values(PH));

export function convertChrome(file: EventFile): Trace {
  const { events } = file;
  const startUs = setOrigin(events, (i) => isTimed(events, i) && events.phase[i] !== PH.metadata);
  const builder = new TraceBuilder();
  const keys = eventKeys(events.strings);
  const converter = new ChromeConverter(events, keys, builder);
  converter.convert();
  builder.setMeta({
    origin: 'import:chrome',
    status: 'ok',
    startedAt: startedAt(file.header, startUs),
    adapterReason: 'the file does not name one',
    clock: { source: 'imported', resolutionNs: 1, alignmentErrorNs: null },
    notes: [
      ...file.notes,
      ...spanNote(events),
      ...converter.notes(),
      'The format tells no GPU work from other work: there are slices and counters, no kernels.',
    ],
  });
  return builder.build();
}

export class ChromeConverter {
  readonly #events: EventColumns;
  readonly #keys: EventKeys;
  readonly #builder: TraceBuilder;
  readonly #tracks: Tracks;
  readonly #names: Names;
  readonly #string: (id: number) => number;
  readonly #takes: (event: number) => boolean;
  readonly #suffix: string;
  readonly #problems = { negative: 0, unmatchedEnds: 0, unfinished: 0, overlapping: 0, lostArrows: 0 };

  /**
   * `takes`: the complete events, instants and flows that are plain; a dialect that knows more of the others converts them
   * itself. `suffix` tells the tracks of plain slices from the dialect's own of the same threads.
   */
  constructor(
    events: EventColumns,
    keys: EventKeys,
    builder: TraceBuilder,
    tracks = new Tracks(builder),
    takes: (event: number) => boolean = () => true,
    suffix = '',
  ) {
    this.#events = events;
    this.#keys = keys;
    this.#builder = builder;
    this.#tracks = tracks;
    this.#takes = takes;
    this.#suffix = suffix;
    this.#names = new Names(events, keys);
    this.#string = stringMapper(events, builder);
  }

  convert(): void {
    this.#orderTracks();
    const threads = this.#threadSlices();
    this.#asyncSlices();
    this.#instants();
    this.#counters();
    this.#problems.lostArrows = writeArrows(this.#events, threads, this.#builder, this.#string, this.#takes);
  }

  notes(): string[] {
    const events = this.#events;
    const others = new Map<string, number>();
    let untimed = 0;
    for (let i = 0; i < events.length; i++) {
      const phase = events.phase[i] as number;
      if (!KEPT_PHASES.has(phase))
        others.set(String.fromCharCode(phase), (others.get(String.fromCharCode(phase)) ?? 0) + 1);
      else if (phase !== PH.metadata && !isTimed(events, i) && this.#takes(i)) untimed++;
    }
    const notes: string[] = [];
    const { negative, unmatchedEnds, unfinished, overlapping, lostArrows } = this.#problems;
    if (negative > 0) notes.push(`Events with a negative duration, left out: ${negative}.`);
    if (untimed > 0) notes.push(`Events without a time, left out: ${untimed}.`);
    if (unmatchedEnds > 0) notes.push(`End events that match no begin, left out: ${unmatchedEnds}.`);
    if (unfinished > 0)
      notes.push(`Slices without an end, which end where their parent or the file does: ${unfinished}.`);
    if (overlapping > 0)
      notes.push(`Slices that stick out of the slice they start in, shown as recorded: ${overlapping}.`);
    if (lostArrows > 0) notes.push(`Ends of flows at no slice, left out: ${lostArrows}.`);
    if (others.size > 0)
      notes.push(
        `Events of other phases, left out: ${[...others].map(([phase, count]) => `${phase} (${count})`).join(', ')}.`,
      );
    return notes;
  }

  /** Adds the tracks in the order the file asks for (sort indices), then as met. */
  #orderTracks(): void {
    const events = this.#events;
    const { strings } = events;
    const processSort = strings.known('process_sort_index');
    const threadSort = strings.known('thread_sort_index');
    const processOrder = new Map<number, number>();
    const threadOrder = new Map<string, number>();
    const met = new Map<string, { process: number; thread: number; at: number }>();
    const processMet = new Map<number, number>();
    for (let i = 0; i < events.length; i++) {
      const process = events.process[i] as number;
      const thread = events.thread[i] as number;
      const phase = events.phase[i] as number;
      if (phase === PH.metadata) {
        const order = events.number(i, this.#keys.sortIndex);
        if (events.name[i] === processSort) processOrder.set(process, order);
        else if (events.name[i] === threadSort) threadOrder.set(`${process} ${thread}`, order);
      } else if (phase === PH.begin || ((phase === PH.complete || INSTANTS.has(phase)) && this.#takes(i))) {
        if (!processMet.has(process)) processMet.set(process, processMet.size);
        const key = `${process} ${thread}`;
        if (!met.has(key)) met.set(key, { process, thread, at: met.size });
      }
    }
    const sorted = [...met.entries()].sort(
      ([a, one], [b, two]) =>
        (processOrder.get(one.process) ?? 0) - (processOrder.get(two.process) ?? 0) ||
        (processMet.get(one.process) as number) - (processMet.get(two.process) as number) ||
        (threadOrder.get(a) ?? 0) - (threadOrder.get(b) ?? 0) ||
        one.at - two.at,
    );
    for (const [, { process, thread }] of sorted) this.#threadTrack(process, thread);
  }

  #threadTrack(process: number, thread: number): number {
    return this.#tracks.id(`thread ${process} ${thread}`, () => ({
      name: this.#names.thread(process, thread) + this.#suffix,
      kind: 'cpu-thread',
      group: this.#names.process(process),
    }));
  }

  #threadSlices(): Map<string, ThreadSlices> {
    const events = this.#events;
    const spans = threadSpans(events, this.#problems, this.#takes);
    const byThread = new Map<string, number[]>();
    spans.event.forEach((event, span) => {
      const key = `${events.process[event]} ${events.thread[event]}`;
      const list = byThread.get(key);
      if (list) list.push(span);
      else byThread.set(key, [span]);
    });
    const threads = new Map<string, ThreadSlices>();
    for (const [key, list] of byThread) {
      const order = nestingOrder(
        Uint32Array.from(list),
        (s) => spans.startNs[s] as number,
        (s) => spans.endNs[s] as number,
        (s) => spans.event[s] as number,
      );
      const slices: ThreadSlices = { rows: [], startNs: [], endNs: [] };
      const stack: number[] = [];
      for (const span of order) {
        const event = spans.event[span] as number;
        const startNs = spans.startNs[span] as number;
        const endNs = spans.endNs[span] as number;
        while (stack.length > 0 && startNs >= (stack.at(-1) as number)) stack.pop();
        if (stack.length > 0 && endNs > (stack.at(-1) as number)) this.#problems.overlapping++;
        slices.rows.push(
          this.#slice(
            this.#threadTrack(events.process[event] as number, events.thread[event] as number),
            event,
            startNs,
            endNs,
            stack.length,
          ),
        );
        slices.startNs.push(startNs);
        slices.endNs.push(endNs);
        stack.push(endNs);
      }
      threads.set(key, slices);
    }
    return threads;
  }

  #asyncSlices(): void {
    const events = this.#events;
    for (const group of asyncGroups(events, this.#problems)) {
      const track = this.#tracks.id(`async ${group.process} ${group.category}`, () => ({
        name: `async ${events.text(group.category)}`.trim(),
        kind: 'ranges',
        group: this.#names.process(group.process),
      }));
      for (const { event, startNs, endNs, depth } of group.spans)
        this.#slice(track, event, startNs, endNs, depth);
      for (const event of group.marks) this.#mark(track, event);
    }
  }

  #instants(): void {
    const events = this.#events;
    for (let i = 0; i < events.length; i++)
      if (INSTANTS.has(events.phase[i] as number) && isTimed(events, i) && this.#takes(i))
        this.#mark(this.#threadTrack(events.process[i] as number, events.thread[i] as number), i);
  }

  #counters(): void {
    const events = this.#events;
    const series = new Map<string, number>();
    for (let i = 0; i < events.length; i++) {
      if (events.phase[i] !== PH.counter || !isTimed(events, i)) continue;
      for (let a = events.argStart[i] as number; a < (events.argStart[i + 1] as number); a++) {
        const argument = events.argKey[a] as number;
        const value =
          events.argKind[a] === ARG.number
            ? (events.argValue[a] as number)
            : Number(events.text(events.argValue[a] as number));
        if (!Number.isFinite(value)) continue;
        const key = `${events.process[i]} ${events.name[i]} ${events.id[i]} ${argument}`;
        let id = series.get(key);
        if (id === undefined) series.set(key, (id = this.#addSeries(i, argument)));
        this.#builder.row('samples', { series: id, atNs: events.startNs[i] as number, value });
      }
    }
  }

  #addSeries(event: number, argument: number): number {
    const events = this.#events;
    const process = events.process[event] as number;
    const counter = [events.text(events.name[event] as number), events.text(events.id[event] as number)]
      .filter(Boolean)
      .join(' ');
    const part = events.text(argument);
    const track = this.#tracks.id(`counters ${process}`, () => ({
      name: 'counters',
      kind: 'other',
      group: this.#names.process(process),
    }));
    return this.#builder.add('series', {
      name: part === '' || part === counter ? counter : `${counter} ${part}`,
      unit: unitOf(counter),
      track,
    });
  }

  #slice(track: number, event: number, startNs: number, endNs: number, depth: number): number {
    const name = this.#string(this.#events.name[event] as number);
    return this.#builder.row('slices', {
      track,
      name,
      startNs,
      endNs,
      depth: Math.min(depth, 65535),
      step: -1,
      layer: -1,
      location: -1,
    });
  }

  #mark(track: number, event: number): void {
    const name = this.#string(this.#events.name[event] as number);
    this.#builder.row('marks', { track, name, atNs: this.#events.startNs[event] as number, step: -1 });
  }
}

function unitOf(name: string): SeriesInfo['unit'] {
  return /\b(bytes?|memory|heap)\b/i.test(name) ? 'bytes' : 'count';
}
