/** Collections of samples that a DataLoader can make batches of. */
import { gatherRows } from '../ops/gather-rows.ts';
import { inPhase } from '../probe/annotate.ts';
import { tensor } from '../tensor/creation.ts';
import { theEngine } from '../tensor/engine.ts';
import { shapeText, tensorError } from '../tensor/errors.ts';
import { inScope } from '../tensor/lifetime.ts';
import { Tensor } from '../tensor/tensor.ts';
import { Value } from '../tensor/value.ts';

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

/** One field of a sample: a number, or the values of an array. */
export type Field = number | ArrayLike<number>;

/**
 * Samples made one by one on the host, as a PyTorch `Dataset` with `__getitem__`: `get` returns the fields of a sample,
 * each a number or an array, and a batch has one tensor a field. Whole typed arrays of integers keep their type.
 */
export abstract class SampleDataset<Sample extends readonly Field[]> implements Dataset<Tensor[]> {
  abstract readonly length: number;
  abstract get(index: number): Sample | Promise<Sample>;

  async batch(indices: Uint32Array): Promise<Tensor[]> {
    const samples = await Promise.all(Array.from(indices, (index) => this.get(index)));
    const [first] = samples;
    return (first ?? []).map((field, i) =>
      collate(
        samples.map((sample) => sample[i] as Field),
        field,
        i,
      ),
    );
  }
}

/** The fields of all samples in one tensor, the samples along its first dimension. */
function collate(fields: readonly Field[], first: Field, index: number): Tensor {
  if (typeof first === 'number') return tensor(Float32Array.from(fields as readonly number[]));
  const rows = fields as readonly ArrayLike<number>[];
  const type =
    first instanceof Uint8Array ? Uint8Array : first instanceof Int32Array ? Int32Array : Float32Array;
  const all = new type(rows.length * first.length);
  rows.forEach((row, i) => {
    if (row.length !== first.length)
      throw tensorError(
        `field ${index} of a sample has ${row.length} values and that of another ${first.length}; pad them to one length`,
      );
    all.set(row, i * first.length);
  });
  return tensor(all, { shape: [rows.length, first.length] });
}
