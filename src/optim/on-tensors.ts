/** For variants of optimizers that have no kernel of their own: the update written as operations on tensors. */
import type { DeviceArray } from '../gpu/array.ts';
import { unary } from '../ops/unary.ts';
import { inScope } from '../tensor/lifetime.ts';
import { apply1 } from '../tensor/tape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { Value } from '../tensor/value.ts';
import type { Span } from './span.ts';

type Update = (parameter: Tensor, gradient: Tensor, states: readonly Tensor[]) => void;

/** Runs `update` on tensors over a span's memory, which the update changes by `copy_`; its gradient is one to descend, always. */
export function onTensors(
  { parameter, gradient, states }: Span,
  { maximize }: { readonly maximize: boolean },
  update: Update,
): void {
  const over = (array: DeviceArray): Tensor => new Tensor(new Value(array));
  inScope(
    'at the end of the optimizer step',
    () => update(over(parameter), maximize ? over(gradient).neg() : over(gradient), states.map(over)),
    () => [],
  );
}

/** The gradient with the parameters' decay added, as all but decoupled optimizers have it. */
export function withDecay(gradient: Tensor, parameter: Tensor, weightDecay: number): Tensor {
  return weightDecay === 0 ? gradient : gradient.add(parameter.mul(weightDecay));
}

/** A running average: keeps `share` of what is remembered, and takes the rest of `now`. */
export function average(state: Tensor, now: Tensor, share: number): void {
  remember(state, state.mul(share).add(now.mul(1 - share)));
}

/** Changes what an optimizer remembers, without what is too small for a normal number, as the kernels of the others do. */
export function remember(state: Tensor, next: Tensor): void {
  state.copy_(new Tensor(apply1(unary, [next.value], { kind: 'flushed' })));
}
