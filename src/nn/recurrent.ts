/** Recurrent layers, by PyTorch's equations and parameter names. */
import { linear } from '../ops/linear.ts';
import { zeros } from '../tensor/creation.ts';
import { tensorError, shapeText } from '../tensor/errors.ts';
import { stack } from '../tensor/joining.ts';
import { apply1 } from '../tensor/tape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { Dropout } from './dropout.ts';
import { uniformParameter } from './init.ts';
import { Module } from './module.ts';
import type { Parameter } from './parameter.ts';

/** Options of the recurrent layers. */
export interface RecurrentOptions {
  /** Layers on top of each other. Default 1. */
  readonly numLayers?: number;
  /** Default true. */
  readonly bias?: boolean;
  /** `[batch, time, features]` instead of `[time, batch, features]`. Default false, as in PyTorch. */
  readonly batchFirst?: boolean;
  /** Dropout between layers. Default 0. */
  readonly dropout?: number;
}

/** Options of `RNN`. */
export interface RNNOptions extends RecurrentOptions {
  /** Default 'tanh'. */
  readonly nonlinearity?: 'tanh' | 'relu';
}

/** Parameters of one layer: `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0` in a state. */
class LayerWeights {
  readonly ih: Parameter;
  readonly hh: Parameter;
  readonly biasIh: Parameter | null;
  readonly biasHh: Parameter | null;

  constructor(inputs: number, hidden: number, gates: number, bias: boolean) {
    const bound = 1 / Math.sqrt(hidden);
    this.ih = uniformParameter([gates * hidden, inputs], -bound, bound);
    this.hh = uniformParameter([gates * hidden, hidden], -bound, bound);
    this.biasIh = bias ? uniformParameter([gates * hidden], -bound, bound) : null;
    this.biasHh = bias ? uniformParameter([gates * hidden], -bound, bound) : null;
  }
}

const product = (x: Tensor, weight: Tensor, bias: Tensor | null): Tensor =>
  new Tensor(apply1(linear, [x, weight, ...(bias ? [bias] : [])].map(({ value }) => value), {}));

abstract class Recurrent extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly batchFirst: boolean;
  readonly dropout: Dropout | null;
  readonly #layers: LayerWeights[];

  constructor(inputSize: number, hiddenSize: number, gates: number, options: RecurrentOptions) {
    super();
    const { numLayers = 1, bias = true, batchFirst = false, dropout = 0 } = options;
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.batchFirst = batchFirst;
    this.dropout = dropout > 0 ? new Dropout(dropout) : null;
    this.#layers = Array.from({ length: numLayers }, (_, i) => new LayerWeights(i === 0 ? inputSize : hiddenSize, hiddenSize, gates, bias));
    // As properties, so that they are found by their PyTorch names.
    this.#layers.forEach(({ ih, hh, biasIh, biasHh }, i) => {
      Object.assign(this, { [`weightIhL${i}`]: ih, [`weightHhL${i}`]: hh });
      if (biasIh && biasHh) Object.assign(this, { [`biasIhL${i}`]: biasIh, [`biasHhL${i}`]: biasHh });
    });
  }

  protected override describe(): string {
    return `${this.inputSize}, ${this.hiddenSize}${this.numLayers > 1 ? `, numLayers: ${this.numLayers}` : ''}`;
  }

  /**
   * One layer after the other, each over all times. `cell` gets the gates' inputs of one time, the hidden product's
   * weights and the state, and returns the new state, whose first tensor is the output.
   */
  protected run(x: Tensor, state: Tensor[][], cell: (input: Tensor, weights: LayerWeights, state: Tensor[]) => Tensor[]): { output: Tensor; state: Tensor[][] } {
    if (x.ndim !== 3 || x.size(2) !== this.inputSize)
      throw tensorError(`the input has shape ${shapeText(x.shape)}; expected ${this.batchFirst ? '[batch, time' : '[time, batch'}, ${this.inputSize}]`);
    let sequence = this.batchFirst ? x.transpose(0, 1) : x;
    const last: Tensor[][] = [];
    this.#layers.forEach((weights, layer) => {
      // The inputs of all times go through their weights in one product.
      const inputs = product(sequence, weights.ih, weights.biasIh);
      let current = state[layer] as Tensor[];
      const outputs: Tensor[] = [];
      for (let time = 0; time < sequence.size(0); time++) {
        current = cell(inputs.select(0, time), weights, current);
        outputs.push(current[0] as Tensor);
      }
      last.push(current);
      sequence = stack(outputs);
      if (this.dropout && layer + 1 < this.numLayers) sequence = this.dropout.forward(sequence);
    });
    return { output: this.batchFirst ? sequence.transpose(0, 1) : sequence, state: last };
  }

  /** The state to start with, layer by layer: what was given, or zeros. */
  protected initial(x: Tensor, given: readonly (Tensor | undefined)[]): Tensor[][] {
    const batch = x.size(this.batchFirst ? 0 : 1);
    return Array.from({ length: this.numLayers }, (_, layer) =>
      given.map((tensor) => (tensor ? tensor.select(0, layer) : zeros([batch, this.hiddenSize]))),
    );
  }
}

const top = (state: readonly Tensor[][], which: number): Tensor => stack(state.map((layer) => layer[which] as Tensor));

/** Elman's network: `h = tanh(W_ih x + b_ih + W_hh h + b_hh)`. */
export class RNN extends Recurrent {
  readonly nonlinearity: 'tanh' | 'relu';

  constructor(inputSize: number, hiddenSize: number, options: RNNOptions = {}) {
    super(inputSize, hiddenSize, 1, options);
    this.nonlinearity = options.nonlinearity ?? 'tanh';
  }

  /** @returns the outputs of the last layer at all times, and the last hidden state `[layers, batch, hidden]`. */
  override forward(x: Tensor, hidden?: Tensor): [output: Tensor, hidden: Tensor] {
    const { output, state } = this.run(x, this.initial(x, [hidden]), (input, weights, [h]) => {
      const sum = input.add(product(h as Tensor, weights.hh, weights.biasHh));
      return [this.nonlinearity === 'relu' ? sum.relu() : sum.tanh()];
    });
    return [output, top(state, 0)];
  }
}

/** Long short-term memory. */
export class LSTM extends Recurrent {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super(inputSize, hiddenSize, 4, options);
  }

  /** @returns the outputs of the last layer at all times, and the last hidden and cell states `[layers, batch, hidden]`. */
  override forward(x: Tensor, start?: readonly [hidden: Tensor, cell: Tensor]): [output: Tensor, state: [hidden: Tensor, cell: Tensor]] {
    const { output, state } = this.run(x, this.initial(x, [start?.[0], start?.[1]]), (inputs, weights, [h, c]) => {
      const gates = inputs.add(product(h as Tensor, weights.hh, weights.biasHh));
      const [input, forget, cell, out] = gates.chunk(4, 1) as [Tensor, Tensor, Tensor, Tensor];
      const next = forget.sigmoid().mul(c as Tensor).add(input.sigmoid().mul(cell.tanh())); // prettier-ignore
      return [out.sigmoid().mul(next.tanh()), next];
    });
    return [output, [top(state, 0), top(state, 1)]];
  }
}

/** Gated recurrent unit. */
export class GRU extends Recurrent {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super(inputSize, hiddenSize, 3, options);
  }

  /** @returns the outputs of the last layer at all times, and the last hidden state `[layers, batch, hidden]`. */
  override forward(x: Tensor, hidden?: Tensor): [output: Tensor, hidden: Tensor] {
    const { output, state } = this.run(x, this.initial(x, [hidden]), (inputs, weights, [h]) => {
      const [resetX, updateX, newX] = inputs.chunk(3, 1) as [Tensor, Tensor, Tensor];
      const [resetH, updateH, newH] = product(h as Tensor, weights.hh, weights.biasHh).chunk(3, 1) as [Tensor, Tensor, Tensor];
      const reset = resetX.add(resetH).sigmoid();
      const update = updateX.add(updateH).sigmoid();
      const candidate = newX.add(reset.mul(newH)).tanh();
      // (1 - z) n + z h = n + z (h - n)
      return [candidate.add(update.mul((h as Tensor).sub(candidate)))];
    });
    return [output, top(state, 0)];
  }
}

