/** Sequences of unequal lengths in one tensor, as `torch.nn.utils.rnn`. */
import { tensor } from '../tensor/creation.ts';
import { shapeText, tensorError } from '../tensor/errors.ts';
import { stack } from '../tensor/joining.ts';
import type { Tensor } from '../tensor/tensor.ts';

/**
 * Sequences that a recurrent layer reads each to its own end: outputs behind it are zeros, the last state is that of the end, and
 * a reverse direction begins there. The order of the batch is as it was; it need not be sorted.
 */
export interface PackedSequence {
  /** `[time, batch, ...]`, as long as the longest. */
  readonly padded: Tensor;
  /** Of each sequence. */
  readonly lengths: readonly number[];
}

/** Options of what makes or takes padded sequences. */
export interface SequenceOptions {
  /** `[batch, time, ...]` instead of `[time, batch, ...]`. Default false, as in PyTorch. */
  readonly batchFirst?: boolean;
}

/** Options of `packPaddedSequence`. */
export interface PackOptions extends SequenceOptions {
  /** Refuse lengths that grow along the batch. Default false: here they may. */
  readonly enforceSorted?: boolean;
}

/** Options of `padSequence`. */
export interface PadOptions extends SequenceOptions {
  /** What stands behind the end of a sequence. Default 0. */
  readonly paddingValue?: number;
}

/** Options of `padPackedSequence`. */
export interface UnpackOptions extends PadOptions {
  /** Makes the result this long, so that it fits another tensor. Default: the longest sequence. */
  readonly totalLength?: number;
}

/** Says of padded sequences how long each is. */
export function packPaddedSequence(
  x: Tensor,
  lengths: ArrayLike<number>,
  options: PackOptions = {},
): PackedSequence {
  const { batchFirst = false, enforceSorted = false } = options;
  const all = Array.from(lengths);
  const [time, batch] = batchFirst ? [x.shape[1], x.shape[0]] : x.shape;
  if (x.ndim < 2 || time === undefined || all.length !== batch)
    throw tensorError(
      `packPaddedSequence: ${all.length} lengths for ${shapeText(x.shape)}, ${batchFirst ? '[batch, time, ...]' : '[time, batch, ...]'}`,
    );
  const bad = all.find((length) => !Number.isInteger(length) || length < 1 || length > time);
  if (bad !== undefined)
    throw tensorError(
      `packPaddedSequence: a length of ${bad} in sequences of ${time}; lengths are whole numbers from 1`,
    );
  if (enforceSorted && all.some((length, i) => i > 0 && length > (all[i - 1] as number)))
    throw tensorError(
      `packPaddedSequence: the lengths ${all.join(', ')} are not sorted from the longest to the shortest`,
    );
  const padded = batchFirst ? x.transpose(0, 1) : x;
  const longest = Math.max(...all);
  return { padded: longest < time ? padded.narrow(0, 0, longest) : padded, lengths: all };
}

/** The sequences as one tensor, with the padding behind each, and their lengths. */
export function padPackedSequence(
  { padded, lengths }: PackedSequence,
  options: UnpackOptions = {},
): [sequences: Tensor, lengths: readonly number[]] {
  const { batchFirst = false, paddingValue = 0, totalLength = padded.size(0) } = options;
  const missing = totalLength - padded.size(0);
  if (missing < 0)
    throw tensorError(
      `padPackedSequence: a total length of ${totalLength} for sequences of up to ${padded.size(0)}`,
    );
  const around = [...padded.shape.slice(1).flatMap(() => [0, 0]), 0, missing];
  const long = missing > 0 ? padded.pad(around, paddingValue) : padded;
  const filled = paddingValue === 0 ? long : long.where(presence(lengths, long), paddingValue);
  return [batchFirst ? filled.transpose(0, 1) : filled, lengths];
}

/** Sequences `[length, ...]` of unequal lengths in one tensor, `paddingValue` behind each. */
export function padSequence(sequences: readonly Tensor[], options: PadOptions = {}): Tensor {
  const { batchFirst = false, paddingValue = 0 } = options;
  const longest = Math.max(...sequences.map((each) => each.size(0)));
  const long = sequences.map((each) =>
    each.size(0) === longest
      ? each
      : each.pad([...each.shape.slice(1).flatMap(() => [0, 0]), 0, longest - each.size(0)], paddingValue),
  );
  return stack(long, batchFirst ? 0 : 1);
}

/** Padded sequences as they were, each by itself. */
export function unpadSequence(
  padded: Tensor,
  lengths: ArrayLike<number>,
  options: SequenceOptions = {},
): Tensor[] {
  const parts = padded.unbind(options.batchFirst ? 0 : 1);
  return parts.map((part, i) => part.narrow(0, 0, lengths[i] as number));
}

/** Sequences `[length, ...]` of unequal lengths, for a recurrent layer. */
export const packSequence = (sequences: readonly Tensor[], options: Pick<PackOptions, 'enforceSorted'> = {}): PackedSequence =>
  packPaddedSequence(padSequence(sequences), sequences.map((each) => each.size(0)), options); // prettier-ignore

/** @internal True where a place of `[time, batch, ...]` belongs to its sequence: `[time, batch, 1, ...]`. */
export function presence(lengths: readonly number[], { shape }: Tensor): Tensor {
  const [time = 0, batch = 0] = shape;
  const values = Float32Array.from({ length: time * batch }, (_, at) =>
    Number(Math.floor(at / batch) < (lengths[at % batch] as number)),
  );
  return tensor(values, { shape: [time, batch, ...shape.slice(2).map(() => 1)], dtype: 'bool' });
}
