/** From what the packets say to a trace: begins and ends become slices, values series, flows arrows, GPU work dispatches. */
import { TraceBuilder } from '../../trace/builder.ts';
import { DISPATCH_FLAGS, FLOW_ENDS } from '../../trace/model.ts';
import type { Trace } from '../../trace/model.ts';
import { NamedSteps } from '../events/named-steps.ts';
import type { NamedRange } from '../events/named-steps.ts';
import { RecordedLaunches } from '../events/recorded-launches.ts';
import { Tracks } from '../events/tracks.ts';
import type { PacketFile } from './packets.ts';
import type { GpuEvent, TrackDescriptor, TrackEvent, TrackKey } from './recording.ts';

const SLICES = FLOW_ENDS.indexOf('slices');
const MARKS = FLOW_ENDS.indexOf('marks');

interface Span extends NamedRange {
  readonly track: TrackKey;
  readonly depth: number;
  readonly event: TrackEvent;
}

export function convertPerfetto(file: PacketFile): Trace {
  const converter = new Converter(file);
  return converter.convert();
}

class Converter {
  readonly #file: PacketFile;
  readonly #builder = new TraceBuilder();
  readonly #tracks = new Tracks(this.#builder);
  readonly #originNs: bigint;
  readonly #problems = { unmatchedEnds: 0, unfinished: 0 };
  #steps = new NamedSteps([]);

  constructor(file: PacketFile) {
    this.#file = file;
    let first: bigint | null = null;
    for (const { atNs } of [...file.recording.events, ...file.recording.gpu])
      if (first === null || atNs < first) first = atNs;
    this.#originNs = first ?? 0n;
  }

  convert(): Trace {
    const { recording } = this.#file;
    const sorted = recording.events
      .map((event) => ({ event, ns: this.#ns(event.atNs) }))
      .sort((a, b) => a.ns - b.ns);
    const spans = this.#spans(sorted);
    this.#steps = new NamedSteps(spans);
    this.#steps.write(this.#builder);
    const ends = new Map<TrackEvent, { end: number; row: number }>();
    for (const span of spans) ends.set(span.event, { end: SLICES, row: this.#slice(span) });
    for (const { event, ns } of sorted)
      if (event.kind === 'instant') ends.set(event, { end: MARKS, row: this.#mark(event, ns) });
    this.#counters(sorted);
    this.#flows(sorted, ends);
    this.#gpu(recording.gpu);
    this.#builder.setMeta({
      origin: 'import:perfetto',
      status: 'ok',
      adapterReason: 'the file does not name one',
      clock: { source: 'imported', resolutionNs: 1, alignmentErrorNs: null },
      notes: this.#notes(),
    });
    return this.#builder.build();
  }

  #ns(at: bigint): number {
    return Number(at - this.#originNs);
  }

  /** Matches begins and ends of each track; an unfinished begin lasts until the last event. */
  #spans(sorted: readonly { event: TrackEvent; ns: number }[]): Span[] {
    const open = new Map<TrackKey, { event: TrackEvent; startNs: number }[]>();
    const spans: Span[] = [];
    const close = (stack: { event: TrackEvent; startNs: number }[], endNs: number): void => {
      const top = stack.pop();
      if (!top) this.#problems.unmatchedEnds++;
      else {
        const { event, startNs } = top;
        spans.push({ event, name: event.name, track: event.track, startNs, endNs, depth: stack.length });
      }
    };
    for (const { event, ns } of sorted) {
      if (event.kind !== 'begin' && event.kind !== 'end') continue;
      let stack = open.get(event.track);
      if (!stack) open.set(event.track, (stack = []));
      if (event.kind === 'begin') stack.push({ event, startNs: ns });
      else close(stack, ns);
    }
    const lastNs = sorted.at(-1)?.ns ?? 0;
    for (const stack of open.values())
      while (stack.length > 0) {
        this.#problems.unfinished++;
        close(stack, lastNs);
      }
    return spans.sort((a, b) => a.startNs - b.startNs || a.depth - b.depth);
  }

  #slice({ name, track, startNs, endNs, depth }: Span): number {
    return this.#builder.row('slices', {
      track: this.#track(track),
      name: this.#builder.string(name),
      startNs,
      endNs,
      depth: Math.min(depth, 65535),
      step: this.#steps.at(startNs),
      layer: -1,
      location: -1,
    });
  }

  #mark({ track, name }: TrackEvent, atNs: number): number {
    return this.#builder.row('marks', {
      track: this.#track(track),
      name: this.#builder.string(name),
      atNs,
      step: this.#steps.at(atNs),
    });
  }

  #counters(sorted: readonly { event: TrackEvent; ns: number }[]): void {
    const series = new Map<TrackKey, { id: number; sum: number }>();
    for (const { event, ns } of sorted) {
      if (event.kind !== 'counter' || !Number.isFinite(event.value)) continue;
      const info = this.#file.recording.tracks.get(event.track);
      let found = series.get(event.track);
      if (!found) {
        const track = this.#tracks.id(`counters ${this.#group(info)}`, () => ({
          name: 'counters',
          kind: 'other',
          group: this.#group(info),
        }));
        const id = this.#builder.add('series', {
          name: info?.name || event.name || 'counter',
          unit: info?.isBytes ? 'bytes' : 'count',
          track,
        });
        series.set(event.track, (found = { id, sum: 0 }));
      }
      found.sum = (info?.isIncremental ? found.sum : 0) + event.value * (info?.multiplier ?? 1);
      this.#builder.row('samples', { series: found.id, atNs: ns, value: found.sum });
    }
  }

  /** A flow runs through the events that name it, in order of time, until one ends it. */
  #flows(
    sorted: readonly { event: TrackEvent; ns: number }[],
    ends: ReadonlyMap<TrackEvent, { end: number; row: number }>,
  ): void {
    const last = new Map<bigint, { end: number; row: number }>();
    for (const { event } of sorted) {
      const to = ends.get(event);
      if (!to || event.flows.length + event.endedFlows.length === 0) continue;
      for (const id of [...event.flows, ...event.endedFlows]) {
        const from = last.get(id);
        if (from)
          this.#builder.row('flows', {
            name: this.#builder.string('flow'),
            fromEnd: from.end,
            from: from.row,
            toEnd: to.end,
            to: to.row,
          });
        last.set(id, to);
      }
      for (const id of event.endedFlows) last.delete(id);
    }
  }

  #gpu(events: readonly GpuEvent[]): void {
    const launches = new RecordedLaunches(this.#builder);
    const sorted = events.map((event) => ({ event, ns: this.#ns(event.atNs) })).sort((a, b) => a.ns - b.ns);
    for (const { event, ns } of sorted) {
      const group = `GPU ${event.gpu}`;
      if (!event.isCompute) {
        this.#builder.row('slices', {
          track: this.#tracks.id(`graphics ${group} ${event.queue}`, () => ({
            name: event.queue,
            kind: 'ranges',
            group,
          })),
          name: this.#builder.string(event.name),
          startNs: ns,
          endNs: ns + event.durationNs,
          depth: 0,
          step: this.#steps.at(ns),
          layer: -1,
          location: -1,
        });
        continue;
      }
      const track = this.#tracks.id(`compute ${group} ${event.queue}`, () => ({
        name: event.queue,
        kind: 'gpu-queue',
        group,
      }));
      this.#builder.row('dispatches', {
        launch: launches.row({
          name: event.name,
          operator: '',
          grid: event.grid,
          workgroup: event.workgroup,
          sharedBytes: event.sharedBytes,
          registersPerThread: event.registers,
        }),
        step: this.#steps.at(ns),
        queue: this.#tracks.queue(track),
        flags: DISPATCH_FLAGS.timed,
        cpuNs: NaN,
        startNs: ns,
        endNs: ns + event.durationNs,
      });
    }
  }

  #track(key: TrackKey): number {
    return this.#tracks.id(`track ${key}`, () => {
      const info = this.#file.recording.tracks.get(key);
      const thread = info?.thread ?? null;
      const threadName = this.#file.recording.threadNames.get(`${info?.process} ${thread}`);
      return {
        name: info?.name || threadName || (thread === null ? nameless(key) : `thread ${thread}`),
        kind: thread === null ? 'ranges' : 'cpu-thread',
        group: this.#group(info),
      };
    });
  }

  /** The process that a track, or one it belongs to, is of. */
  #group(info: TrackDescriptor | undefined): string {
    const MOST_ANCESTORS = 64;
    const { tracks, processNames } = this.#file.recording;
    let at = info;
    for (let i = 0; at && at.process === null && at.parent !== null && i < MOST_ANCESTORS; i++)
      at = tracks.get(at.parent);
    if (!at || at.process === null) return 'trace';
    const name = processNames.get(at.process);
    return name === undefined ? `process ${at.process}` : `${name} (${at.process})`;
  }

  #notes(): string[] {
    const { recording, clocks, stoppedAt } = this.#file;
    const { counts } = recording;
    const { unmatchedEnds, unfinished } = this.#problems;
    const others = [...counts.others.values()].reduce((sum, count) => sum + count, 0);
    const counted: readonly (readonly [number, string])[] = [
      [counts.broken, 'Packets that are broken inside, left out'],
      [counts.zstd, 'Packets packed with zstd, which is not read; left out'],
      [counts.untimed, 'Events without a time, left out'],
      [counts.legacy, 'Events of a kind that is not read (Chrome’s async and flow events), left out'],
      [counts.lostNames, 'Events whose name was lost with an earlier packet'],
      [unmatchedEnds, 'End events that match no begin, left out'],
      [unfinished, 'Slices without an end, which end where the trace does'],
      [others, 'Packets that carry no track events (scheduling, samples, counters of the system, ...), left out'],
    ]; // prettier-ignore
    return [
      ...(stoppedAt
        ? [
            `The file is cut or damaged at byte ${stoppedAt.at} (${stoppedAt.message}). What came before is shown; packets: ${counts.packets}.`,
          ]
        : []),
      ...counted.filter(([count]) => count > 0).map(([count, text]) => `${text}: ${count}.`),
      ...(clocks.unknown.size > 0
        ? [`Clocks that no snapshot relates to the others, taken as they are: ${[...clocks.unknown].join(', ')}.`]
        : []),
      recording.gpu.some(({ isCompute }) => isCompute)
        ? 'The trace does not say which call launched a kernel.'
        : 'The trace has no GPU kernels: there are slices, marks and counters.',
    ]; // prettier-ignore
  }
}

function nameless(key: TrackKey): string {
  return typeof key === 'string' ? key : key === 0n ? 'events' : `track ${key}`;
}
