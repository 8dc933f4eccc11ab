/**
 * A PyTorch-like library for training on the GPU through WebGPU. Importing it opens the device.
 *
 * ```ts
 * import { data, nn, optim } from 'kernelscope';
 *
 * const { train } = await data.mnist();
 * const model = new nn.Sequential(new nn.Flatten(), new nn.Linear(784, 10));
 * const criterion = new nn.CrossEntropyLoss();
 * const optimizer = new optim.Adam(model.parameters());
 *
 * for await (const [images, labels] of new data.DataLoader(train, { batchSize: 64, shuffle: true })) {
 *   optimizer.zeroGrad();
 *   const loss = criterion.forward(model.forward(images), labels);
 *   loss.backward();
 *   optimizer.step();
 * }
 * ```
 */
import { openEngine } from '../gpu/engine.ts';
import { inSampleWorker } from '../data/workers.ts';
import { useEngine } from '../tensor/engine.ts';

// A worker thread of a DataLoader imports the file of its dataset, and with it this one, to make samples on the host alone.
if (!inSampleWorker()) useEngine(await openEngine());

export * as nn from '../nn/index.ts';
export * as distributions from '../nn/distributions/index.ts';
export * as optim from '../optim/index.ts';
export * as data from '../data/index.ts';
export * as annotate from './annotate.ts';
export * as autograd from './autograd.ts';
export * as perf from './perf.ts';
export { Tensor } from '../tensor/tensor.ts';
export type { HostValues, NestedArray, Operand } from '../tensor/core.ts';
export {
  arange,
  empty,
  eye,
  full,
  fullLike,
  linspace,
  ones,
  onesLike,
  tensor,
  zeros,
  zerosLike,
  type FromValuesOptions,
  type NestedValues,
  type TensorOptions,
} from '../tensor/creation.ts';
export {
  multinomial,
  normal,
  rand,
  randint,
  randLike,
  randn,
  randnLike,
  randperm,
} from '../tensor/random-creation.ts';
export type { TensorDtype } from '../tensor/truth.ts';
export type { Place } from '../tensor/selecting.ts';
export type { SortOptions } from '../tensor/ordering.ts';
export { checkpoint } from '../tensor/checkpoint.ts';
export { einsum } from '../tensor/einsum.ts';
export { cat, cdist, stack, where } from '../tensor/joining.ts';
export { TensorError } from '../tensor/errors.ts';
export { noGrad } from '../tensor/grad-mode.ts';
export { autocast } from './autocast.ts';
export { manualSeed } from '../tensor/random.ts';
export { device, tidy } from './device.ts';
export { load, save } from './files.ts';
