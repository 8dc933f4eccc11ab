/**
 * The host side of a PyTorch trace: operators, runtime calls, annotations and Python frames become slices, each kind
 * on a track of its own; nesting by time on each thread gives every runtime call its operator, layer, phase and line.
 */
import type { TraceBuilder } from '../../trace/builder.ts';
import type { TrackInfo } from '../../trace/model.ts';
import type { EventColumns } from '../events/columns.ts';
import type { EventKeys } from '../events/keys.ts';
import { grouped, nestingOrder } from '../events/order.ts';
import type { Names, Tracks } from '../events/tracks.ts';
import { adopt } from './adopt.ts';
import { WORK } from './categories.ts';
import type { FlowMarks } from './flows.ts';
import type { Layers } from './layers.ts';
import type { Locations } from '../events/locations.ts';
import { NameFacts, PHASE } from './names.ts';
import type { Steps } from './steps.ts';

/** The operator that a piece of GPU work belongs to, and its surroundings. */
export interface Owner {
  readonly operator: number;
  readonly layer: number;
  readonly phase: number;
  readonly location: number;
  readonly step: number;
}

/** The runtime call that launched a piece of GPU work. */
export interface Call extends Owner {
  readonly slice: number;
  readonly name: number;
  readonly startNs: number;
}

interface Frame {
  readonly endNs: number;
  readonly content: number;
  /** Frames of the same content below this one. */
  readonly depth: number;
  readonly layer: number;
  readonly operator: number;
  readonly inOperator: boolean;
  readonly phase: number;
  readonly location: number;
}

const CONTENT: Readonly<
  Record<
    number,
    {
      readonly suffix: string;
      readonly kind: TrackInfo['kind'];
      readonly content?: NonNullable<TrackInfo['content']>;
    }
  >
> = {
  [WORK.operator]: { suffix: '', kind: 'cpu-thread', content: 'operators' },
  [WORK.annotation]: { suffix: ' · annotations', kind: 'ranges', content: 'annotations' },
  [WORK.runtime]: { suffix: ' · runtime calls', kind: 'cpu-thread', content: 'runtime' },
  [WORK.python]: { suffix: ' · Python', kind: 'cpu-thread', content: 'python' },
  [WORK.span]: { suffix: '', kind: 'ranges' },
  [WORK.other]: { suffix: ' · other', kind: 'other' },
};

/** Outer kinds first where two slices have the same span. */
const RANK: Readonly<Record<number, number>> = {
  [WORK.span]: 0,
  [WORK.python]: 1,
  [WORK.annotation]: 2,
  [WORK.operator]: 3,
  [WORK.runtime]: 4,
};

const GROUND: Frame = {
  endNs: Infinity,
  content: -1,
  depth: -1,
  layer: -1,
  operator: 0,
  inOperator: false,
  phase: -1,
  location: -1,
};

export interface HostContext {
  readonly events: EventColumns;
  readonly keys: EventKeys;
  readonly work: Uint8Array;
  readonly builder: TraceBuilder;
  readonly tracks: Tracks;
  readonly names: Names;
  readonly steps: Steps;
  readonly layers: Layers;
  readonly locations: Locations;
  readonly flows: FlowMarks;
  /** Trace string of an event string. */
  readonly string: (id: number) => number;
}

export interface Host {
  readonly callByCorrelation: ReadonlyMap<number, Call>;
  /** Operators by External id, for GPU work whose call was not recorded. */
  readonly ownerByExternalId: ReadonlyMap<number, Owner>;
  /** Slices that stick out of the slice they start in. */
  readonly overlapping: number;
  /** Events with a negative duration or no time, left out. */
  readonly broken: number;
}

export function readHost(context: HostContext): Host {
  const { events, work } = context;
  const sweep = new HostSweep(context);
  const threads = grouped(events.length, (i) =>
    isHost(work[i] as number) ? (events.process[i] as number) * 2 ** 32 + (events.thread[i] as number) : -1,
  );
  // Forward threads first: a backward operator takes its layer from the forward one.
  const order = [...threads.values()].sort(
    (a, b) => Number(context.flows.startsOn(b)) - Number(context.flows.startsOn(a)),
  );
  for (const ids of order) {
    nestingOrder(
      ids,
      (i) => events.startNs[i] as number,
      (i) => events.endNs(i),
      (i) => RANK[work[i] as number] ?? 5,
    );
    sweep.thread(ids);
  }
  const ownerByExternalId = adopt(context, sweep);
  return {
    callByCorrelation: sweep.calls,
    ownerByExternalId,
    overlapping: sweep.overlapping,
    broken: sweep.broken,
  };
}

function isHost(work: number): boolean {
  return (
    work === WORK.operator ||
    work === WORK.annotation ||
    work === WORK.runtime ||
    work === WORK.python ||
    work === WORK.span
  );
}

export class HostSweep {
  readonly calls = new Map<number, Call>();
  overlapping = 0;
  broken = 0;
  /** Slice of each event; -1 for events that became none. */
  readonly sliceOf: Int32Array;
  readonly #tracks: number[] = [];
  readonly #context: HostContext;
  readonly #facts: NameFacts;
  /** Phase of work that nothing else claims: forward where the trace shows training or modules. */
  readonly #plainPhase: number;

  constructor(context: HostContext) {
    this.#context = context;
    this.sliceOf = new Int32Array(context.events.length).fill(-1);
    this.#facts = new NameFacts(context.events);
    this.#plainPhase = this.#showsTraining() ? PHASE.forward : PHASE.other;
  }

  thread(ids: Uint32Array): void {
    const { events } = this.#context;
    const stack: Frame[] = [GROUND];
    this.#tracks.length = 0;
    for (const i of ids) {
      const start = events.startNs[i] as number;
      const duration = events.durationNs[i] as number;
      if (!Number.isFinite(start) || duration < 0) {
        this.broken++;
        continue;
      }
      while (stack.length > 1 && start >= (stack.at(-1) as Frame).endNs) stack.pop();
      const parent = stack.at(-1) as Frame;
      const end = events.endNs(i);
      if (end > parent.endNs) this.overlapping++;
      stack.push(this.#enter(i, start, end, parent, stack));
    }
  }

  #enter(i: number, startNs: number, endNs: number, parent: Frame, stack: readonly Frame[]): Frame {
    const { events, work, builder, steps, layers, flows } = this.#context;
    const content = work[i] as number;
    const name = events.name[i] as number;
    let below = stack.length - 1;
    while (below >= 0 && (stack[below] as Frame).content !== content) below--;
    const depth = (stack[below]?.depth ?? -1) + 1;
    const ownPhase = this.#facts.phase(name);
    const phase = ownPhase >= 0 ? ownPhase : parent.phase;
    const location = this.#location(i, content, name, parent.location);
    let { layer } = parent;
    if (content === WORK.python) {
      const module = this.#facts.module(name);
      if (module) layer = layers.child(layer, module);
    } else if (content === WORK.operator) layer = this.#operatorLayer(i, layer);
    // Work belongs to the innermost operator; only where there is none, to the innermost annotation.
    const annotates = content === WORK.annotation && !parent.inOperator && !isStep(events.text(name));
    const operator = content === WORK.operator || annotates ? name : parent.operator;
    const inOperator = parent.inOperator || content === WORK.operator;
    const step = steps.at(startNs);
    const slice = builder.row('slices', {
      track: (this.#tracks[content] ??= this.#track(i, content)),
      name: this.#context.string(name),
      startNs,
      endNs,
      depth: Math.min(depth, 65535),
      step,
      layer,
      location,
    });
    this.sliceOf[i] = slice;
    if (content === WORK.operator) flows.meet(i, slice, layer);
    if (content === WORK.runtime) {
      const correlation = events.number(i, this.#context.keys.correlation);
      if (!Number.isNaN(correlation))
        this.calls.set(correlation, {
          slice,
          name,
          operator,
          layer,
          phase: this.phase(phase, step),
          location,
          step,
          startNs,
        });
    }
    return { endNs, content, depth, layer, operator, inOperator, phase, location };
  }

  /** Phase of work whose names said `known` (-1: nothing). */
  phase(known: number, step: number): number {
    if (known >= 0) return known;
    return step >= 0 || this.#context.steps.count === 0 ? this.#plainPhase : PHASE.other;
  }

  #operatorLayer(i: number, inherited: number): number {
    const { events, keys, layers, flows } = this.#context;
    if (inherited >= 0) return inherited;
    const hierarchy = events.argText(i, keys.moduleHierarchy);
    if (hierarchy) return layers.ofHierarchy(hierarchy);
    return flows.layerFromForward(i);
  }

  #location(i: number, content: number, name: number, inherited: number): number {
    const { events, keys, locations } = this.#context;
    if (content === WORK.python) {
      const own = locations.ofFrame(events.text(name));
      return own >= 0 ? own : inherited;
    }
    if (content !== WORK.operator && content !== WORK.annotation) return inherited;
    const stack = events.argText(i, keys.callStack);
    const own = stack ? locations.ofStack(stack) : -1;
    return own >= 0 ? own : inherited;
  }

  #track(i: number, work: number): number {
    const { events, tracks, names } = this.#context;
    const process = events.process[i] as number;
    const thread = events.thread[i] as number;
    return tracks.id(`host ${process} ${thread} ${work}`, () => {
      const { suffix, kind, content } = CONTENT[work] ?? { suffix: '', kind: 'other' as const };
      return {
        name: names.thread(process, thread) + suffix,
        kind,
        group: names.process(process),
        ...(content ? { content } : {}),
      };
    });
  }

  #showsTraining(): boolean {
    const { events, work } = this.#context;
    for (let i = 0; i < events.length; i++) {
      const name = events.name[i] as number;
      if (work[i] === WORK.operator && this.#facts.phase(name) === PHASE.backward) return true;
      if (work[i] === WORK.python && this.#facts.module(name)) return true;
    }
    return false;
  }
}

function isStep(name: string): boolean {
  return name.startsWith('ProfilerStep#');
}
