/** What every tensor has apart from arithmetic: shape, values, gradient, lifetime. */
import { halfBitsToFloats } from './half.ts';
import { fill } from '../ops/in-place.ts';
import { annotations, inPhase } from '../probe/annotate.ts';
import { backward, type BackwardOptions } from './backward.ts';
import { theEngine } from './engine.ts';
import { shapeText, tensorError } from './errors.ts';
import { gradEnabled } from './grad-mode.ts';
import { markChanged } from './storage.ts';
import type { Tensor } from './tensor.ts';
import type { TensorDtype } from './truth.ts';
import { settleReaders } from './unfinished.ts';
import { Value } from './value.ts';

/** Values on the host. f16 tensors are read as Float32Array, bool ones as Uint8Array. */
export type HostValues = Float32Array | Int32Array | Uint32Array | Uint8Array;

/** Numbers nested as deeply as the tensor has dimensions. */
export type NestedArray = number | NestedArray[];

/** A tensor, or a number standing for a tensor of that value everywhere. */
export type Operand = TensorCore | number;

/** A handle whose garbage collection is the last resort; see `lifetime.ts` for the rules that usually come first. */
const collected = new FinalizationRegistry<Value>((value) =>
  value.free('when its handle was garbage collected'),
);

export abstract class TensorCore {
  /** @internal The memory and the graph behind this handle. */
  readonly value: Value;
  #grad: Tensor | null = null;

  /** @internal Tensors are made by `tensor()`, `zeros()`, ... and by operations. */
  constructor(value: Value) {
    this.value = value;
    collected.register(this, value, this);
  }

  /** @internal A plain tensor over `value`. */
  abstract wrap(value: Value): Tensor;

  /** @internal This tensor, for operations that may have nothing to do. */
  abstract itself(): Tensor;

  abstract to(dtype: TensorDtype): Tensor;

  /** Sizes of the dimensions; `[]` for a scalar. */
  get shape(): readonly number[] {
    return this.value.shape;
  }

  /** Number of dimensions. */
  get ndim(): number {
    return this.value.shape.length;
  }

  /** Type of the elements. */
  get dtype(): TensorDtype {
    return this.value.truth ? 'bool' : this.value.dtype;
  }

  /** Size of one dimension (negative counts from the end), or the whole shape. */
  size(): readonly number[];
  size(dim: number): number;
  size(dim?: number): number | readonly number[] {
    if (dim === undefined) return this.shape;
    const size = this.shape.at(dim);
    if (size === undefined)
      throw tensorError(
        `size(${dim}): the tensor has ${this.ndim} dimensions, shape ${shapeText(this.shape)}`,
      );
    return size;
  }

  /** Number of elements. */
  numel(): number {
    return this.value.size;
  }

  /** Whether operations on this tensor are recorded for `backward()`. May be set on tensors that no operation made. */
  get requiresGrad(): boolean {
    return this.value.requiresGrad;
  }

  set requiresGrad(wanted: boolean) {
    this.requiresGrad_(wanted);
  }

  /** Sets `requiresGrad` and returns the tensor. */
  requiresGrad_(wanted = true): this {
    if (this.value.node)
      throw tensorError(
        'requiresGrad can be set only on a leaf; this tensor was made by an operation. Use .detach() first',
      );
    if (wanted && this.dtype !== 'f32' && this.dtype !== 'f16')
      throw tensorError(`only f32 and f16 tensors can require gradients, not ${this.dtype}`);
    if (wanted) this.value.keep();
    this.value.requiresGrad = wanted;
    return this;
  }

  /** True for a tensor that no recorded operation made. */
  get isLeaf(): boolean {
    return this.value.node === null;
  }

  /** The accumulated gradient, null before the first `backward()` and after `zeroGrad()`. */
  get grad(): Tensor | null {
    const { grad } = this.value;
    if (!grad) return null;
    if (this.#grad?.value !== grad) this.#grad = this.wrap(grad);
    return this.#grad;
  }

  set grad(gradient: TensorCore | null) {
    if (gradient && shapeText(gradient.shape) !== shapeText(this.shape))
      throw tensorError(
        `a gradient of shape ${shapeText(gradient.shape)} does not fit a tensor of shape ${shapeText(this.shape)}`,
      );
    const array = gradient?.value.array;
    this.value.dropGrad();
    if (!array) return;
    this.value.grad = new Value(array, { madeBy: 'grad' });
    this.value.grad.keep();
  }

  /** Has `backward()` also store the gradient of this tensor, which is not a leaf, in `grad`. */
  retainGrad(): this {
    this.value.node?.retaining.push(this.value);
    return this;
  }

  /**
   * Computes the gradient of this tensor with respect to every leaf that requires one, and adds it to the leaf's `grad`.
   * @param options.gradient Gradient of this tensor; needed unless it has one element.
   * @param options.retainGraph Allows another backward pass through the same graph.
   */
  backward(options: BackwardOptions & { readonly gradient?: TensorCore } = {}): void {
    backward(this.value, options.gradient?.value ?? null, options);
    if (annotations.study === 'losses' && this.numel() === 1) void this.item().catch(() => undefined);
  }

  /** The same values without the graph. */
  detach(): Tensor {
    return this.wrap(new Value(this.value.array, { madeBy: 'detach', truth: this.value.truth }));
  }

  /**
   * The values, row by row, as they are at this point of the program; later work does not wait for the reading.
   * @returns a new typed array of `numel()` elements.
   */
  async data(): Promise<HostValues> {
    const { array } = this.value;
    const { dtype } = this;
    const values = await inPhase('readback', () => theEngine().read(array));
    if (dtype === 'bool') return Uint8Array.from(values);
    return dtype === 'f16' ? halfBitsToFloats(values as Uint16Array) : (values as HostValues);
  }

  /** The values as nested arrays of numbers. */
  async toArray(): Promise<NestedArray> {
    return nested(await this.data(), this.shape);
  }

  /**
   * The value of a tensor of one element. The copy is queued at once and nothing that comes later waits for it, so
   * `const shown = loss.item(); ...; console.log(await shown)` costs a step nothing.
   */
  async item(): Promise<number> {
    if (this.numel() !== 1)
      throw tensorError(`item() needs a tensor of one element; this one has shape ${shapeText(this.shape)}`);
    const { lossOf } = this.value;
    const [value] = await this.data();
    if (lossOf !== null)
      annotations.listener?.value('loss', (value as number) / this.value.lossScale, lossOf);
    return value as number;
  }

  /** Sets every element; not recorded, so only for tensors that do not take part in a graph yet. */
  fill_(value: number): this {
    this.beforeChange('fill_');
    fill(theEngine(), this.value.array, value);
    markChanged(this.value.array);
    return this;
  }

  /** Takes over the values of another tensor of the same shape and type; not recorded. */
  copy_(source: TensorCore): this {
    this.beforeChange('copy_');
    if (shapeText(source.shape) !== shapeText(this.shape) || source.dtype !== this.dtype)
      throw tensorError(
        `copy_: ${source.dtype} ${shapeText(source.shape)} into ${this.dtype} ${shapeText(this.shape)}`,
      );
    theEngine().copy(source.value.array, this.value.array);
    markChanged(this.value.array);
    return this;
  }

  /** To be called before a change in place. @throws TensorError where it would be missing from the recorded graph. */
  protected beforeChange(name: string): void {
    settleReaders(this.value.array);
    if (this.value.node && gradEnabled())
      throw tensorError(
        `${name}: this tensor was made by ${this.value.madeBy}, which is recorded for the backward pass, and changes in place are not; use the operation without '_' or work on .detach().clone()`,
      );
  }

  /** Exempts this tensor from the automatic release at the end of a forward pass or a step; returns it. */
  keep(): this {
    this.value.keep();
    return this;
  }

  /** Gives the memory back now. Using the tensor afterwards is an error. */
  dispose(): void {
    collected.unregister(this);
    this.value.free('by dispose()');
  }

  toString(): string {
    const type = this.dtype === 'f32' ? '' : `, ${this.dtype}`;
    return `Tensor(${shapeText(this.shape)}${type}${this.requiresGrad ? ', requiresGrad' : ''})`;
  }
}

function nested(values: HostValues, shape: readonly number[]): NestedArray {
  if (shape.length === 0) return values[0] as number;
  const [rows = 0, ...rest] = shape;
  if (rest.length === 0) return [...values];
  const stride = values.length / Math.max(rows, 1);
  return Array.from({ length: rows }, (_, row) =>
    nested(values.subarray(row * stride, (row + 1) * stride), rest),
  );
}

/** @internal A number as a tensor of no dimensions. */
export const number = (value: number): Value =>
  new Value(theEngine().upload(Float32Array.of(value), [], 'f32'), { madeBy: 'number' });
