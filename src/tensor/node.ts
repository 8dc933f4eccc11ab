/** One recorded operation of the tape. */
import type { DeviceArray } from '../gpu/array.ts';
import type { Op } from '../ops/op.ts';
import type { LayerNote } from '../probe/annotate.ts';
import { changesOf, drop, hold } from './storage.ts';
import type { Value } from './value.ts';

/** Where a gradient goes: to an output of an earlier operation, or to a leaf. Null where none is wanted. */
export type Edge = { readonly node: Node; readonly slot: number } | { readonly leaf: Value } | null;

/** `exp` of the family `unary`, or the operation's own name. */
export function nameOf(op: { readonly name: string }, attributes: unknown): string {
  return (attributes as { readonly kind?: string } | null)?.kind ?? op.name;
}

let lastId = 0;

export class Node {
  /** Grows with time, so that descending order is a reverse topological order. */
  readonly id = ++lastId;
  readonly op: Op<unknown>;
  /** The operation's name for messages. */
  readonly name: string;
  readonly attributes: unknown;
  readonly edges: readonly Edge[];
  readonly layer: LayerNote | null;
  /** How many outputs the operation has. */
  readonly outputs: number;
  /** Outputs that asked to keep their gradient. */
  readonly retaining: Value[] = [];
  #saved: readonly DeviceArray[] | null;
  /** How often what it saved had been changed in place when it was saved. */
  readonly #changes: readonly number[];
  #holders = 0;

  constructor(
    op: Op<unknown>,
    attributes: unknown,
    edges: readonly Edge[],
    forward: { readonly outputs: readonly unknown[]; readonly saved: readonly DeviceArray[] },
    layer: LayerNote | null,
  ) {
    this.op = op;
    this.name = nameOf(op, attributes);
    this.attributes = attributes;
    this.edges = edges;
    this.layer = layer;
    this.outputs = forward.outputs.length;
    this.#saved = forward.saved;
    this.#changes = forward.saved.map(changesOf);
    for (const array of forward.saved) hold(array);
    for (const edge of edges) if (edge && 'node' in edge) edge.node.retain();
  }

  /** What the backward pass needs, null once it was given back. */
  get saved(): readonly DeviceArray[] | null {
    return this.#saved;
  }

  /** Something it saved and that was changed in place since; null where all is as it was. */
  get changed(): DeviceArray | null {
    return this.#saved?.find((array, i) => changesOf(array) !== this.#changes[i]) ?? null;
  }

  retain(): this {
    this.#holders++;
    return this;
  }

  /**
   * When neither a tensor nor a later operation refers to it, what it saved goes, and so on backward through the graph
   * (a loop, since a recurrent net's graph is longer than the stack is deep).
   */
  release(): void {
    const leaving: Node[] = [this];
    for (let node = leaving.pop(); node; node = leaving.pop()) {
      if (--node.#holders > 0) continue;
      node.dropSaved();
      for (const edge of node.edges) if (edge && 'node' in edge) leaving.push(edge.node);
    }
  }

  dropSaved(): void {
    for (const array of this.#saved ?? []) drop(array);
    this.#saved = null;
  }
}
