/** Batches of a dataset, in order or shuffled. */
import { inPhase } from '../probe/annotate.ts';
import { seededRandom, type Random } from '../base/random.ts';
import { theEngine } from '../tensor/engine.ts';
import { tensorError } from '../tensor/errors.ts';
import { endGeneration, manage, startGenerations } from '../tensor/lifetime.ts';
import { nextUniform, shuffled } from '../tensor/random.ts';
import { beginStep, countSamples, finishedSteps } from '../tensor/steps.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Dataset } from './dataset.ts';

/** Options of a DataLoader; names and defaults are PyTorch's. */
export interface DataLoaderOptions {
  /** Samples of a batch. Default 1. */
  readonly batchSize?: number;
  /** A new random order for each epoch. Default false. */
  readonly shuffle?: boolean;
  /** Seed of the orders; without it they come from `manualSeed`. */
  readonly seed?: number;
  /** Leave out a last batch that is not full. Default false. */
  readonly dropLast?: boolean;
  /** Batches asked for ahead, where the dataset makes them asynchronously. Default 2. */
  readonly prefetch?: number;
}

/**
 * Goes through a dataset in batches; each loop over it is one epoch.
 *
 * ```ts
 * for await (const [images, labels] of loader) { ... }
 * ```
 *
 * `for await` keeps the script at most one step ahead of the GPU. A plain `for` works too, where the dataset makes its
 * batches without waiting, and queues all work at once.
 */
export class DataLoader<Batch extends readonly Tensor[]> {
  readonly dataset: Dataset<Batch>;
  readonly batchSize: number;
  readonly #shuffle: boolean;
  readonly #dropLast: boolean;
  readonly #prefetch: number;
  readonly #random: Random;
  /** An optimizer stepped between two batches of this loader: its batches are part of training steps. */
  #trains = false;

  constructor(dataset: Dataset<Batch>, options: DataLoaderOptions = {}) {
    const { batchSize = 1, shuffle = false, seed, dropLast = false, prefetch = 2 } = options;
    if (!Number.isInteger(batchSize) || batchSize < 1)
      throw tensorError(`batchSize must be a whole number of at least 1, not ${batchSize}`);
    if (dataset.length === 0) throw tensorError('the dataset is empty');
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.#shuffle = shuffle;
    this.#dropLast = dropLast;
    this.#prefetch = Math.max(1, prefetch);
    this.#random = seed === undefined ? nextUniform : seededRandom(seed);
  }

  /** Batches of an epoch. */
  get length(): number {
    const batches = this.dataset.length / this.batchSize;
    return this.#dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  *[Symbol.iterator](): Generator<Batch, void, undefined> {
    for (const indices of this.#epoch()) {
      this.#openStep();
      const batch = this.#batchAt(indices);
      if (batch instanceof Promise)
        throw tensorError(
          "this dataset makes its batches asynchronously; loop with 'for await (const batch of loader)'",
        );
      yield* this.#handOut(batch, indices.length);
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
    const epoch = this.#epoch();
    const ahead: (Batch | Promise<Batch>)[] = [];
    let asked = 0;
    for (const indices of epoch) {
      this.#openStep();
      while (asked < epoch.length && ahead.length < this.#prefetch) {
        const batch = this.#batchAt(epoch[asked++] as Uint32Array);
        ahead.push(batch);
        if (!(batch instanceof Promise)) break;
        // It may fail while the script is busy with the one before; the failure is thrown when its turn comes.
        batch.then(keepAll, () => {});
      }
      const batch = await (ahead.shift() as Batch | Promise<Batch>);
      for (const { value } of batch) manage(value);
      await theEngine().throttle();
      yield* this.#handOut(batch, indices.length);
    }
  }

  /** The indices of each batch of a new epoch. */
  #epoch(): Uint32Array[] {
    const count = this.dataset.length;
    const order = this.#shuffle
      ? shuffled(count, this.#random)
      : Uint32Array.from({ length: count }, (_, i) => i);
    return Array.from({ length: this.length }, (_, batch) =>
      order.subarray(batch * this.batchSize, (batch + 1) * this.batchSize),
    );
  }

  /** Whoever's data set it is, making a batch is the data phase of the step. */
  #batchAt(indices: Uint32Array): Batch | Promise<Batch> {
    return inPhase('data', () => this.dataset.batch(indices));
  }

  #openStep(): void {
    if (this.#trains) beginStep();
  }

  *#handOut(batch: Batch, rows: number): Generator<Batch, void, undefined> {
    const before = finishedSteps();
    startGenerations();
    countSamples(rows);
    yield batch;
    this.#trains = finishedSteps() > before;
    // An evaluation has no optimizer step to end a generation of tensors.
    if (!this.#trains) endGeneration();
  }
}

function keepAll(batch: readonly Tensor[]): void {
  for (const tensor of batch) tensor.keep();
}
