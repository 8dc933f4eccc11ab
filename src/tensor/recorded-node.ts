import type { DeviceArray } from '../gpu/array.ts';
import { savedOf } from './backward.ts';
import type { Edge, Node } from './node.ts';
import { reshape } from './reshape.ts';
import { apply1 } from './tape.ts';
import { Tensor } from './tensor.ts';
import { Value } from './value.ts';

/** Gradients of a node's inputs from that of its first output, or from those of all; null where there is no rule for the case. */
export type Rule<Attributes> = (
  node: RecordedNode<Attributes>,
  g: Tensor,
  all: readonly (Tensor | null)[],
) => readonly (Tensor | null)[] | null;

/** A node of the tape whose inputs and outputs are tensors again, with their places in the graph. */
export class RecordedNode<Attributes = unknown> {
  readonly attributes: Attributes;
  /** Which inputs want a gradient. */
  readonly needs: readonly boolean[];
  readonly #node: Node;
  readonly #saved: readonly DeviceArray[];

  constructor(node: Node, needs: readonly boolean[]) {
    this.attributes = node.attributes as Attributes;
    this.needs = needs;
    this.#node = node;
    this.#saved = savedOf(node);
  }

  /** How many inputs the node has. */
  get inputs(): number {
    return this.#node.edges.length;
  }

  /** Input `i`, whose values the node saved as its i-th array unless `saved` says otherwise. */
  input(i: number, saved = i): Tensor {
    const edge = this.#node.edges[i] as Edge;
    const array = this.#array(saved);
    if (!edge) return new Tensor(new Value(array));
    if ('node' in edge) return new Tensor(new Value(array, { ...edge, requiresGrad: true }));
    // The leaf's own handle is the script's; this one may go.
    const { shape } = edge.leaf;
    return new Tensor(apply1(reshape, [edge.leaf], { from: shape, to: shape }));
  }

  /** The node's one output, saved as its `saved`-th array. */
  output(saved: number): Tensor {
    return new Tensor(new Value(this.#array(saved), { node: this.#node, slot: 0, requiresGrad: true }));
  }

  /** What was saved as the `saved`-th array, as numbers alone. */
  saved(saved: number): Tensor {
    return new Tensor(new Value(this.#array(saved)));
  }

  shapeOf(saved: number): readonly number[] {
    return this.#array(saved).shape;
  }

  #array(saved: number): DeviceArray {
    return this.#saved[saved] as DeviceArray;
  }
}
