/** What a tensor handle refers to: memory, its place in the graph, and its gradient when it is a leaf. */
import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { LayerNote } from '../probe/annotate.ts';
import { theEngine } from './engine.ts';
import { tensorError, shapeText } from './errors.ts';
import { generation, manage, unmanage, type Temporary } from './lifetime.ts';
import type { Node } from './node.ts';
import { drop, hold } from './storage.ts';
import { awaitUse, stopWaiting, Unfinished } from './unfinished.ts';

export interface ValueOrigin {
  /** The operation that made it and which of its outputs it is; none for a leaf. */
  readonly node?: Node;
  readonly slot?: number;
  readonly requiresGrad?: boolean;
  /** The name shown in messages: the operation that made it, or `tensor`. */
  readonly madeBy?: string;
  /** The numbers are truth values; see `truth.ts`. */
  readonly truth?: boolean;
}

/** Gradients of several parameters side by side; what lies between them is zero. */
export interface GradientArena {
  readonly whole: DeviceArray;
  readonly members: readonly Value[];
}

export class Value implements Temporary {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly node: Node | null;
  readonly slot: number;
  readonly madeBy: string;
  readonly truth: boolean;
  requiresGrad: boolean;
  /** Gradient of a leaf, or of a value that asked to retain it. */
  grad: Value | null = null;
  /** The layer a parameter belongs to, once the layer has its place in the model. */
  owner: LayerNote | null = null;
  /** Memory an optimizer set aside for the gradient of a parameter; see `placing.ts`. */
  gradHome: DeviceArray | null = null;
  /** The memory that place is part of, and whose gradients lie in it. */
  gradArena: GradientArena | null = null;
  /** The array last handed out over that memory. */
  gradHomeTaken: DeviceArray | null = null;
  /** See `lifetime.ts`. */
  lastUse = generation();
  /** The step of which this is the loss, once `backward()` was called on it: reading it reports that step's loss. */
  lossOf: number | null = null;
  /** What the loss was multiplied by for the sake of its gradients; the loss is told without it. */
  lossScale = 1;
  readonly #engine = theEngine();
  /** Null while it waits for what is done with it. */
  #array: DeviceArray | null;
  #unfinished: Unfinished | null;
  #freed: string | null = null;
  #kept = false;

  constructor(
    array: DeviceArray | Unfinished,
    { node, slot = 0, requiresGrad = false, madeBy = 'tensor', truth = false }: ValueOrigin = {},
  ) {
    this.#unfinished = array instanceof Unfinished ? array : null;
    this.#array = array instanceof Unfinished ? null : hold(array);
    this.shape = array.shape;
    this.dtype = array.dtype;
    this.node = node?.retain() ?? null;
    this.slot = slot;
    this.requiresGrad = requiresGrad;
    this.madeBy = madeBy;
    this.truth = truth;
    manage(this);
    if (this.#unfinished) awaitUse(this);
  }

  get size(): number {
    return this.shape.reduce((product, n) => product * n, 1);
  }

  get freed(): boolean {
    return this.#freed !== null;
  }

  /** True when the gradient lies in the place set aside for it. */
  get gradIsHome(): boolean {
    return this.grad !== null && this.grad.array === this.gradHomeTaken;
  }

  /** The memory. @throws TensorError once it was released, saying when and how to prevent it. */
  get array(): DeviceArray {
    if (this.#freed !== null)
      throw tensorError(
        `this tensor ${shapeText(this.shape)} made by ${this.madeBy} was released ${this.#freed}; call .keep() on it where it is made to use it later`,
      );
    if (this.#engine !== theEngine())
      throw tensorError(
        `this tensor ${shapeText(this.shape)} made by ${this.madeBy} lives on another GPU device than the one in use; read it with data() there and make it anew here`,
      );
    this.lastUse = generation();
    return (this.#array ??= this.#computed());
  }

  /** What it waits with, if it is not computed yet. */
  get unfinished(): Unfinished | null {
    return this.#unfinished;
  }

  /** Computes it if it is not yet. */
  settle(): void {
    this.#array ??= this.#computed();
  }

  /** Moves a parameter to other memory that already holds its values. */
  moveTo(array: DeviceArray): void {
    const before = this.array;
    this.#array = hold(array);
    drop(before);
  }

  /** Exempts it from the rules of `lifetime.ts`. */
  keep(): void {
    this.settle();
    this.#kept = true;
    unmanage(this);
  }

  /** Frees it unless it was kept: its one consumer has used it. */
  recycle(reason: string): void {
    if (!this.#kept) this.free(reason);
  }

  free(reason: string): void {
    if (this.#freed !== null) return;
    this.#freed = reason;
    unmanage(this);
    if (this.#array) drop(this.#array);
    this.#stopWaiting();
    this.node?.release();
    this.dropGrad();
  }

  #computed(): DeviceArray {
    // Where it fails nobody else shall come upon it.
    stopWaiting(this);
    const array = hold((this.#unfinished as Unfinished).finish('none'));
    this.#stopWaiting();
    return array;
  }

  #stopWaiting(): void {
    if (!this.#unfinished) return;
    stopWaiting(this);
    this.#unfinished.drop();
    this.#unfinished = null;
  }

  dropGrad(): void {
    this.grad?.free('when the gradient was reset');
    this.grad = null;
  }
}
