/** One step of a recurrent network as a layer, for loops of one's own. */
import { zeros } from '../tensor/creation.ts';
import { shapeText, tensorError } from '../tensor/errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { linear } from './functional/basics.ts';
import { uniformParameter } from './init.ts';
import { Module } from './module.ts';
import type { Parameter } from './parameter.ts';
import { elmanStep, gruStep, lstmStep, type Step } from './recurrent-steps.ts';

/** Options of the cells. */
export interface CellOptions {
  /** Default true. */
  readonly bias?: boolean;
}

/** Options of `RNNCell`. */
export interface RNNCellOptions extends CellOptions {
  /** Default 'tanh'. */
  readonly nonlinearity?: 'tanh' | 'relu';
}

abstract class Cell extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** `[gates * hidden, input]` */
  readonly weightIh: Parameter;
  /** `[gates * hidden, hidden]` */
  readonly weightHh: Parameter;
  readonly biasIh: Parameter | null;
  readonly biasHh: Parameter | null;

  constructor(inputSize: number, hiddenSize: number, gates: number, { bias = true }: CellOptions) {
    super();
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    const bound = 1 / Math.sqrt(hiddenSize);
    const make = (...shape: readonly number[]): Parameter => uniformParameter(shape, -bound, bound);
    this.weightIh = make(gates * hiddenSize, inputSize);
    this.weightHh = make(gates * hiddenSize, hiddenSize);
    this.biasIh = bias ? make(gates * hiddenSize) : null;
    this.biasHh = bias ? make(gates * hiddenSize) : null;
  }

  protected override describe(): string {
    return `${this.inputSize}, ${this.hiddenSize}`;
  }

  /** The next state; where there is none before it, zeros. */
  protected run(x: Tensor, start: readonly (Tensor | undefined)[], step: Step): Tensor[] {
    if (x.ndim === 1) {
      const alone = this.run(x.unsqueeze(0), start.map((each) => each?.unsqueeze(0)), step); // prettier-ignore
      return alone.map((each) => each.squeeze(0));
    }
    if (x.ndim !== 2 || x.size(1) !== this.inputSize)
      throw tensorError(`the input has shape ${shapeText(x.shape)}; expected [batch, ${this.inputSize}]`);
    const shape = [x.size(0), this.hiddenSize];
    for (const each of start)
      if (each && each.shape.join() !== shape.join())
        throw tensorError(
          `the state before has shape ${shapeText(each.shape)}; expected [batch, hidden] ${shapeText(shape)}`,
        );
    const before = start.map((each) => each ?? zeros(shape));
    return step(linear(x, this.weightIh, this.biasIh), { hh: this.weightHh, biasHh: this.biasHh }, before);
  }
}

/** A step of `RNN`: `[batch, input]` and the state `[batch, hidden]` to the next state. */
export class RNNCell extends Cell {
  readonly #step: Step;

  constructor(inputSize: number, hiddenSize: number, options: RNNCellOptions = {}) {
    super(inputSize, hiddenSize, 1, options);
    this.#step = elmanStep(options.nonlinearity ?? 'tanh');
  }

  override forward(x: Tensor, hidden?: Tensor): Tensor {
    return this.run(x, [hidden], this.#step)[0] as Tensor;
  }
}

/** A step of `LSTM`: `[batch, input]` and the states `[batch, hidden]` to the next ones. */
export class LSTMCell extends Cell {
  constructor(inputSize: number, hiddenSize: number, options: CellOptions = {}) {
    super(inputSize, hiddenSize, 4, options);
  }

  override forward(
    x: Tensor,
    state?: readonly [hidden: Tensor, cell: Tensor],
  ): [hidden: Tensor, cell: Tensor] {
    return this.run(x, [state?.[0], state?.[1]], lstmStep) as [Tensor, Tensor];
  }
}

/** A step of `GRU`: `[batch, input]` and the state `[batch, hidden]` to the next state. */
export class GRUCell extends Cell {
  constructor(inputSize: number, hiddenSize: number, options: CellOptions = {}) {
    super(inputSize, hiddenSize, 3, options);
  }

  override forward(x: Tensor, hidden?: Tensor): Tensor {
    return this.run(x, [hidden], gruStep)[0] as Tensor;
  }
}
