/** Bind groups of one launch, by the memory they bind: a tree of maps, one level a binding. */
import type { PooledArray } from './pooled-array.ts';
import type { UniformSlot } from './uniforms.ts';

type Node = Map<number, Node | GPUBindGroup>;

/** A script whose memory never settles must not grow the cache without end. */
const MOST_GROUPS = 512;

export class BindCache {
  #root: Node = new Map();
  #groups = 0;

  get(arrays: readonly PooledArray[], uniform: UniformSlot | null): GPUBindGroup | undefined {
    let node: Node | undefined = this.#root.get(uniform?.id ?? 0) as Node | undefined;
    const last = arrays.length - 1;
    for (let i = 0; i < last && node; i++)
      node = node.get((arrays[i] as PooledArray).part.id) as Node | undefined;
    return node?.get((arrays[last] as PooledArray).part.id) as GPUBindGroup | undefined;
  }

  set(arrays: readonly PooledArray[], uniform: UniformSlot | null, group: GPUBindGroup): void {
    if (++this.#groups > MOST_GROUPS) {
      this.#root = new Map();
      this.#groups = 1;
    }
    let node = child(this.#root, uniform?.id ?? 0);
    const last = arrays.length - 1;
    for (let i = 0; i < last; i++) node = child(node, (arrays[i] as PooledArray).part.id);
    node.set((arrays[last] as PooledArray).part.id, group);
  }
}

function child(node: Node, id: number): Node {
  let next = node.get(id) as Node | undefined;
  if (!next) node.set(id, (next = new Map()));
  return next;
}
