/** Limits on gradients, to be called between `backward()` and `step()`, as `torch.nn.utils`. */
import { tensorError } from '../tensor/errors.ts';
import { noGrad } from '../tensor/grad-mode.ts';
import { stack } from '../tensor/joining.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Parameter } from './parameter.ts';

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
  const gradients = [...parameters].flatMap(({ grad }) => (grad ? [grad] : []));
  if (gradients.length === 0)
    throw tensorError('clipGradNorm_: no parameter has a gradient; call it after backward()');
  return noGrad(() => {
    const total = totalNorm(gradients, normType);
    const factor = total.add(1e-6).reciprocal().mul(maxNorm).clamp(0, 1);
    for (const gradient of gradients) gradient.copy_(gradient.mul(factor));
    return total;
  });
}

function totalNorm(gradients: readonly Tensor[], p: number): Tensor {
  if (p === Infinity) return stack(gradients.map((gradient) => gradient.abs().max())).max();
  if (p === 2)
    return stack(gradients.map((gradient) => gradient.square().sum()))
      .sum()
      .sqrt();
  return stack(gradients.map((gradient) => gradient.abs().pow(p).sum()))
    .sum()
    .pow(1 / p);
}

/** Limits every element of every gradient to `[-clipValue, clipValue]`. */
export function clipGradValue_(parameters: Iterable<Parameter>, clipValue: number): void {
  noGrad(() => {
    for (const { grad } of parameters) grad?.copy_(grad.clamp(-clipValue, clipValue));
  });
}
