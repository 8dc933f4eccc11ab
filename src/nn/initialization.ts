/** Values to start with, written into tensors where they lie, as `torch.nn.init`. */
import { shapeText, tensorError } from '../tensor/errors.ts';
import { normalValues } from '../tensor/random.ts';
import { tensor as tensorOf } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** Uniform in [a, b). */
export const uniform_ = (tensor: Tensor, a = 0, b = 1): Tensor => tensor.uniform_(a, b);

/** Normal with the given mean and deviation. */
export const normal_ = (tensor: Tensor, mean = 0, std = 1): Tensor => tensor.normal_(mean, std);

/** The same number everywhere. */
export const constant_ = (tensor: Tensor, value: number): Tensor => tensor.fill_(value);

export const zeros_ = (tensor: Tensor): Tensor => tensor.zero_();

export const ones_ = (tensor: Tensor): Tensor => tensor.fill_(1);

/** Normal, drawn anew where outside [a, b]. */
export function truncNormal_(tensor: Tensor, mean = 0, std = 1, a = -2, b = 2): Tensor {
  const values = normalValues(tensor.numel(), mean, std).map((value) => {
    let drawn = value;
    while (drawn < a || drawn > b) drawn = normalValues(1, mean, std)[0] as number;
    return drawn;
  });
  return tensor.copy_(tensorOf(values, { shape: tensor.shape }));
}

/** A number of inputs and of outputs, as `[out, in, ...kernel]` says. */
function fans(tensor: Tensor): { readonly fanIn: number; readonly fanOut: number } {
  const [outputs, inputs, ...kernel] = tensor.shape;
  if (outputs === undefined || inputs === undefined)
    throw tensorError(`the fan of a tensor of shape ${shapeText(tensor.shape)}: it needs two dimensions`);
  const field = kernel.reduce((product, n) => product * n, 1);
  return { fanIn: inputs * field, fanOut: outputs * field };
}

/** What keeps the variance through a nonlinearity: the recommended factor of `torch.nn.init.calculate_gain`. */
export function calculateGain(nonlinearity: Nonlinearity, a = 0.01): number {
  switch (nonlinearity) {
    case 'tanh':
      return 5 / 3;
    case 'relu':
      return Math.SQRT2;
    case 'leakyRelu':
      return Math.sqrt(2 / (1 + a ** 2));
    case 'selu':
      return 3 / 4;
    default:
      return 1;
  }
}

export type Nonlinearity = 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'leakyRelu' | 'selu';

/** Glorot and Bengio (2010): uniform in +-gain sqrt(6 / (fanIn + fanOut)). */
export function xavierUniform_(tensor: Tensor, gain = 1): Tensor {
  const { fanIn, fanOut } = fans(tensor);
  const bound = gain * Math.sqrt(6 / (fanIn + fanOut));
  return tensor.uniform_(-bound, bound);
}

/** Glorot and Bengio (2010): normal of deviation gain sqrt(2 / (fanIn + fanOut)). */
export function xavierNormal_(tensor: Tensor, gain = 1): Tensor {
  const { fanIn, fanOut } = fans(tensor);
  return tensor.normal_(0, gain * Math.sqrt(2 / (fanIn + fanOut)));
}

/** Options of the Kaiming initializations. */
export interface KaimingOptions {
  /** Slope of `'leakyRelu'` below 0. Default 0. */
  readonly a?: number;
  /** Keep the variance of the forward pass (`'fanIn'`, the default) or of the backward pass. */
  readonly mode?: 'fanIn' | 'fanOut';
  /** Default 'leakyRelu'. */
  readonly nonlinearity?: Nonlinearity;
}

function kaimingDeviation(tensor: Tensor, options: KaimingOptions): number {
  const { a = 0, mode = 'fanIn', nonlinearity = 'leakyRelu' } = options;
  return calculateGain(nonlinearity, a) / Math.sqrt(fans(tensor)[mode]);
}

/** He et al. (2015): uniform in +-gain sqrt(3 / fan). */
export function kaimingUniform_(tensor: Tensor, options: KaimingOptions = {}): Tensor {
  const bound = Math.sqrt(3) * kaimingDeviation(tensor, options);
  return tensor.uniform_(-bound, bound);
}

/** He et al. (2015): normal of deviation gain / sqrt(fan). */
export const kaimingNormal_ = (tensor: Tensor, options: KaimingOptions = {}): Tensor =>
  tensor.normal_(0, kaimingDeviation(tensor, options));

/** The identity, as far as the matrix goes. */
export function eye_(tensor: Tensor): Tensor {
  const [rows, columns] = tensor.shape;
  if (rows === undefined || columns === undefined || tensor.ndim !== 2)
    throw tensorError(`eye_ takes a matrix, not shape ${shapeText(tensor.shape)}`);
  const values = new Float32Array(rows * columns);
  for (let i = 0; i < Math.min(rows, columns); i++) values[i * columns + i] = 1;
  return tensor.copy_(tensorOf(values, { shape: [rows, columns] }));
}

/** Rows (or columns, where there are fewer) at right angles, by Gram and Schmidt on normal numbers. */
export function orthogonal_(tensor: Tensor, gain = 1): Tensor {
  const rows = tensor.size(0);
  const columns = tensor.numel() / rows;
  const [many, long] = rows <= columns ? [rows, columns] : [columns, rows];
  const basis: Float64Array[] = [];
  while (basis.length < many) {
    const vector = Float64Array.from(normalValues(long, 0, 1));
    // Twice is enough: what rounding leaves of the other directions goes.
    for (const other of [...basis, ...basis]) {
      const along = dot(vector, other);
      for (let i = 0; i < long; i++) vector[i] = (vector[i] as number) - along * (other[i] as number);
    }
    const length = Math.sqrt(dot(vector, vector));
    if (length > 1e-6) basis.push(vector.map((value) => value / length));
  }
  const values = Float32Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    const [which, place] = rows <= columns ? [row, column] : [column, row];
    return gain * ((basis[which] as Float64Array)[place] as number);
  });
  return tensor.copy_(tensorOf(values, { shape: tensor.shape }));
}

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
