/** Recurrent layers, by PyTorch's equations and parameter names. */
import { zeros } from '../tensor/creation.ts';
import { tensorError, shapeText } from '../tensor/errors.ts';
import { cat, stack } from '../tensor/joining.ts';
import { Tensor } from '../tensor/tensor.ts';
import { dropout, linear } from './functional/basics.ts';
import { uniformParameter } from './init.ts';
import { Module } from './module.ts';
import type { Parameter } from './parameter.ts';
import { elmanStep, gruStep, lstmStep, type StateWeights, type Step } from './recurrent-steps.ts';
import { presence, type PackedSequence } from './sequences.ts';

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
interface Weights extends StateWeights {
  readonly ih: Parameter;
  readonly biasIh: Parameter | null;
}

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
  protected run<X extends Sequences>(
    x: X,
    start: readonly (Tensor | undefined)[],
    step: Step,
  ): { output: Output<X>; state: Tensor[] } {
    const given: Tensor = x instanceof Tensor ? x : x.padded;
    const alone = x instanceof Tensor && x.ndim === 2;
    if ((!alone && given.ndim !== 3) || given.size(-1) !== this.inputSize)
      throw tensorError(
        `the input has shape ${shapeText(given.shape)}; expected ${this.batchFirst && x === given ? '[batch, time' : '[time, batch'}, ${this.inputSize}]`,
      );
    if (!(x instanceof Tensor)) {
      const { output, state } = this.#layers(x.padded, start, step, x.lengths);
      return { output: { padded: output, lengths: x.lengths } as Output<X>, state };
    }
    if (alone) {
      const { output, state } = this.#layers(x.unsqueeze(1), start.map((each) => each?.unsqueeze(1)), step, null); // prettier-ignore
      return { output: output.squeeze(1) as Output<X>, state: state.map((each) => each.squeeze(1)) };
    }
    const { output, state } = this.#layers(this.batchFirst ? x.transpose(0, 1) : x, start, step, null);
    return { output: (this.batchFirst ? output.transpose(0, 1) : output) as Output<X>, state };
  }

  /** @param x `[time, batch, features]` */
  #layers(
    x: Tensor,
    start: readonly (Tensor | undefined)[],
    step: Step,
    lengths: readonly number[] | null,
  ): { output: Tensor; state: Tensor[] } {
    const rows = [this.#weights.length * (this.bidirectional ? 2 : 1), x.size(1)];
    const features = start.map((_, i) => (i === 0 ? this.#outputSize : this.hiddenSize));
    for (const [i, each] of start.entries()) {
      const expected = [...rows, features[i] as number];
      if (each && each.shape.join() !== expected.join())
        throw tensorError(
          `the state to start from has shape ${shapeText(each.shape)}; expected [layers * directions, batch, ${i === 0 && this.projSize > 0 ? 'projected' : 'hidden'}] ${shapeText(expected)}`,
        );
    }
    let sequence = x;
    const last: Tensor[][] = [];
    for (const [layer, directions] of this.#weights.entries()) {
      const outputs = directions.map((weights, direction) => {
        const which = layer * directions.length + direction;
        const state = start.map(
          (tensor, i) => tensor?.select(0, which) ?? zeros([sequence.size(1), features[i] as number]),
        );
        const { output, state: end } = overTime(sequence, weights, state, step, direction === 1, lengths);
        last.push(end);
        return output;
      });
      sequence = outputs.length === 1 ? (outputs[0] as Tensor) : cat(outputs, 2);
      if (layer + 1 < this.numLayers) sequence = dropout(sequence, this.dropout, this.training);
    }
    return {
      output: sequence,
      state: start.map((_, i) => stack(last.map((tensors) => tensors[i] as Tensor))),
    };
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
  step: Step,
  backward: boolean,
  lengths: readonly number[] | null,
): { output: Tensor; state: Tensor[] } {
  // The inputs of all times go through their weights in one product.
  // Split once: the gradients of all times are joined in one, not added up one by one.
  const inputs = linear(sequence, weights.ih, weights.biasIh).split(1);
  const times = inputs.length;
  const outputs: Tensor[] = [];
  const present = lengths && presence(lengths, sequence);
  const presentAt = present?.unbind();
  const shortest = lengths ? Math.min(...lengths) : times;
  let state = [...start];
  for (let i = 0; i < times; i++) {
    const time = backward ? times - 1 - i : i;
    const before = state;
    state = step((inputs[time] as Tensor).squeeze(0), weights, before);
    outputs[time] = state[0] as Tensor;
    // Behind its end a sequence keeps the state it had there; from the end on, it keeps the one it starts with.
    if (presentAt && time >= shortest)
      state = state.map((next, k) => next.where(presentAt[time] as Tensor, before[k] as Tensor));
  }
  const output = stack(outputs);
  return { output: present ? output.where(present, 0) : output, state };
}

type Sequences = Tensor | PackedSequence;
/** What was packed comes out packed. */
type Output<X extends Sequences> = X extends Tensor ? Tensor : PackedSequence;

/** Elman's network: `h = tanh(W_ih x + b_ih + W_hh h + b_hh)`. */
export class RNN extends Recurrent {
  readonly nonlinearity: 'tanh' | 'relu';

  constructor(inputSize: number, hiddenSize: number, options: RNNOptions = {}) {
    super(inputSize, hiddenSize, 1, options);
    this.nonlinearity = options.nonlinearity ?? 'tanh';
  }

  /** @returns the outputs of the last layer at all times, and the last hidden state `[layers * directions, batch, hidden]`. */
  override forward<X extends Sequences>(x: X, hidden?: Tensor): [output: Output<X>, hidden: Tensor] {
    const { output, state } = this.run(x, [hidden], elmanStep(this.nonlinearity));
    return [output, state[0] as Tensor];
  }
}

/** Long short-term memory. */
export class LSTM extends Recurrent {
  constructor(inputSize: number, hiddenSize: number, options: LSTMOptions = {}) {
    super(inputSize, hiddenSize, 4, options);
  }

  /** @returns the outputs of the last layer at all times, and the last hidden and cell states `[layers * directions, batch, hidden]` (the hidden one projected where there is a `projSize`). */
  override forward<X extends Sequences>(
    x: X,
    start?: readonly [hidden: Tensor, cell: Tensor],
  ): [output: Output<X>, state: [hidden: Tensor, cell: Tensor]] {
    const { output, state } = this.run(x, [start?.[0], start?.[1]], lstmStep);
    return [output, state as [Tensor, Tensor]];
  }
}

/** Gated recurrent unit. */
export class GRU extends Recurrent {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super(inputSize, hiddenSize, 3, options);
  }

  /** @returns the outputs of the last layer at all times, and the last hidden state `[layers * directions, batch, hidden]`. */
  override forward<X extends Sequences>(x: X, hidden?: Tensor): [output: Output<X>, hidden: Tensor] {
    const { output, state } = this.run(x, [hidden], gruStep);
    return [output, state[0] as Tensor];
  }
}
