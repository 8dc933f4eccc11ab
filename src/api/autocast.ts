import { inAutocast } from '../tensor/autocast.ts';
import { theEngine } from '../tensor/engine.ts';
import { tensorError } from '../tensor/errors.ts';

/**
 * Runs `body` in mixed precision, as `torch.autocast`: products (linear layers, convolutions, attention) compute in f16,
 * sums, normalizations and losses in f32; parameters and their gradients stay f32. Only the forward pass belongs inside.
 * Small gradients vanish in f16: train with `optim.GradScaler`.
 *
 * ```ts
 * const loss = autocast(() => criterion.forward(model.forward(images), labels));
 * ```
 *
 * @throws TensorError where the GPU has no f16 (the WebGPU feature `shader-f16`).
 */
export function autocast<T>(body: () => T): T {
  if (!theEngine().facts.hasF16)
    throw tensorError(
      'autocast needs half precision, which this GPU or its driver does not offer (shader-f16)',
    );
  return inAutocast(body);
}
