/** Gradients of convolutions, as recorded convolutions. */
import { convTranspose2d, type ConvTranspose2dAttributes } from '../ops/conv-transpose2d.ts';
import { conv2d } from '../ops/conv2d.ts';
import { pair, type ConvAttributes, type Pair } from '../ops/conv-shape.ts';
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

/** Channels first, without groups. */
export function convRule(node: RecordedNode<ConvAttributes>, g: Tensor): (Tensor | null)[] | null {
  const { layout = 'nchw' } = node.attributes;
  const window = windowOf(node.attributes);
  if (layout !== 'nchw' || window.groups > 1) return null;
  const [x, weight] = [node.input(0), node.input(1)];
  return [toImage(g, weight, window, sidesOf(x)), ofWeight(x, g, window, sidesOf(weight)), g.sum([0, 2, 3])];
}

/** Channels first, without groups. */
export function convTransposeRule(
  node: RecordedNode<ConvTranspose2dAttributes>,
  g: Tensor,
): (Tensor | null)[] | null {
  const { layout = 'nchw' } = node.attributes;
  const window = windowOf(node.attributes);
  if (layout !== 'nchw' || window.groups > 1) return null;
  const [x, weight] = [node.input(0), node.input(1)];
  return [forward(g, weight, window), ofWeight(g, x, window, sidesOf(weight)), g.sum([0, 2, 3])];
}
