/** Recurrent layers, by PyTorch's equations and parameter names. */
import { zeros } from '../tensor/creation.ts';
import { tensorError, shapeText } from '../tensor/errors.ts';
import { cat, stack } from '../tensor/joining.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { dropout, linear } from './functional/basics.ts';
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
  /** A second set of weights reads the sequence from its end; the outputs stand beside each other. Default false. */
  readonly bidirectional?: boolean;
}

/** Options of `RNN`. */
export interface RNNOptions extends RecurrentOptions {
  /** Default 'tanh'. */
  readonly nonlinearity?: 'tanh' | 'relu';
}

/** Options of `LSTM`. */
export interface LSTMOptions extends RecurrentOptions {
  /** Project the outputs to this many features (Sak et al. 2014); must be below `hiddenSize`. Default 0: no projection. */
  readonly projSize?: number;
}

/** Weights of one layer in one direction. */
interface Weights {
  readonly ih: Parameter;
  readonly hh: Parameter;
  readonly biasIh: Parameter | null;
  readonly biasHh: Parameter | null;
  /** Projection of the output, where there is one. */
  readonly hr: Parameter | null;
}

/** The step of a cell: the gates' inputs of one time, the weights and the state before to the state after; the first of it is the output. */
type Cell = (inputs: Tensor, weights: Weights, state: readonly Tensor[]) => Tensor[];

abstract class Recurrent extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Features of an output projected from the hidden state; 0 where the hidden state is the output. */
  readonly projSize: number;
  readonly numLayers: number;
  readonly batchFirst: boolean;
  readonly bidirectional: boolean;
  readonly dropout: number;
  /** Layer by layer, and in each the directions. */
  readonly #weights: readonly (readonly Weights[])[];

  constructor(inputSize: number, hiddenSize: number, gates: number, options: LSTMOptions) {
    super();
    const { projSize = 0 } = options;
    if (projSize < 0 || projSize >= hiddenSize)
      throw tensorError(`projSize must be from 0 to below the hidden size of ${hiddenSize}, not ${projSize}`);
    const { numLayers = 1, bias = true, batchFirst = false, dropout = 0, bidirectional = false } = options;
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.projSize = projSize;
    this.numLayers = numLayers;
    this.batchFirst = batchFirst;
    this.bidirectional = bidirectional;
    this.dropout = dropout;
    const directions = bidirectional ? ['', '_reverse'] : [''];
    this.#weights = Array.from({ length: numLayers }, (_, layer) =>
      directions.map((suffix) =>
        this.#makeWeights(
          `l${layer}${suffix}`,
          layer === 0 ? inputSize : this.#outputSize * directions.length,
          gates,
          bias,
        ),
      ),
    );
  }

  get #outputSize(): number {
    return this.projSize || this.hiddenSize;
  }

  protected override describe(): string {
    return `${this.inputSize}, ${this.hiddenSize}${this.numLayers > 1 ? `, numLayers: ${this.numLayers}` : ''}`;
  }

  /**
   * One layer after the other, each over all times.
   * @param start The states to begin with, the first that of the output, each `[layers * directions, batch, features]`; zeros where there is none.
   */
  protected run(
    x: Tensor,
    start: readonly (Tensor | undefined)[],
    cell: Cell,
  ): { output: Tensor; state: Tensor[] } {
    if (x.ndim === 2 && x.size(1) === this.inputSize) return this.#alone(x, start, cell);
    if (x.ndim !== 3 || x.size(2) !== this.inputSize)
      throw tensorError(
        `the input has shape ${shapeText(x.shape)}; expected ${this.batchFirst ? '[batch, time' : '[time, batch'}, ${this.inputSize}]`,
      );
    const rows = [this.#weights.length * (this.bidirectional ? 2 : 1), x.size(this.batchFirst ? 0 : 1)];
    const features = start.map((_, i) => (i === 0 ? this.#outputSize : this.hiddenSize));
    for (const [i, each] of start.entries()) {
      const expected = [...rows, features[i] as number];
      if (each && each.shape.join() !== expected.join())
        throw tensorError(
          `the state to start from has shape ${shapeText(each.shape)}; expected [layers * directions, batch, ${i === 0 && this.projSize > 0 ? 'projected' : 'hidden'}] ${shapeText(expected)}`,
        );
    }
    let sequence = this.batchFirst ? x.transpose(0, 1) : x;
    const last: Tensor[][] = [];
    for (const [layer, directions] of this.#weights.entries()) {
      const outputs = directions.map((weights, direction) => {
        const which = layer * directions.length + direction;
        const state = start.map(
          (tensor, i) => tensor?.select(0, which) ?? zeros([sequence.size(1), features[i] as number]),
        );
        const { outputs: each, state: end } = overTime(sequence, weights, state, cell, direction === 1);
        last.push(end);
        return stack(each);
      });
      sequence = outputs.length === 1 ? (outputs[0] as Tensor) : cat(outputs, 2);
      if (layer + 1 < this.numLayers) sequence = dropout(sequence, this.dropout, this.training);
    }
    const state = start.map((_, i) => stack(last.map((tensors) => tensors[i] as Tensor)));
    return { output: this.batchFirst ? sequence.transpose(0, 1) : sequence, state };
  }

  /** One sequence `[time, features]` without a batch; its states are `[layers * directions, hidden]`. */
  #alone(x: Tensor, start: readonly (Tensor | undefined)[], cell: Cell): { output: Tensor; state: Tensor[] } {
    const dim = this.batchFirst ? 0 : 1;
    const { output, state } = this.run(x.unsqueeze(dim), start.map((each) => each?.unsqueeze(1)), cell); // prettier-ignore
    return { output: output.squeeze(dim), state: state.map((each) => each.squeeze(1)) };
  }

  /** Parameters become properties, by PyTorch's names, so that they are found. */
  #makeWeights(suffix: string, inputs: number, gates: number, bias: boolean): Weights {
    const bound = 1 / Math.sqrt(this.hiddenSize);
    const rows = gates * this.hiddenSize;
    const make = (name: string, shape: readonly number[]): Parameter => {
      const parameter = uniformParameter(shape, -bound, bound);
      Object.assign(this, { [`${name}_${suffix}`]: parameter });
      return parameter;
    };
    return {
      ih: make('weight_ih', [rows, inputs]),
      hh: make('weight_hh', [rows, this.#outputSize]),
      biasIh: bias ? make('bias_ih', [rows]) : null,
      biasHh: bias ? make('bias_hh', [rows]) : null,
      hr: this.projSize > 0 ? make('weight_hr', [this.projSize, this.hiddenSize]) : null,
    };
  }
}

function overTime(
  sequence: Tensor,
  weights: Weights,
  start: readonly Tensor[],
  cell: Cell,
  backward: boolean,
): { outputs: Tensor[]; state: Tensor[] } {
  // The inputs of all times go through their weights in one product.
  // Split once: the gradients of all times are joined in one, not added up one by one.
  const inputs = linear(sequence, weights.ih, weights.biasIh).split(1);
  const times = inputs.length;
  const outputs: Tensor[] = [];
  let state = [...start];
  for (let i = 0; i < times; i++) {
    const time = backward ? times - 1 - i : i;
    state = cell((inputs[time] as Tensor).squeeze(0), weights, state);
    outputs[time] = state[0] as Tensor;
  }
  return { outputs, state };
}

/** Elman's network: `h = tanh(W_ih x + b_ih + W_hh h + b_hh)`. */
export class RNN extends Recurrent {
  readonly nonlinearity: 'tanh' | 'relu';

  constructor(inputSize: number, hiddenSize: number, options: RNNOptions = {}) {
    super(inputSize, hiddenSize, 1, options);
    this.nonlinearity = options.nonlinearity ?? 'tanh';
  }

  /** @returns the outputs of the last layer at all times, and the last hidden state `[layers * directions, batch, hidden]`. */
  override forward(x: Tensor, hidden?: Tensor): [output: Tensor, hidden: Tensor] {
    const { output, state } = this.run(x, [hidden], (inputs, weights, [h]) => {
      const sum = inputs.add(linear(h as Tensor, weights.hh, weights.biasHh));
      return [this.nonlinearity === 'relu' ? sum.relu() : sum.tanh()];
    });
    return [output, state[0] as Tensor];
  }
}

/** Long short-term memory. */
export class LSTM extends Recurrent {
  constructor(inputSize: number, hiddenSize: number, options: LSTMOptions = {}) {
    super(inputSize, hiddenSize, 4, options);
  }

  /** @returns the outputs of the last layer at all times, and the last hidden and cell states `[layers * directions, batch, hidden]` (the hidden one projected where there is a `projSize`). */
  override forward(
    x: Tensor,
    start?: readonly [hidden: Tensor, cell: Tensor],
  ): [output: Tensor, state: [hidden: Tensor, cell: Tensor]] {
    const { output, state } = this.run(x, [start?.[0], start?.[1]], (inputs, weights, [h, c]) => {
      const gates = inputs.add(linear(h as Tensor, weights.hh, weights.biasHh));
      const [input, forget, cell, out] = gates.chunk(4, 1) as [Tensor, Tensor, Tensor, Tensor];
      const next = forget.sigmoid().mul(c as Tensor).add(input.sigmoid().mul(cell.tanh())); // prettier-ignore
      const hidden = out.sigmoid().mul(next.tanh());
      return [weights.hr ? linear(hidden, weights.hr, null) : hidden, next];
    });
    return [output, state as [Tensor, Tensor]];
  }
}

/** Gated recurrent unit. */
export class GRU extends Recurrent {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super(inputSize, hiddenSize, 3, options);
  }

  /** @returns the outputs of the last layer at all times, and the last hidden state `[layers * directions, batch, hidden]`. */
  override forward(x: Tensor, hidden?: Tensor): [output: Tensor, hidden: Tensor] {
    const { output, state } = this.run(x, [hidden], (inputs, weights, [h]) => {
      const [resetX, updateX, newX] = inputs.chunk(3, 1) as [Tensor, Tensor, Tensor];
      const [resetH, updateH, newH] = linear(h as Tensor, weights.hh, weights.biasHh).chunk(3, 1) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      const reset = resetX.add(resetH).sigmoid();
      const update = updateX.add(updateH).sigmoid();
      const candidate = newX.add(reset.mul(newH)).tanh();
      // (1 - z) n + z h = n + z (h - n)
      return [candidate.add(update.mul((h as Tensor).sub(candidate)))];
    });
    return [output, state[0] as Tensor];
  }
}
