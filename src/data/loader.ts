/** Batches of a dataset, in order or shuffled. */
import { awaitInPhase, inPhase } from '../probe/annotate.ts';
import { seededRandom, type Random } from '../base/random.ts';
import { theEngine } from '../tensor/engine.ts';
import { tensorError } from '../tensor/errors.ts';
import { endGeneration, inScope, manage, startGenerations } from '../tensor/lifetime.ts';
import { nextUniform, shuffled } from '../tensor/random.ts';
import { beginStep, countSamples, updatesMade } from '../tensor/steps.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Value } from '../tensor/value.ts';
import type { Field } from './collate.ts';
import { SampleDataset, tensorsOf, type Dataset } from './dataset.ts';
import type { Sampler } from './samplers.ts';
import { Subset } from './split.ts';
import { SampleWorkers } from './workers.ts';

/** Options of a DataLoader; names and defaults are PyTorch's. */
export interface DataLoaderOptions<Batch extends readonly Tensor[] = readonly Tensor[]> {
  /** Samples of a batch. Default 1. */
  readonly batchSize?: number;
  /** A new random order for each epoch. Default false. */
  readonly shuffle?: boolean;
  /** Seed of the orders; without it they come from `manualSeed`. */
  readonly seed?: number;
  /** Leave out a last batch that is not full. Default false. */
  readonly dropLast?: boolean;
  /** Which samples an epoch has, instead of all in order or shuffled. */
  readonly sampler?: Sampler;
  /** Worker threads that make the samples of a `SampleDataset`. Default 0: the script makes them itself. */
  readonly numWorkers?: number;
  /** Batches asked for ahead (of each worker), where the dataset makes them asynchronously. Default 2. */
  readonly prefetch?: number;
  /** Puts the samples of a `SampleDataset` together, instead of `collate`. */
  readonly collateFn?: (samples: readonly never[]) => Batch;
  /** What is done to each batch on the GPU, such as `data.transforms`. */
  readonly transform?: (batch: Batch) => { readonly [K in keyof Batch]: Tensor };
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
  readonly #ahead: number;
  readonly #random: Random;
  readonly #options: DataLoaderOptions<Batch>;
  #workers: SampleWorkers | null = null;
  /** An optimizer stepped between two batches of this loader: its batches are part of training steps. */
  #trains = false;

  constructor(dataset: Dataset<Batch>, options: DataLoaderOptions<Batch> = {}) {
    const { batchSize = 1, shuffle = false, seed, dropLast = false, prefetch = 2, numWorkers = 0 } = options;
    if (!Number.isInteger(batchSize) || batchSize < 1)
      throw tensorError(`batchSize must be a whole number of at least 1, not ${batchSize}`);
    if (!Number.isInteger(numWorkers) || numWorkers < 0)
      throw tensorError(`numWorkers must be a whole number of at least 0, not ${numWorkers}`);
    if (options.sampler && shuffle) throw tensorError('a sampler says the order; leave out shuffle');
    if (dataset.length === 0) throw tensorError('the dataset is empty');
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.#shuffle = shuffle;
    this.#dropLast = dropLast;
    this.#ahead = Math.max(1, prefetch) * Math.max(1, numWorkers);
    this.#options = options;
    this.#random = seed === undefined ? nextUniform : seededRandom(seed);
  }

  /** Batches of an epoch. */
  get length(): number {
    const batches = (this.#options.sampler ?? this.dataset).length / this.batchSize;
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
    try {
      for (const indices of epoch) {
        this.#openStep();
        while (asked < epoch.length && ahead.length < this.#ahead) {
          const batch = this.#batchAt(epoch[asked++] as Uint32Array);
          ahead.push(batch);
          if (!(batch instanceof Promise)) break;
          // It may fail while the script is busy with the one before; the failure is thrown when its turn comes.
          batch.then(keepAll, () => {});
        }
        const next = ahead.shift() as Batch | Promise<Batch>;
        const batch = next instanceof Promise ? await awaitInPhase('data', next) : next;
        for (const { value } of batch) manage(value);
        await theEngine().throttle();
        yield* this.#handOut(batch, indices.length);
      }
    } finally {
      // A loop that ends early leaves batches that nobody will use.
      for (const batch of ahead) void Promise.resolve(batch).then(disposeAll, () => {});
    }
  }

  /** Ends the worker threads, where there are any; they end with the script otherwise. */
  async dispose(): Promise<void> {
    await this.#workers?.dispose();
    this.#workers = null;
  }

  /** The indices of each batch of a new epoch. */
  #epoch(): Uint32Array[] {
    const count = this.dataset.length;
    const { sampler } = this.#options;
    const order =
      sampler?.indices() ??
      (this.#shuffle ? shuffled(count, this.#random) : Uint32Array.from({ length: count }, (_, i) => i));
    return Array.from({ length: this.length }, (_, batch) =>
      order.subarray(batch * this.batchSize, (batch + 1) * this.batchSize),
    );
  }

  /** Whoever's data set it is, making a batch is the data phase of the step. */
  #batchAt(indices: Uint32Array): Batch | Promise<Batch> {
    const { numWorkers = 0, collateFn } = this.#options;
    return inPhase('data', () => {
      const batch = numWorkers > 0 || collateFn ? this.#fromSamples(indices) : this.dataset.batch(indices);
      return batch instanceof Promise ? batch.then((made) => this.#finished(made)) : this.#finished(batch);
    });
  }

  /** A batch of samples that workers make, or that the script puts together itself. */
  async #fromSamples(indices: Uint32Array): Promise<Batch> {
    const { numWorkers = 0, collateFn } = this.#options;
    const [dataset, places] = sampleSource(this.dataset, indices);
    if (numWorkers > 0) this.#workers ??= new SampleWorkers(dataset, numWorkers);
    const source = this.#workers ?? dataset;
    if (!collateFn) return tensorsOf(await source.hostBatch(places)) as readonly Tensor[] as Batch;
    const samples = await source.samples(places);
    return inPhase('data', () => collateFn(samples as readonly never[]));
  }

  #finished(batch: Batch): Batch {
    const { transform } = this.#options;
    if (!transform) return batch;
    const values = (made: Batch): Value[] => made.map(({ value }) => value);
    return inPhase('data', () =>
      inScope('when its batch was complete', () => transform(batch) as unknown as Batch, values),
    );
  }

  #openStep(): void {
    if (this.#trains) beginStep();
  }

  *#handOut(batch: Batch, rows: number): Generator<Batch, void, undefined> {
    const before = updatesMade();
    startGenerations();
    countSamples(rows);
    yield batch;
    this.#trains = updatesMade() > before;
    // An evaluation has no optimizer step to end a generation of tensors.
    if (!this.#trains) endGeneration();
  }
}

/** The dataset that makes the samples, and their places in it. @throws TensorError where the samples are rows of tensors. */
function sampleSource(
  dataset: Dataset<readonly Tensor[]>,
  indices: Uint32Array,
): [dataset: SampleDataset<readonly Field[]>, places: Uint32Array] {
  if (dataset instanceof Subset) return sampleSource(dataset.dataset, dataset.placesOf(indices));
  if (dataset instanceof SampleDataset) return [dataset, indices];
  throw tensorError(
    'numWorkers and collateFn are for a SampleDataset, whose samples are made one by one; the batches of this dataset are made on the GPU',
  );
}

function disposeAll(batch: readonly Tensor[]): void {
  for (const tensor of batch) tensor.dispose();
}

function keepAll(batch: readonly Tensor[]): void {
  for (const tensor of batch) tensor.keep();
}
