/** Gradients as tensors, as `torch.autograd.grad`. */
import type { DeviceArray } from '../gpu/array.ts';
import { inPhase } from '../probe/annotate.ts';
import { gradientsOf, inLayerOf, newestFirst, waysTo } from './backward.ts';
import { onesLike, zerosLike } from './creation.ts';
import { shapeText, tensorError } from './errors.ts';
import { withGrad } from './grad-mode.ts';
import type { Node } from './node.ts';
import { RecordedNode } from './recorded-node.ts';
import { RULES } from './recorded-rules.ts';
import { drop } from './storage.ts';
import { Tensor } from './tensor.ts';
import { Value } from './value.ts';

/** Options of `grad`. */
export interface GradOptions {
  /** Gradient of each output; needed for those that have more than one element. */
  readonly gradOutputs?: Tensor | readonly Tensor[];
  /** Records how the gradients are computed, so that they have gradients themselves: for penalties on gradients, second derivatives. */
  readonly createGraph?: boolean;
  /** Keeps what the graph saved, for another pass. Default: as `createGraph`. */
  readonly retainGraph?: boolean;
  /** Zeros for inputs that the outputs do not depend on, instead of an error. Default false. */
  readonly materializeGrads?: boolean;
}

/**
 * The gradients of the sum of the outputs with respect to the inputs, which may be leaves or what was made of them. No `grad` changes.
 *
 * ```ts
 * const [slope] = autograd.grad(y.sum(), [x], { createGraph: true });
 * const penalty = slope.norm(2, 1).sub(1).square().mean();
 * ```
 * @throws TensorError where an input has no part in the outputs, or an operation on the way has no second derivative (with `createGraph`).
 */
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options: GradOptions = {},
): Tensor[] {
  const { createGraph = false, retainGraph = createGraph, materializeGrads = false } = options;
  const roots = listOf(outputs);
  const wanted = listOf(inputs);
  const seeds = options.gradOutputs === undefined ? [] : listOf(options.gradOutputs);
  for (const [i, input] of wanted.entries())
    if (!input.requiresGrad)
      throw tensorError(`grad(): input ${i} ${shapeText(input.shape)} does not require a gradient`);
  const found = createGraph
    ? recorded(roots, seeds, wanted)
    : gradientsOf(
        roots.map(({ value }, i) => [value, seeds[i]?.value ?? null]),
        wanted.map(({ value }) => value),
        { retainGraph },
      ).map((array) => array && taken(array));
  return found.map((gradient, i) => {
    const input = wanted[i] as Tensor;
    if (gradient) return gradient;
    if (materializeGrads) return zerosLike(input);
    throw tensorError(
      `grad(): the outputs do not depend on input ${i} ${shapeText(input.shape)}; with { materializeGrads: true } its gradient is zeros`,
    );
  });
}

const listOf = (tensors: Tensor | readonly Tensor[]): readonly Tensor[] =>
  tensors instanceof Tensor ? [tensors] : tensors;

/** A tensor that takes over the hold of an array. */
function taken(array: DeviceArray): Tensor {
  const tensor = new Tensor(new Value(array, { madeBy: 'grad' }));
  drop(array);
  return tensor;
}

/** As `gradientsOf`, by operations that are recorded. */
function recorded(
  roots: readonly Tensor[],
  seeds: readonly Tensor[],
  wanted: readonly Tensor[],
): (Tensor | null)[] {
  const found = new Map<Value, Tensor>();
  const pending = new Map<Node, (Tensor | null)[]>();
  const join = (node: Node, slot: number, gradient: Tensor): void => {
    const gradients = pending.get(node) ?? Array<null>(node.outputs).fill(null);
    gradients[slot] = gradients[slot]?.add(gradient) ?? gradient;
    pending.set(node, gradients);
  };
  const add = (value: Value, gradient: Tensor): void => {
    found.set(value, found.get(value)?.add(gradient) ?? gradient);
  };
  const values = wanted.map(({ value }) => value);
  inPhase('backward', () =>
    withGrad(true, () => {
      for (const [i, root] of roots.entries()) {
        const { node, slot } = root.value;
        const seed = seeds[i] ?? onesLike(root);
        if (node) join(node, slot, seed);
        else if (values.includes(root.value)) add(root.value, seed);
      }
      const nodes = newestFirst([...pending.keys()]);
      const wants = waysTo(values, nodes);
      for (const node of nodes) {
        const gradients = pending.get(node);
        if (!gradients) continue;
        for (const value of values) {
          const gradient = value.node === node ? gradients[value.slot] : null;
          if (gradient) add(value, gradient);
        }
        const needs = node.edges.map(wants);
        if (!needs.includes(true)) continue;
        const results = inLayerOf(node, () => slopes(node, needs, gradients));
        node.edges.forEach((edge, i) => {
          const gradient = results[i];
          if (!gradient || !wants(edge)) return;
          if ('leaf' in edge) add(edge.leaf, gradient);
          else join(edge.node, edge.slot, gradient);
        });
      }
    }),
  );
  return values.map((value) => found.get(value) ?? null);
}

function slopes(
  node: Node,
  needs: readonly boolean[],
  gradients: readonly (Tensor | null)[],
): readonly (Tensor | null)[] {
  const results = RULES[node.op.name]?.(
    new RecordedNode(node, needs) as RecordedNode<never>,
    gradients[0] as Tensor,
    gradients,
  );
  if (!results)
    throw tensorError(
      `grad() with createGraph: there is no second derivative of ${node.name} here; express it by simpler operations`,
      { layer: node.layer },
    );
  return results;
}
