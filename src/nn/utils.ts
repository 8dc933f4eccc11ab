/** Limits on gradients, to be called between `backward()` and `step()`, as `torch.nn.utils`. */
import type { DeviceArray } from '../gpu/array.ts';
import { clipNorm, sumOfSquares } from '../ops/in-place.ts';
import { inPhase } from '../probe/annotate.ts';
import { theEngine } from '../tensor/engine.ts';
import { tensorError } from '../tensor/errors.ts';
import { noGrad } from '../tensor/grad-mode.ts';
import { stack } from '../tensor/joining.ts';
import { Tensor } from '../tensor/tensor.ts';
import { Value } from '../tensor/value.ts';
import type { Parameter } from './parameter.ts';

export * as rnn from './sequences.ts';

/**
 * Scales all gradients so that their common norm is at most `maxNorm`.
 * @returns the norm before, as a tensor: nothing waits for it.
 */
export function clipGradNorm_(
  parameters: Iterable<Parameter>,
  maxNorm: number,
  options: { readonly normType?: number } = {},
): Tensor {
  const { normType = 2 } = options;
  const withGradient = [...parameters].filter(({ grad }) => grad !== null);
  if (withGradient.length === 0)
    throw tensorError('clipGradNorm_: no parameter has a gradient; call it after backward()');
  return inPhase('optimizer', () =>
    noGrad(() =>
      normType === 2 ? clipEuclidean(withGradient, maxNorm) : clipByNorm(withGradient, maxNorm, normType),
    ),
  );
}

/** @internal Memory that holds the gradients: whole arenas of an optimizer where all of it takes part, single gradients else. */
export function gradientMemory(parameters: readonly Parameter[]): DeviceArray[] {
  const values = new Set(parameters.map(({ value }) => value));
  const memory = new Set<DeviceArray>();
  for (const { grad, gradArena } of values) {
    const whole = gradArena?.members.every((member) => values.has(member) && member.gradIsHome);
    memory.add(whole ? (gradArena as { whole: DeviceArray }).whole : (grad as Value).array);
  }
  return [...memory];
}

function clipEuclidean(parameters: readonly Parameter[], maxNorm: number): Tensor {
  const engine = theEngine();
  const memory = gradientMemory(parameters);
  const squares = memory.map(
    (array) => new Tensor(new Value(sumOfSquares(engine, array), { madeBy: 'clipGradNorm_' })),
  );
  const total = squares.length === 1 ? (squares[0] as Tensor) : stack(squares).sum();
  for (const array of memory) clipNorm(engine, array, total.value.array, maxNorm);
  return total.sqrt();
}

function clipByNorm(parameters: readonly Parameter[], maxNorm: number, p: number): Tensor {
  const gradients = parameters.map(({ grad }) => grad as Tensor);
  const total =
    p === Infinity
      ? stack(gradients.map((gradient) => gradient.abs().max())).max()
      : stack(gradients.map((gradient) => gradient.abs().pow(p).sum()))
          .sum()
          .pow(1 / p);
  const factor = total.add(1e-6).reciprocal().mul(maxNorm).clamp(0, 1);
  for (const gradient of gradients) gradient.copy_(gradient.mul(factor));
  return total;
}

/** Limits every element of every gradient to `[-clipValue, clipValue]`. */
export function clipGradValue_(parameters: Iterable<Parameter>, clipValue: number): void {
  noGrad(() => {
    for (const { grad } of parameters) grad?.copy_(grad.clamp(-clipValue, clipValue));
  });
}
