/** Layers without state as functions. */
import type { Layout } from '../../ops/conv-shape.ts';
import { dropout as dropoutOp } from '../../ops/dropout.ts';
import { linear as linearOp } from '../../ops/linear.ts';
import { combined } from '../../tensor/combined.ts';
import { constant } from '../../tensor/constants.ts';
import { ones } from '../../tensor/creation.ts';
import { nextSeed } from '../../tensor/random.ts';
import { apply1 } from '../../tensor/tape.ts';
import { Tensor } from '../../tensor/tensor.ts';
import { withBatch } from './batches.ts';

/** `x W^T + b` with a weight `[out, in]`. */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  const inputs = bias ? [x, weight, bias] : [x, weight];
  return new Tensor(apply1(linearOp, inputs.map(({ value }) => value), {})); // prettier-ignore
}

/** Sets elements to zero with probability `p` and scales the others by `1 / (1 - p)`. */
export function dropout(x: Tensor, p = 0.5, training = true): Tensor {
  if (!training || p === 0) return x;
  if (p === 1) return x.mul(0);
  return new Tensor(apply1(dropoutOp, [x.value], { p, seed: nextSeed() }));
}

/** `dropout` of whole channels of sequences `[batch, channels, length]`. */
export const dropout1d = (x: Tensor, p = 0.5, training = true, layout: Layout = 'nchw'): Tensor =>
  training && p > 0 ? withBatch(x, 2, (sequences) => channelsDropped(sequences, p, layout)) : x;

/** `dropout` of whole channels of images `[batch, channels, rows, columns]`. */
export const dropout2d = (x: Tensor, p = 0.5, training = true, layout: Layout = 'nchw'): Tensor =>
  training && p > 0 ? withBatch(x, 3, (images) => channelsDropped(images, p, layout)) : x;

function channelsDropped(x: Tensor, p: number, layout: Layout): Tensor {
  const channels = layout === 'nchw' ? 1 : x.ndim - 1;
  return x.mul(dropout(ones(x.shape.map((n, i) => (i === 0 || i === channels ? n : 1))), p));
}

/** Vectors of `classes` elements with a 1 at each of the given places. */
export function oneHot(places: Tensor, classes: number): Tensor {
  const ramp = constant('ramp', [classes], (i) => i);
  return new Tensor(combined('equal', places.unsqueeze(-1).to('f32').value, ramp)).float();
}

/** `x` divided by its p-norm over `dim`, which counts as at least `eps`. */
export const normalize = (x: Tensor, p = 2, dim = 1, eps = 1e-12): Tensor =>
  x.div(x.norm(p, dim, true).clamp(eps));

/** The cosine of the angle between `a` and `b` over `dim`; each norm counts as at least `eps`. */
export const cosineSimilarity = (a: Tensor, b: Tensor, dim = 1, eps = 1e-8): Tensor =>
  a.mul(b).sum(dim).div(a.norm(2, dim).clamp(eps).mul(b.norm(2, dim).clamp(eps))); // prettier-ignore
