/** Gradients by hand: as tensors, and of operations of a script's own. */
export { Context, CustomFunction as Function } from '../tensor/custom-function.ts';
export { grad, type GradOptions } from '../tensor/grad.ts';
