/** Layers, from the chain of module calls around an operator: `ResNet_0.Sequential_1.Conv2d_4`. */
import type { TraceBuilder } from '../../trace/builder.ts';
import type { ModuleName } from './names.ts';

export class Layers {
  readonly #builder: TraceBuilder;
  readonly #paths: string[] = [];
  readonly #ids = new Map<string, number>();

  constructor(builder: TraceBuilder) {
    this.#builder = builder;
  }

  get count(): number {
    return this.#paths.length;
  }

  /** The layer of a module called from within `parent` (-1: from none). */
  child(parent: number, { segment, type }: ModuleName): number {
    const path = parent < 0 ? segment : `${this.#paths[parent]}.${segment}`;
    let id = this.#ids.get(path);
    if (id === undefined) {
      id = this.#builder.add('layers', { path, type, parent, location: -1 });
      this.#ids.set(path, id);
      this.#paths.push(path);
    }
    return id;
  }

  /** The layer of a `Module Hierarchy` argument (`A.B.C`); -1 for an empty one. */
  ofHierarchy(hierarchy: string): number {
    let layer = -1;
    for (const segment of hierarchy.split('.').slice(0, 64))
      if (segment !== '') layer = this.child(layer, { segment, type: segment.replace(/_\d+$/, '') });
    return layer;
  }
}
