import type { Tensor } from '../../tensor/tensor.ts';

/** Runs `run` on a batch: a sample by itself, which has `dims` dimensions, is one of a single sample. */
export function withBatch(x: Tensor, dims: number, run: (batch: Tensor) => Tensor): Tensor {
  return x.ndim === dims ? run(x.unsqueeze(0)).squeeze(0) : run(x);
}
