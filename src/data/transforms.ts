/**
 * What is done to batches of images `[batch, channels, rows, columns]` on the GPU, after torchvision. Random ones choose anew
 * for each image, from the generator that `manualSeed` starts.
 *
 * ```ts
 * const { compose, normalize, randomCrop, randomHorizontalFlip, toTensor } = data.transforms;
 * const augment = compose(toTensor(), randomCrop(32, { padding: 4 }), randomHorizontalFlip(), normalize([0.5], [0.25]));
 * const loader = new data.DataLoader(train, { batchSize: 64, transform: ([images, labels]) => [augment(images), labels] });
 * ```
 */
import { arange, tensor } from '../tensor/creation.ts';
import { shapeText, tensorError } from '../tensor/errors.ts';
import { nextUniform } from '../tensor/random.ts';
import type { Tensor } from '../tensor/tensor.ts';

export type Transform = (images: Tensor) => Tensor;

/** One after the other. */
export const compose =
  (...transforms: readonly Transform[]): Transform =>
  (images) =>
    transforms.reduce((current, transform) => transform(current), images);

/** Bytes become numbers in [0, 1]; numbers stay. */
export const toTensor = (): Transform => (images) =>
  images.dtype === 'u8' ? images.to('f32', { scale: 1 / 255 }) : images.float();

/** `(x - mean) / std`, one number a channel (or one for all). */
export function normalize(mean: readonly number[], std: readonly number[]): Transform {
  return (images) => {
    checkImages('normalize', images);
    const shaped = (numbers: readonly number[]): Tensor => tensor([...numbers]).reshape(-1, 1, 1);
    return images.float().sub(shaped(mean)).div(shaped(std));
  };
}

/** Each image mirrored left to right with probability `p`. */
export const randomHorizontalFlip = (p = 0.5): Transform => randomFlip('randomHorizontalFlip', -1, p);

/** Each image mirrored top to bottom with probability `p`. */
export const randomVerticalFlip = (p = 0.5): Transform => randomFlip('randomVerticalFlip', -2, p);

function randomFlip(name: string, dim: number, p: number): Transform {
  return (images) => {
    checkImages(name, images);
    const chosen = Float32Array.from({ length: images.size(0) }, () => Number(nextUniform() < p));
    const numbers = images.float();
    return numbers.flip(dim).where(tensor(chosen).reshape(-1, 1, 1, 1).bool(), numbers);
  };
}

/** Options of `randomCrop`. */
export interface RandomCropOptions {
  /** Zeros (or `fill`) around the image before. Default 0. */
  readonly padding?: number;
  readonly fill?: number;
}

type Size = number | readonly [rows: number, columns: number];

/** A part of each image, of the given size, from a random place. */
export function randomCrop(size: Size, options: RandomCropOptions = {}): Transform {
  const { padding = 0, fill = 0 } = options;
  return (images) => {
    checkImages('randomCrop', images);
    const wide = images.float().pad([padding, padding, padding, padding], fill);
    return sidesOf(size).reduce((part, length, i) => cropRandomly(part, i + 2, length), wide);
  };
}

/** `length` elements of each image along a dimension, from a random one on. */
function cropRandomly(images: Tensor, dim: number, length: number): Tensor {
  const room = roomFor('randomCrop', images, dim, length);
  if (room === 0) return images;
  const starts = Int32Array.from({ length: images.size(0) }, () => Math.floor(nextUniform() * (room + 1)));
  const along = arange(length).reshape(...[1, 1, 1, 1].with(dim, length));
  const places = tensor(starts).reshape(-1, 1, 1, 1).add(along);
  return images.gather(dim, places.expand(...images.shape.with(dim, length)));
}

/** The middle part of each image, of the given size. */
export function centerCrop(size: Size): Transform {
  return (images) => {
    checkImages('centerCrop', images);
    const numbers = images.float();
    return sidesOf(size).reduce((part, length, i) => {
      const room = roomFor('centerCrop', part, i + 2, length);
      return part.narrow(i + 2, Math.round(room / 2), length);
    }, numbers);
  };
}

const sidesOf = (size: Size): readonly number[] => (typeof size === 'number' ? [size, size] : size);

function roomFor(name: string, images: Tensor, dim: number, length: number): number {
  const room = images.size(dim) - length;
  if (room < 0)
    throw tensorError(
      `${name}: ${length} ${dim === 2 ? 'rows' : 'columns'} of images ${shapeText(images.shape)}`,
    );
  return room;
}

function checkImages(name: string, images: Tensor): void {
  if (images.ndim !== 4)
    throw tensorError(
      `${name} takes a batch of images [batch, channels, rows, columns], not ${shapeText(images.shape)}`,
    );
}
