/** Gradients of convolutions, as recorded convolutions. */
import { convTranspose2d, type ConvTranspose2dAttributes } from '../ops/conv-transpose2d.ts';
import { conv2d } from '../ops/conv2d.ts';
import { pair, type ConvAttributes, type Layout, type Pair } from '../ops/conv-shape.ts';
import type { RecordedNode } from './recorded-node.ts';
import { apply1 } from './tape.ts';
import { Tensor } from './tensor.ts';

interface Window {
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
  readonly groups: number;
}

const windowOf = ({ stride = 1, padding = 0, dilation = 1, groups = 1 }: Partial<Window>): Window => ({ stride, padding, dilation, groups }); // prettier-ignore

const forward = (x: Tensor, weight: Tensor, window: Window): Tensor =>
  new Tensor(apply1(conv2d, [x.value, weight.value], window));

/** The convolution with this window backward, from `g` to an image of these sizes. */
function toImage(g: Tensor, weight: Tensor, window: Window, sizes: readonly [h: number, w: number]): Tensor {
  const [stride, padding, dilation] = [pair(window.stride), pair(window.padding), pair(window.dilation)];
  const outputPadding = sizes.map((size, i) => {
    const [s, p, d] = [stride[i as 0], padding[i as 0], dilation[i as 0]];
    return size - ((g.size(2 + i) - 1) * s - 2 * p + d * (weight.size(2 + i) - 1) + 1);
  }) as [number, number];
  return new Tensor(apply1(convTranspose2d, [g.value, weight.value], { ...window, outputPadding }));
}

/** The gradient of the weight of the convolution of `x` to `g`: a convolution of the one by the other, channels for samples. */
function ofWeight(x: Tensor, g: Tensor, window: Window, kernel: readonly [number, number]): Tensor {
  const turned = { ...window, stride: window.dilation, dilation: window.stride };
  const whole = forward(x.transpose(0, 1), g.transpose(0, 1), turned);
  return whole.narrow(2, 0, kernel[0]).narrow(3, 0, kernel[1]).transpose(0, 1);
}

const sidesOf = (x: Tensor): [number, number] => [x.size(2), x.size(3)];

/** Images and weights of either layout with their channels in the second place, and the way back. */
export function layouts(
  layout: Layout,
): readonly [first: (x: Tensor) => Tensor, back: (x: Tensor) => Tensor] {
  if (layout === 'nchw') return [(x) => x, (x) => x];
  return [(x) => x.permute(0, 3, 1, 2), (x) => x.permute(0, 2, 3, 1)];
}

/** Without groups. */
export function convRule(node: RecordedNode<ConvAttributes>, given: Tensor): (Tensor | null)[] | null {
  const window = windowOf(node.attributes);
  if (window.groups > 1) return null;
  const [first, back] = layouts(node.attributes.layout ?? 'nchw');
  const [x, weight, g] = [first(node.input(0)), first(node.input(1)), first(given)];
  return [
    back(toImage(g, weight, window, sidesOf(x))),
    back(ofWeight(x, g, window, sidesOf(weight))),
    g.sum([0, 2, 3]),
  ];
}

/** Without groups. */
export function convTransposeRule(
  node: RecordedNode<ConvTranspose2dAttributes>,
  given: Tensor,
): (Tensor | null)[] | null {
  const window = windowOf(node.attributes);
  if (window.groups > 1) return null;
  const [first, back] = layouts(node.attributes.layout ?? 'nchw');
  const [x, weight, g] = [first(node.input(0)), first(node.input(1)), first(given)];
  return [back(forward(g, weight, window)), back(ofWeight(g, x, window, sidesOf(weight))), g.sum([0, 2, 3])];
}
