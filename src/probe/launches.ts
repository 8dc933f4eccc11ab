/**
 * Which launch is this dispatch? A launch is stored once however often it is dispatched, so this runs at every dispatch
 * and must be cheap: a library's note is known by identity, a foreign dispatch by its pipeline, grid and line.
 */
import type { Phase, SourceLocation } from '../trace/model.ts';
import { PHASES } from '../trace/model.ts';
import type { LaunchNote, LayerNote } from './annotate.ts';
import { annotations } from './annotate.ts';
import { Attached } from './attached.ts';
import type { BindGroups } from './bind-groups.ts';
import type { Buffers } from './buffers.ts';
import type { CallSites } from './call-sites.ts';
import { DEEP, LookBudget, SHALLOW } from './call-sites.ts';
import type { Layers } from './layers.ts';
import type { PipelineFacts, Pipelines } from './pipelines.ts';
import type { Recorder } from './recorder.ts';
import { Trail } from './trail.ts';
import type { UniformWords } from './uniform-words.ts';

export interface Grid {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** What is worth telling of a launch. */
export interface LaunchFacts {
  readonly kernel: string;
  readonly location: number;
}

interface Known extends Grid {
  readonly id: number;
  readonly facts: PipelineFacts;
  readonly layer: LayerNote | null;
  readonly phase: Phase;
}

/**
 * A foreign dispatch is known by what it looks like. From which line it came is asked at its first sights and whenever it follows
 * dispatches that it did not follow before, so that a step that changes is asked anew; then now and then.
 */
interface Shape extends Grid {
  readonly layer: LayerNote | null;
  readonly phase: Phase;
  readonly op: string | null;
  /** Its number among the shapes. */
  readonly serial: number;
  seen: number;
  /** Came from more than one line: then each one is asked, but where the dispatches before it tell, or asking has become dear. */
  ambiguous: boolean;
  /** Its line was beyond the frames next to the dispatch. */
  far: boolean;
  place: SourceLocation | null;
  /** Lines by what was dispatched right before. */
  readonly after: Map<number, Context>;
  /** Launch ids by place. */
  readonly ids: Map<SourceLocation | null, number>;
}

/** What was seen of a shape in one place of the sequence of dispatches. */
interface Context {
  readonly place: SourceLocation | null;
  seen: number;
  /** Came from another line, too, in the same place of the sequence, which therefore tells nothing. */
  mixed: boolean;
}

const ALWAYS_LOOK = 8;
const LOOK_EVERY = 16;
/** A line found so often, and no other, after the same dispatches is taken for the line there. */
const SURE_AFTER = 4;
const VERIFY_EVERY = 64;
const MAX_CONTEXTS = 512;
/** Buffers remembered for one launch: a foreign library binds new ones at every step. */
const MAX_USES = 64;
/** Bytes of a uniform block that are told: its sizes come first or all within. */
const MAX_UNIFORM = 256;

type Groups = readonly (GPUBindGroup | null | undefined)[];
type Below = (...args: never[]) => unknown;

export class Launches {
  readonly #recorder: Recorder;
  readonly #pipelines: Pipelines;
  readonly #bindGroups: BindGroups;
  readonly #buffers: Buffers;
  readonly #layers: Layers;
  readonly #callSites: CallSites;
  readonly #uniforms: UniformWords;
  /** By launch id. */
  readonly #weights: number[] = [];
  readonly #about: LaunchFacts[] = [];
  readonly #notes = new WeakMap<LaunchNote, Known[]>();
  readonly #shapes = new Attached<PipelineFacts, Shape[]>();
  #shapeCount = 0;
  readonly #trail = new Trail();
  /** For lines of dispatches whose time is not taken. */
  readonly #looks = new LookBudget(20e6, 0.005);
  /** The line of the last dispatch is a guess: its launch comes from several, and the stack was not looked at. */
  inferred = false;
  /** What ran before a dispatch may tell its line. */
  readonly #trusting: boolean;

  constructor(
    recorder: Recorder,
    pipelines: Pipelines,
    bindGroups: BindGroups,
    buffers: Buffers,
    layers: Layers,
    callSites: CallSites,
    uniforms: UniformWords,
    trusting: boolean,
  ) {
    this.#trusting = trusting;
    this.#recorder = recorder;
    this.#pipelines = pipelines;
    this.#bindGroups = bindGroups;
    this.#buffers = buffers;
    this.#layers = layers;
    this.#callSites = callSites;
    this.#uniforms = uniforms;
  }

  /**
   * `exact`: the dispatch is timed, so its line matters. `below`: the patched method that the script called, from which
   * its line is looked for.
   */
  idOf(facts: PipelineFacts, grid: Grid, groups: Groups, exact: boolean, below: Below): number {
    const { launch: note } = annotations;
    this.inferred = false;
    if (note) return this.#noted(note, facts, grid, groups, below);
    return this.#foreign(facts, grid, groups, exact, below);
  }

  #noted(note: LaunchNote, facts: PipelineFacts, grid: Grid, groups: Groups, below: Below): number {
    const { layer, phase } = annotations;
    let known = this.#notes.get(note);
    if (!known) this.#notes.set(note, (known = []));
    for (const each of known) if (each.facts === facts && same(each, grid, layer, phase)) return each.id;
    const place = this.#layers.placeOf(layer) ?? this.#callSites.here(below, DEEP);
    const id = this.#make(facts, grid, place, note, groups);
    known.push({ id, facts, ...grid, layer, phase });
    return id;
  }

  #foreign(facts: PipelineFacts, grid: Grid, groups: Groups, exact: boolean, below: Below): number {
    const { layer, phase, op } = annotations;
    let shapes = this.#shapes.get(facts);
    if (!shapes) this.#shapes.set(facts, (shapes = []));
    let shape: Shape | undefined;
    for (const each of shapes)
      if (each.op === op && same(each, grid, layer, phase)) {
        shape = each;
        break;
      }
    if (!shape) {
      shape = {
        x: grid.x,
        y: grid.y,
        z: grid.z,
        layer,
        phase,
        op,
        serial: ++this.#shapeCount,
        seen: 0,
        ambiguous: false,
        far: false,
        place: null,
        after: new Map(),
        ids: new Map(),
      };
      shapes.push(shape);
    }
    const place = this.#placeOf(shape, exact, below);
    this.#trail.push(shape.serial);
    shape.place = annotations.lastPlace = place;
    let id = shape.ids.get(place);
    if (id === undefined) shape.ids.set(place, (id = this.#make(facts, grid, place, null, groups)));
    return id;
  }

  /** The line a foreign dispatch came from: told by the library, else read off the stack, not every time. */
  #placeOf(shape: Shape, exact: boolean, below: Below): SourceLocation | null {
    const told = annotations.place ?? this.#layers.placeOf(shape.layer);
    if (told) return told;
    const first = shape.seen++ === 0;
    const context = shape.after.get(this.#trail.hash);
    const sure = this.#trusting && context !== undefined && !context.mixed && context.seen >= SURE_AFTER;
    const due = sure
      ? ++context.seen % (shape.ambiguous ? LOOK_EVERY : VERIFY_EVERY) === 0
      : shape.ambiguous || context === undefined || shape.seen % LOOK_EVERY === 1;
    const must = shape.seen <= ALWAYS_LOOK || (due && exact);
    if (!must && (!due || this.#looks.isSpent)) {
      this.inferred = shape.ambiguous;
      return context && !context.mixed ? context.place : shape.place;
    }
    const place = must ? this.#look(shape, below) : this.#looks.spend(() => this.#look(shape, below));
    shape.ambiguous ||= !first && place !== shape.place;
    learn(shape.after, this.#trail.hash, place);
    return place;
  }

  #look(shape: Shape, below: Below): SourceLocation | null {
    const near = shape.far ? null : this.#callSites.here(below, SHALLOW);
    const place = near ?? this.#callSites.here(below, DEEP) ?? annotations.caller;
    shape.far = near === null;
    return place;
  }

  /** Predicted cost of a launch against others: planned work where a library tells it, else the size of its grid. */
  weightOf(launch: number): number {
    return this.#weights[launch] ?? 1;
  }

  about(launch: number): LaunchFacts {
    return this.#about[launch] ?? { kernel: '', location: -1 };
  }

  #make(
    facts: PipelineFacts,
    grid: Grid,
    place: SourceLocation | null,
    note: LaunchNote | null,
    groups: Groups,
  ): number {
    const { layer, phase, op } = annotations;
    const kernel = this.#pipelines.kernelOf(facts, note, op);
    const location = this.#recorder.location(place);
    const id = this.#recorder.row('launches', {
      kernel,
      layer: this.#layers.idOf(layer),
      op: this.#recorder.string(note?.op ?? op ?? facts.info.name),
      phase: PHASES.indexOf(phase),
      location,
      workgroupsX: grid.x,
      workgroupsY: grid.y,
      workgroupsZ: grid.z,
      flops: note?.flops ?? NaN,
      bytesMoved: note?.bytesMoved ?? NaN,
    });
    this.#weights[id] = weight(facts, grid, note);
    this.#about[id] = { kernel: note?.kernel ?? facts.info.name, location };
    for (const [name, value] of Object.entries(note?.sizes ?? {}))
      this.#recorder.row('sizes', { launch: id, name: this.#recorder.string(name), value });
    this.#recordUses(id, facts, groups);
    return id;
  }

  #recordUses(launch: number, facts: PipelineFacts, groups: Groups): void {
    const uses = new Map<number, number>();
    const bindings = groups.flatMap((group, index) =>
      this.#bindGroups.buffersOf(group).map((bound) => ({ group: index, ...bound })),
    );
    for (const { group, binding, buffer, offsetBytes, ...bound } of bindings.slice(0, MAX_USES)) {
      const { sizeBytes = buffer.size - offsetBytes } = bound;
      const row = this.#buffers.rowOf(buffer);
      if (row === undefined) continue;
      uses.set(row, (uses.get(row) ?? 0) | (facts.access.get(`${group}:${binding}`) ?? 1));
      this.#recorder.row('bindings', { launch, group, binding, buffer: row, offsetBytes, sizeBytes });
      for (const [at, value] of this.#uniforms.of(buffer, offsetBytes, Math.min(sizeBytes, MAX_UNIFORM)))
        this.#recorder.row('uniforms', { launch, group, binding, offsetBytes: at, value });
    }
    for (const [buffer, access] of uses) this.#recorder.row('uses', { launch, buffer, access });
  }
}

function learn(contexts: Map<number, Context>, hash: number, place: SourceLocation | null): void {
  const context = contexts.get(hash);
  if (context) {
    context.seen++;
    context.mixed ||= context.place !== place;
    return;
  }
  // Steps that never repeat: none of these is met again.
  if (contexts.size >= MAX_CONTEXTS) contexts.clear();
  contexts.set(hash, { place, seen: 1, mixed: false });
}

/** Devices of today do some ten operations in the time in which they move a byte. */
const FLOPS_PER_BYTE = 10;
/** A guess at what an invocation of unknown work does. */
const FLOPS_PER_INVOCATION = 32;

function weight({ info }: PipelineFacts, { x, y, z }: Grid, note: LaunchNote | null): number {
  const planned = note ? Math.max(note.flops, FLOPS_PER_BYTE * note.bytesMoved) : NaN;
  if (planned > 0) return planned;
  const [w, h, d] = info.workgroupSize;
  return Math.max(1, x * y * z * Math.max(1, w * h * d) * FLOPS_PER_INVOCATION);
}

function same(
  known: Grid & Pick<Known, 'layer' | 'phase'>,
  { x, y, z }: Grid,
  layer: LayerNote | null,
  phase: Phase,
): boolean {
  return known.x === x && known.y === y && known.z === z && known.layer === layer && known.phase === phase;
}
