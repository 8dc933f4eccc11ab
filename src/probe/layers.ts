/** Layers of the model, as a library tells them, and the lines on which the user made them. */
import type { SourceLocation } from '../trace/model.ts';
import type { LayerNote } from './annotate.ts';
import type { CallSites } from './call-sites.ts';
import type { Recorder } from './recorder.ts';

interface Known {
  readonly id: number;
  readonly place: SourceLocation | null;
}

export class Layers {
  readonly #recorder: Recorder;
  readonly #callSites: CallSites;
  readonly #known = new WeakMap<LayerNote, Known>();
  readonly #paths = new Set<string>();

  constructor(recorder: Recorder, callSites: CallSites) {
    this.#recorder = recorder;
    this.#callSites = callSites;
  }

  /** -1 for none. */
  idOf(layer: LayerNote | null): number {
    return layer ? this.#get(layer).id : -1;
  }

  placeOf(layer: LayerNote | null): SourceLocation | null {
    return layer ? this.#get(layer).place : null;
  }

  /** Two models of one script may name their layers alike. */
  unique(path: string): string {
    let name = path;
    for (let n = 2; this.#paths.has(name); n++) name = `${path}#${n}`;
    this.#paths.add(name);
    return name;
  }

  #get(layer: LayerNote): Known {
    const known = this.#known.get(layer);
    if (known) return known;
    const parent = this.idOf(layer.parent);
    const place = layer.place === undefined ? this.#callSites.inText(layer.stack) : layer.place;
    const { type, detail } = layer;
    const id = this.#recorder.add('layers', {
      path: this.unique(layer.path || type),
      type,
      parent,
      location: this.#recorder.location(place),
      ...(detail === undefined ? {} : { detail }),
    });
    const made = { id, place };
    this.#known.set(layer, made);
    return made;
  }
}
