/** Parts of a dataset. */
import { seededRandom } from '../base/random.ts';
import { tensorError } from '../tensor/errors.ts';
import { nextUniform, shuffled } from '../tensor/random.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Dataset } from './dataset.ts';

/** The samples of a dataset at given places, as a dataset. */
export class Subset<Batch extends readonly Tensor[]> implements Dataset<Batch> {
  readonly dataset: Dataset<Batch>;
  readonly indices: Uint32Array;

  constructor(dataset: Dataset<Batch>, indices: Uint32Array) {
    this.dataset = dataset;
    this.indices = indices;
  }

  get length(): number {
    return this.indices.length;
  }

  batch(indices: Uint32Array): Batch | Promise<Batch> {
    return this.dataset.batch(this.placesOf(indices));
  }

  /** Where samples of the part lie in the whole. */
  placesOf(indices: Uint32Array): Uint32Array {
    return indices.map((i) => this.indices[i] as number);
  }
}

/** The samples of a dataset dealt at random into parts of the given sizes. */
export function randomSplit<Batch extends readonly Tensor[], const Sizes extends readonly number[]>(
  dataset: Dataset<Batch>,
  sizes: Sizes,
  options: { readonly seed?: number } = {},
): { -readonly [K in keyof Sizes]: Subset<Batch> } {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== dataset.length)
    throw tensorError(`parts of ${sizes.join(', ')} do not make up the ${dataset.length} samples`);
  const order = shuffled(
    dataset.length,
    options.seed === undefined ? nextUniform : seededRandom(options.seed),
  );
  let start = 0;
  return sizes.map((size) => new Subset(dataset, order.subarray(start, (start += size)))) as {
    -readonly [K in keyof Sizes]: Subset<Batch>;
  };
}
