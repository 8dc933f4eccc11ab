/** Margins and sizes of images and sequences. */
import { tensor } from '../../tensor/creation.ts';
import { tensorError } from '../../tensor/errors.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { withBatch } from './batches.ts';

/** What a margin holds: `value`, the mirrored inside, the edge's own values, or those of the other end. */
export type PaddingMode = 'constant' | 'reflect' | 'replicate' | 'circular';

/**
 * `x` with a margin; `around` lists the elements before and after for the last dimension, then for the one before it, and
 * so on.
 */
export function pad(x: Tensor, around: readonly number[], mode: PaddingMode = 'constant', value = 0): Tensor {
  if (mode === 'constant') return x.pad(around, value);
  let padded = x;
  for (let i = 0; i < around.length; i += 2) {
    const [before = 0, after = 0] = around.slice(i, i + 2);
    if (before !== 0 || after !== 0) padded = extended(padded, x.ndim - 1 - i / 2, before, after, mode);
  }
  return padded;
}

function extended(
  x: Tensor,
  dim: number,
  before: number,
  after: number,
  mode: Exclude<PaddingMode, 'constant'>,
): Tensor {
  const n = x.size(dim);
  const most = mode === 'reflect' ? n - 1 : mode === 'circular' ? n : Infinity;
  if (before > most || after > most)
    throw tensorError(
      `pad: a ${mode} margin of ${before} and ${after} needs more than the ${n} elements of dimension ${dim}`,
    );
  const source: Readonly<Record<typeof mode, (i: number) => number>> = {
    reflect: (i) => (i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i),
    replicate: (i) => Math.min(Math.max(i, 0), n - 1),
    circular: (i) => (i + n) % n,
  };
  const places = Int32Array.from({ length: n + before + after }, (_, i) => source[mode](i - before));
  return x.indexSelect(dim, tensor(places));
}

/** Options of `interpolate`. */
export interface InterpolateOptions {
  /** Sizes of the result's spatial dimensions. */
  readonly size?: number | readonly number[];
  /** How many times as large the result is, along each spatial dimension. */
  readonly scaleFactor?: number | readonly number[];
  /** Default 'nearest'. */
  readonly mode?: 'nearest' | 'linear' | 'bilinear';
  /** Default false, as in PyTorch: the corners' areas, not their centers, fall together. */
  readonly alignCorners?: boolean;
}

/** `[batch, channels, ...]` in another size. */
export function interpolate(x: Tensor, options: InterpolateOptions): Tensor {
  const { size, scaleFactor, mode = 'nearest', alignCorners = false } = options;
  if ((size === undefined) === (scaleFactor === undefined))
    throw tensorError('interpolate takes either a size or a scaleFactor');
  const each = (numbers: number | readonly number[], i: number): number =>
    typeof numbers === 'number' ? numbers : (numbers[i] ?? 1);
  let resized = x;
  for (let dim = 2; dim < x.ndim; dim++) {
    const from = x.size(dim);
    const to = size === undefined ? Math.floor(from * each(scaleFactor ?? 1, dim - 2)) : each(size, dim - 2);
    if (!(to >= 1))
      throw tensorError(`interpolate: dimension ${dim} of ${from} elements cannot become ${to}`);
    if (to === from) continue;
    resized =
      mode === 'nearest' ? nearest(resized, dim, from, to) : between(resized, dim, from, to, alignCorners);
  }
  return resized;
}

function nearest(x: Tensor, dim: number, from: number, to: number): Tensor {
  if (to % from === 0) return x.repeatInterleave(to / from, dim);
  return x.indexSelect(dim, tensor(Int32Array.from({ length: to }, (_, i) => Math.floor((i * from) / to))));
}

/** Linear along one dimension: a product with the weights of the two neighbors of each place. */
function between(x: Tensor, dim: number, from: number, to: number, alignCorners: boolean): Tensor {
  const weights = new Float32Array(from * to);
  for (let i = 0; i < to; i++) {
    const at = alignCorners ? (to === 1 ? 0 : (i * (from - 1)) / (to - 1)) : ((i + 0.5) * from) / to - 0.5;
    const place = Math.min(Math.max(at, 0), from - 1);
    const low = Math.floor(place);
    const high = Math.min(low + 1, from - 1);
    weights[low * to + i] = (weights[low * to + i] as number) + 1 - (place - low);
    weights[high * to + i] = (weights[high * to + i] as number) + place - low;
  }
  return x.movedim(dim, -1).matmul(tensor(weights, { shape: [from, to] })).movedim(-1, dim); // prettier-ignore
}

/** `[batch, channels r^2, h, w]` to `[batch, channels, h r, w r]`. */
export function pixelShuffle(x: Tensor, upscaleFactor: number): Tensor {
  const r = upscaleFactor;
  return withBatch(x, 3, (images) => {
    const [batch, channels, h, w] = images.shape as [number, number, number, number];
    if (channels % (r * r) !== 0)
      throw tensorError(`pixelShuffle by ${r} needs a multiple of ${r * r} channels, not ${channels}`);
    return images
      .reshape(batch, -1, r, r, h, w)
      .permute(0, 1, 4, 2, 5, 3)
      .reshape(batch, -1, h * r, w * r);
  });
}

/** `[batch, channels, h r, w r]` to `[batch, channels r^2, h, w]`. */
export function pixelUnshuffle(x: Tensor, downscaleFactor: number): Tensor {
  const r = downscaleFactor;
  return withBatch(x, 3, (images) => {
    const [batch, channels, h, w] = images.shape as [number, number, number, number];
    if (h % r !== 0 || w % r !== 0)
      throw tensorError(`pixelUnshuffle by ${r} needs sizes that it divides, not ${h} x ${w}`);
    return images
      .reshape(batch, channels, h / r, r, w / r, r)
      .permute(0, 1, 3, 5, 2, 4)
      .reshape(batch, -1, h / r, w / r);
  });
}
