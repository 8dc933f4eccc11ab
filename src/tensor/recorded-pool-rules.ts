/** Gradients of pooling and of picked rows, which are linear in the gradient they are given, as recorded operations. */
import { imageSizes, pair, windowOf } from '../ops/conv-shape.ts';
import type { EmbeddingAttributes } from '../ops/embedding.ts';
import {
  avgPool2d,
  avgPool2dGradient,
  type AvgPoolAttributes,
  type MaxPoolAttributes,
} from '../ops/pool2d.ts';
import type { Shape } from '../ops/shape.ts';
import { arange, zeros } from './creation.ts';
import { layouts } from './recorded-conv-rules.ts';
import type { RecordedNode } from './recorded-node.ts';
import { apply1 } from './tape.ts';
import { Tensor } from './tensor.ts';

type Pooled<Attributes> = Attributes & { readonly inputShape: Shape };

export function avgPoolRule({ attributes }: RecordedNode<Pooled<AvgPoolAttributes>>, g: Tensor): Tensor[] {
  return [new Tensor(apply1(avgPool2dGradient, [g.value], attributes))];
}

export function avgPoolGradientRule(
  { attributes }: RecordedNode<Pooled<AvgPoolAttributes>>,
  g: Tensor,
): Tensor[] {
  return [new Tensor(apply1(avgPool2d, [g.value], attributes))];
}

/** Saved: which tap of its window each result is. */
export function maxPoolRule(node: RecordedNode<Pooled<MaxPoolAttributes>>, g: Tensor): Tensor[] {
  const { layout = 'nchw', inputShape, kernelSize, stride = kernelSize, padding, dilation } = node.attributes;
  const window = windowOf({ stride, padding: padding ?? 0, dilation: dilation ?? 1 });
  const [first, back] = layouts(layout);
  const [n, channels, h, w] = imageSizes(inputShape, layout);
  const tap = first(node.saved(0).float()); // prettier-ignore
  const [, , oh, ow] = tap.shape as [number, number, number, number];
  const [, kw] = pair(kernelSize);
  // A whole number plus a half, so that rounding cannot make it the one below.
  const line = tap.add(0.5).div(kw).floor();
  const row = line
    .mul(window.dilationH)
    .add(arange(oh).mul(window.strideH).sub(window.paddingH).reshape(oh, 1));
  const column = tap
    .sub(line.mul(kw))
    .mul(window.dilationW)
    .add(arange(ow).mul(window.strideW).sub(window.paddingW));
  const places = row.mul(w).add(column).reshape(n, channels, -1).int(); // prettier-ignore
  const planes = zeros([n, channels, h * w]).scatterAdd(2, places, first(g).reshape(n, channels, -1));
  return [back(planes.reshape(n, channels, h, w))];
}

/** Saved: the places. */
export function embeddingRule(node: RecordedNode<EmbeddingAttributes>, g: Tensor): (Tensor | null)[] {
  const { tableShape, paddingIndex = -1 } = node.attributes;
  const places = node.saved(0).reshape(-1);
  const rows = g.reshape(-1, g.size(-1));
  const kept = paddingIndex < 0 ? rows : rows.mul(places.ne(paddingIndex).float().reshape(-1, 1)); // prettier-ignore
  return [zeros(tableShape).indexAdd(0, places, kept), null];
}
