/** Activations as functions: the tensor's methods by their names in `torch.nn.functional`, and those made of them. */
import type { Tensor } from '../../tensor/tensor.ts';

export const relu = (x: Tensor): Tensor => x.relu();
export const leakyRelu = (x: Tensor, negativeSlope = 0.01): Tensor => x.leakyRelu(negativeSlope);
export const elu = (x: Tensor, alpha = 1): Tensor => x.elu(alpha);
export const gelu = (x: Tensor, approximate: 'none' | 'tanh' = 'none'): Tensor => x.gelu(approximate);
export const silu = (x: Tensor): Tensor => x.silu();
export const sigmoid = (x: Tensor): Tensor => x.sigmoid();
export const tanh = (x: Tensor): Tensor => x.tanh();
export const softmax = (x: Tensor, dim: number): Tensor => x.softmax(dim);
export const logSoftmax = (x: Tensor, dim: number): Tensor => x.logSoftmax(dim);

/** `log(1 + exp(beta x)) / beta` */
export const softplus = (x: Tensor, beta = 1): Tensor =>
  beta === 1 ? x.softplus() : x.mul(beta).softplus().div(beta);

/** `log(sigmoid(x))` */
export const logSigmoid = (x: Tensor): Tensor => x.neg().softplus().neg();

/** `x / (1 + |x|)` */
export const softsign = (x: Tensor): Tensor => x.div(x.abs().add(1));

/** `x` limited to `[minVal, maxVal]` */
export const hardtanh = (x: Tensor, minVal = -1, maxVal = 1): Tensor => x.clamp(minVal, maxVal);

/** `x` limited to `[0, 6]` */
export const relu6 = (x: Tensor): Tensor => x.clamp(0, 6);

/** `relu6(x + 3) / 6` */
export const hardsigmoid = (x: Tensor): Tensor => x.add(3).clamp(0, 6).div(6);

/** `x * relu6(x + 3) / 6` */
export const hardswish = (x: Tensor): Tensor => x.mul(hardsigmoid(x));

/** `x * tanh(log(1 + exp(x)))` */
export const mish = (x: Tensor): Tensor => x.mul(x.softplus().tanh());

/** Scaled exponential linear unit, which keeps mean 0 and variance 1 (Klambauer et al. 2017). */
export const selu = (x: Tensor): Tensor => x.elu(1.6732632423543772).mul(1.0507009873554805);

/** `x` where positive, else `alpha * (exp(x / alpha) - 1)`. */
export const celu = (x: Tensor, alpha = 1): Tensor => x.div(alpha).elu().mul(alpha);

/** `x` beyond `lambda` of 0, else 0. */
export const hardshrink = (x: Tensor, lambda = 0.5): Tensor => x.where(x.abs().gt(lambda), 0);

/** `x` moved towards 0 by `lambda`, and not beyond it. */
export const softshrink = (x: Tensor, lambda = 0.5): Tensor => x.sub(x.clamp(-lambda, lambda));

/** `x - tanh(x)` */
export const tanhshrink = (x: Tensor): Tensor => x.sub(x.tanh());

/** `x` where above `threshold`, else `value`. */
export const threshold = (x: Tensor, threshold: number, value: number): Tensor =>
  x.where(x.gt(threshold), value);

/** `softmax` of `-x` */
export const softmin = (x: Tensor, dim: number): Tensor => x.neg().softmax(dim);

/** Of the two halves along `dim`, the first times the sigmoid of the second. */
export function glu(x: Tensor, dim = -1): Tensor {
  const [value, gate] = x.chunk(2, dim) as [Tensor, Tensor];
  return value.mul(gate.sigmoid());
}

/** `x` where positive, else `weight` times it; one weight, or one a channel (dimension 1). */
export function prelu(x: Tensor, weight: Tensor): Tensor {
  const shaped = weight.numel() === 1 ? weight : weight.reshape([-1, ...x.shape.slice(2).map(() => 1)]);
  return x.relu().sub(x.neg().relu().mul(shaped));
}
