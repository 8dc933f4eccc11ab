/** One step of each recurrent network, by PyTorch's equations. */
import type { Tensor } from '../tensor/tensor.ts';
import { linear } from './functional/basics.ts';

/** Weights of a step that act on the state. */
export interface StateWeights {
  readonly hh: Tensor;
  readonly biasHh: Tensor | null;
  /** Projection of the output (LSTM), where there is one. */
  readonly hr?: Tensor | null;
}

/** The input's share of the gates `[batch, gates * hidden]`, the weights and the state before, to the state after; the first of it is the output. */
export type Step = (inputs: Tensor, weights: StateWeights, state: readonly Tensor[]) => Tensor[];

/** Elman's network: `h = tanh(W_ih x + b_ih + W_hh h + b_hh)`. */
export const elmanStep =
  (nonlinearity: 'tanh' | 'relu'): Step =>
  (inputs, weights, [h]) => {
    const sum = inputs.add(linear(h as Tensor, weights.hh, weights.biasHh));
    return [nonlinearity === 'relu' ? sum.relu() : sum.tanh()];
  };

/** Long short-term memory; the state is `[h, c]`. */
export const lstmStep: Step = (inputs, weights, [h, c]) => {
  const gates = inputs.add(linear(h as Tensor, weights.hh, weights.biasHh));
  const [input, forget, cell, out] = gates.chunk(4, 1) as [Tensor, Tensor, Tensor, Tensor];
  const next = forget.sigmoid().mul(c as Tensor).add(input.sigmoid().mul(cell.tanh())); // prettier-ignore
  const hidden = out.sigmoid().mul(next.tanh());
  return [weights.hr ? linear(hidden, weights.hr, null) : hidden, next];
};

/** Gated recurrent unit. */
export const gruStep: Step = (inputs, weights, [h]) => {
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
};
