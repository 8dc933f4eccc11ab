/** Collections of samples that a DataLoader can make batches of. */
import { gatherRows } from '../ops/gather-rows.ts';
import { inPhase } from '../probe/annotate.ts';
import { tensor } from '../tensor/creation.ts';
import { theEngine } from '../tensor/engine.ts';
import { shapeText, tensorError } from '../tensor/errors.ts';
import { inScope } from '../tensor/lifetime.ts';
import { Tensor } from '../tensor/tensor.ts';
import { Value } from '../tensor/value.ts';
import { collate, type Field, type HostField } from './collate.ts';

/** Anything with a length that can make the batch of the samples at given indices. */
export interface Dataset<Batch extends readonly Tensor[]> {
  readonly length: number;
  /** The samples at the given places, put together. */
  batch(indices: Uint32Array): Batch | Promise<Batch>;
}

/** What can be done to a whole batch on the GPU, such as scaling pixels. */
export type BatchTransform<Batch> = (batch: Batch) => Batch;

/**
 * Samples that are rows of tensors of equal length, as PyTorch's `TensorDataset`. The tensors stay on the GPU and
 * batches are gathered there.
 */
export class TensorDataset<const Columns extends readonly Tensor[]> implements Dataset<Columns> {
  readonly tensors: Columns;
  readonly #transform: BatchTransform<Columns> | null;

  constructor(tensors: Columns, options: { readonly transform?: BatchTransform<Columns> } = {}) {
    if (!Array.isArray(tensors))
      throw tensorError('a TensorDataset takes an array of tensors, as new TensorDataset([images, labels])');
    const lengths = tensors.map((column) => column.shape[0]);
    if (lengths.length === 0 || lengths.some((length) => length === undefined || length !== lengths[0]))
      throw tensorError(
        `the tensors of a TensorDataset need the same first dimension; they have shapes ${tensors.map(({ shape }) => shapeText(shape)).join(', ')}`,
      );
    for (const column of tensors) column.keep();
    this.tensors = tensors;
    this.#transform = options.transform ?? null;
  }

  get length(): number {
    return this.tensors[0]?.shape[0] ?? 0;
  }

  batch(indices: Uint32Array): Columns {
    return inPhase('data', () =>
      inScope(
        'when its batch was complete',
        () => {
          const rows = tensor(indices);
          const batch = this.tensors.map((column) => rowsOf(column, rows)) as unknown as Columns;
          return this.#transform ? this.#transform(batch) : batch;
        },
        (batch) => batch.map(({ value }) => value),
      ),
    );
  }
}

/** The rows of a column at the given places. */
function rowsOf(column: Tensor, rows: Tensor): Tensor {
  return new Tensor(
    new Value(gatherRows(theEngine(), column.value.array, rows.value.array), { madeBy: 'DataLoader' }),
  );
}

/**
 * Samples made one by one on the host, as a PyTorch `Dataset` with `__getitem__`: `get` returns the fields of a sample, and
 * a batch has one tensor a field (see `collate`).
 */
export abstract class SampleDataset<Sample extends readonly Field[]> implements Dataset<Tensor[]> {
  abstract readonly length: number;
  /**
   * Where worker threads find the class: `import.meta.url` of a file that exports it. They get the dataset's properties,
   * but not its private (#) ones.
   */
  readonly module: string | null = null;

  abstract get(index: number): Sample | Promise<Sample>;

  /** The samples at the given places. */
  async samples(indices: Uint32Array): Promise<Sample[]> {
    return Promise.all(Array.from(indices, (index) => this.get(index)));
  }

  /** Their fields put together, on the host. */
  async hostBatch(indices: Uint32Array): Promise<HostField[]> {
    return collate(await this.samples(indices));
  }

  async batch(indices: Uint32Array): Promise<Tensor[]> {
    return tensorsOf(await this.hostBatch(indices));
  }
}

/** Fields on the GPU. */
export const tensorsOf = (fields: readonly HostField[]): Tensor[] =>
  inPhase('data', () => fields.map(({ data, shape }) => tensor(data, { shape })));
