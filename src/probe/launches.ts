/**
 * Which launch is this dispatch? A launch is stored once however often it is dispatched, so this runs at every dispatch
 * and must be cheap: a library's note is known by identity, a foreign dispatch by its pipeline, grid and line.
 */
import type { Phase, SourceLocation } from '../trace/model.ts';
import { PHASES } from '../trace/model.ts';
import type { LaunchNote, LayerNote } from './annotate.ts';
import { annotations } from './annotate.ts';
import type { Buffers } from './buffers.ts';
import type { CallSites } from './call-sites.ts';
import { DEEP, SHALLOW } from './call-sites.ts';
import type { Layers } from './layers.ts';
import type { PipelineFacts, Pipelines } from './pipelines.ts';
import type { Recorder } from './recorder.ts';

export interface Grid {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

interface Known extends Grid {
  readonly id: number;
  readonly facts: PipelineFacts;
  readonly layer: LayerNote | null;
  readonly phase: Phase;
  readonly place: SourceLocation | null;
}

/** Foreign dispatches look for their line at the first few sights of each shape, then at one in this many. */
const ALWAYS_LOOK = 8;
const LOOK_EVERY = 16;
/** Buffers remembered for one launch: a foreign library binds new ones at every step. */
const MAX_USES = 64;

interface Foreign {
  seen: number;
  /** The user's line was within a few frames, so looking is cheap enough for every dispatch. */
  near: boolean;
  place: SourceLocation | null;
}

export class Launches {
  readonly #recorder: Recorder;
  readonly #pipelines: Pipelines;
  readonly #buffers: Buffers;
  readonly #layers: Layers;
  readonly #callSites: CallSites;
  /** By launch id. */
  readonly #weights: number[] = [];
  readonly #noted = new WeakMap<LaunchNote, Known[]>();
  readonly #foreign = new WeakMap<
    PipelineFacts,
    { readonly known: Known[]; readonly shapes: Map<string, Foreign> }
  >();

  constructor(
    recorder: Recorder,
    pipelines: Pipelines,
    buffers: Buffers,
    layers: Layers,
    callSites: CallSites,
  ) {
    this.#recorder = recorder;
    this.#pipelines = pipelines;
    this.#buffers = buffers;
    this.#layers = layers;
    this.#callSites = callSites;
  }

  /** `below`: the patched method that the script called, the place from which its line is looked for. */
  idOf(
    facts: PipelineFacts,
    grid: Grid,
    groups: readonly (GPUBindGroup | null | undefined)[],
    below: (...args: never[]) => unknown,
  ): number {
    const { launch: note, layer, phase } = annotations;
    if (note) {
      const known = this.#noted.get(note);
      const found = known?.find((each) => same(each, facts, grid, layer, phase));
      if (found) return found.id;
      const place = this.#layers.placeOf(layer) ?? this.#callSites.here(below, DEEP);
      const made = this.#make(facts, grid, layer, phase, place, note, groups);
      if (known) known.push(made);
      else this.#noted.set(note, [made]);
      return made.id;
    }
    let entry = this.#foreign.get(facts);
    if (!entry) this.#foreign.set(facts, (entry = { known: [], shapes: new Map() }));
    const place = this.#foreignPlace(entry.shapes, grid, below);
    const found = entry.known.find((each) => each.place === place && same(each, facts, grid, layer, phase));
    if (found) return found.id;
    const made = this.#make(facts, grid, layer, phase, place, null, groups);
    entry.known.push(made);
    return made.id;
  }

  /** Predicted cost of a launch against others: planned work where a library tells it, else the size of its grid. */
  weightOf(launch: number): number {
    return this.#weights[launch] ?? 1;
  }

  #foreignPlace(
    shapes: Map<string, Foreign>,
    { x, y, z }: Grid,
    below: (...args: never[]) => unknown,
  ): SourceLocation | null {
    const key = `${x},${y},${z}`;
    let shape = shapes.get(key);
    if (!shape) shapes.set(key, (shape = { seen: 0, near: true, place: null }));
    const look = shape.near || shape.seen < ALWAYS_LOOK || shape.seen % LOOK_EVERY === 0;
    shape.seen++;
    if (!look) return shape.place;
    const near = this.#callSites.here(below, SHALLOW);
    shape.near = near !== null;
    shape.place = near ?? this.#callSites.here(below, DEEP) ?? shape.place;
    return shape.place;
  }

  #make(
    facts: PipelineFacts,
    grid: Grid,
    layer: LayerNote | null,
    phase: Phase,
    place: SourceLocation | null,
    note: LaunchNote | null,
    groups: readonly (GPUBindGroup | null | undefined)[],
  ): Known {
    const kernel = this.#pipelines.kernelOf(facts, note);
    const id = this.#recorder.row('launches', {
      kernel,
      layer: this.#layers.idOf(layer),
      op: this.#recorder.string(note?.op ?? facts.info.name),
      phase: PHASES.indexOf(phase),
      location: this.#recorder.location(place),
      workgroupsX: grid.x,
      workgroupsY: grid.y,
      workgroupsZ: grid.z,
      flops: note?.flops ?? NaN,
      bytesMoved: note?.bytesMoved ?? NaN,
    });
    this.#weights[id] = weight(facts, grid, note);
    this.#recordUses(id, facts, groups);
    return { id, facts, ...grid, layer, phase, place };
  }

  #recordUses(
    launch: number,
    facts: PipelineFacts,
    groups: readonly (GPUBindGroup | null | undefined)[],
  ): void {
    const uses = new Map<number, number>();
    groups.forEach((group, g) => {
      for (const { binding, buffer } of this.#pipelines.buffersOf(group)) {
        const row = this.#buffers.rowOf(buffer);
        if (row !== undefined)
          uses.set(row, (uses.get(row) ?? 0) | (facts.access.get(`${g}:${binding}`) ?? 1));
      }
    });
    for (const [buffer, access] of [...uses].slice(0, MAX_USES))
      this.#recorder.row('uses', { launch, buffer, access });
  }
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
  known: Known,
  facts: PipelineFacts,
  grid: Grid,
  layer: LayerNote | null,
  phase: Phase,
): boolean {
  return (
    known.x === grid.x &&
    known.y === grid.y &&
    known.z === grid.z &&
    known.facts === facts &&
    known.layer === layer &&
    known.phase === phase
  );
}
