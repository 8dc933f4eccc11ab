/**
 * Every operation. The differentiable ones are `Op` objects for the tape (`op.ts` says what it may expect); the others are
 * functions that launch at once.
 */
import { argmax } from './argmax.ts';
import { binary } from './binary.ts';
import { cast } from './cast.ts';
import { concat } from './concat.ts';
import { conv2d } from './conv2d.ts';
import { crossEntropy } from './cross-entropy.ts';
import { expand } from './expand.ts';
import { fold } from './fold.ts';
import { linear } from './linear.ts';
import { matmul } from './matmul.ts';
import { avgPool2d, maxPool2d } from './pool2d.ts';
import { permute } from './permute.ts';
import { slice } from './slice.ts';
import { softmax } from './softmax.ts';
import { unary } from './unary.ts';

export const OPS = [
  argmax,
  binary,
  cast,
  concat,
  crossEntropy,
  expand,
  fold,
  linear,
  matmul,
  permute,
  slice,
  softmax,
  unary,
] as const;

export { gatherRows } from './gather-rows.ts';
export { accumulate, clipNorm, fill, sumOfSquares } from './in-place.ts';
export { adamStep, lionStep, rmspropStep, sgdStep } from './optimizer-steps.ts';
export {
  argmax,
  avgPool2d,
  binary,
  cast,
  concat,
  conv2d,
  crossEntropy,
  expand,
  fold,
  linear,
  matmul,
  maxPool2d,
  permute,
  slice,
  softmax,
  unary,
};
export type { Forward, Op, OpContext } from './op.ts';
