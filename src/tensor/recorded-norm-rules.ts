/** Gradients of normalizations, of attention and of cross entropy, as recorded operations. */
import type { AttentionAttributes } from '../ops/attention.ts';
import type { BatchNormAttributes } from '../ops/batch-norm.ts';
import type { CrossEntropyAttributes } from '../ops/cross-entropy.ts';
import { dropout } from '../ops/dropout.ts';
import type { LayerNormAttributes } from '../ops/layer-norm.ts';
import { matmul } from '../ops/matmul.ts';
import { arange, ones } from './creation.ts';
import type { RecordedNode } from './recorded-node.ts';
import { apply1 } from './tape.ts';
import { Tensor } from './tensor.ts';

/** What is normalized over `dims`, and its gradient from that of the result, where `g` is already times the weights. */
function normalized(x: Tensor, dims: number[], eps: number, centered: boolean) {
  const middle = centered ? x.sub(x.mean(dims, true)) : x;
  const scale = middle.square().mean(dims, true).add(eps).rsqrt(); // prettier-ignore
  const y = middle.mul(scale);
  const toInput = (g: Tensor): Tensor => {
    const along = g.sub(y.mul(g.mul(y).mean(dims, true)));
    return (centered ? along.sub(g.mean(dims, true)) : along).mul(scale);
  };
  return { y, toInput };
}

/** Saved: x, moments, gamma. */
export function layerNormRule(node: RecordedNode<LayerNormAttributes>, g: Tensor): (Tensor | null)[] {
  const { dims = 1, eps = 1e-5, kind = 'layer' } = node.attributes;
  const x = node.input(0);
  const own = Array.from({ length: dims }, (_, i) => x.ndim - dims + i);
  const others = [...x.shape.keys()].filter((d) => !own.includes(d));
  const { y, toInput } = normalized(x, own, eps, kind === 'layer');
  const gamma = node.inputs > 1 ? node.input(1, 2) : null;
  const weights = (sum: Tensor): Tensor =>
    (others.length > 0 ? sum.sum(others) : sum).reshape(gamma?.shape ?? []);
  return [
    toInput(gamma ? g.mul(gamma) : g),
    node.needs[1] ? weights(g.mul(y)) : null,
    node.needs[2] ? weights(g) : null,
  ];
}

/** Saved: x, moments, gamma. */
export function batchNormRule(node: RecordedNode<BatchNormAttributes>, g: Tensor): (Tensor | null)[] {
  const { layout = 'nchw', training, eps = 1e-5 } = node.attributes;
  const x = node.input(0);
  const gamma = node.input(1, 2);
  const channel = layout === 'nchw' ? 1 : x.ndim - 1;
  const dims = [...x.shape.keys()].filter((d) => d !== channel);
  const wide = (weights: Tensor): Tensor => weights.reshape(x.shape.map((_, d) => (d === channel ? -1 : 1)));
  const scaled = g.mul(wide(gamma));
  const weights = (y: Tensor): Tensor[] => [g.mul(y).sum(dims), g.sum(dims)];
  if (training) {
    const { y, toInput } = normalized(x, dims, eps, true);
    return [toInput(scaled), ...weights(y)];
  }
  // The running mean and 1 / root of the running variance, which nothing here changes.
  const [mean, scale] = [0, 1].map((i) => wide(node.saved(1).narrow(1, i, 1))) as [Tensor, Tensor];
  return [scaled.mul(scale), ...weights(x.sub(mean).mul(scale))];
}

const product = (a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor =>
  new Tensor(apply1(matmul, [a.value, b.value], { transposeA, transposeB }));

/** Saved: q, k, v, weights. */
export function attentionRule(node: RecordedNode<AttentionAttributes>, g: Tensor): (Tensor | null)[] {
  const [q, k, v] = [node.input(0), node.input(1), node.input(2)];
  const { scale = 1 / Math.sqrt(q.size(-1)), dropoutP = 0, seed = 0 } = node.attributes;
  const dropped = (x: Tensor): Tensor =>
    dropoutP > 0 ? new Tensor(apply1(dropout, [x.value], { p: dropoutP, seed })) : x;
  const scores = product(q, k, false, true).mul(scale);
  // What masks add, and what they leave out, is known by the weights.
  const masks = node.saved(3).clamp(1e-37, 1).log().sub(scores.detach()); // prettier-ignore
  const weights = scores.add(masks).softmax(-1);
  const slopes = dropped(product(g, v, false, true));
  const ds = weights.mul(slopes.sub(slopes.mul(weights).sum(-1, true))).mul(scale);
  return [
    product(ds, k, false, false),
    product(ds, q, true, false),
    product(dropped(weights), g, true, false),
    null,
  ];
}

/** Saved: x, target, shift, and but for single rows the factor of all. */
export function crossEntropyRule(node: RecordedNode<CrossEntropyAttributes>, g: Tensor): (Tensor | null)[] {
  const { reduction = 'mean', ignoreIndex = -100, labelSmoothing = 0 } = node.attributes;
  const x = node.input(0);
  const target = node.saved(1).reshape(-1, 1);
  const classes = x.size(1);
  const hot = arange(classes).int().reshape(1, -1).eq(target).float(); // prettier-ignore
  const wanted = hot.mul(1 - labelSmoothing).add(labelSmoothing / classes);
  const kept = target.ne(ignoreIndex).float();
  const rows = reduction === 'none' ? g.reshape(-1, 1) : g.mul(node.saved(3)).mul(ones([1, 1]));
  return [x.softmax(-1).sub(wanted).mul(kept).mul(rows), null];
}
