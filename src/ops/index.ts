/**
 * Every operation. The differentiable ones are `Op` objects for the tape (`op.ts` says what it may expect); the others are
 * functions that launch at once.
 */
import { argmax } from './argmax.ts';
import { argsort } from './argsort.ts';
import { attention } from './attention.ts';
import { batchNorm } from './batch-norm.ts';
import { binary } from './binary.ts';
import { cast } from './cast.ts';
import { clone } from './clone.ts';
import { concat } from './concat.ts';
import { conv2d } from './conv2d.ts';
import { convTranspose2d } from './conv-transpose2d.ts';
import { crossEntropy } from './cross-entropy.ts';
import { dropout } from './dropout.ts';
import { embedding } from './embedding.ts';
import { expand } from './expand.ts';
import { flip } from './flip.ts';
import { fold } from './fold.ts';
import { gather, scatter } from './gather.ts';
import { layerNorm } from './layer-norm.ts';
import { linear } from './linear.ts';
import { matmul } from './matmul.ts';
import { pad } from './pad.ts';
import { permute } from './permute.ts';
import { avgPool2d, maxPool2d } from './pool2d.ts';
import { cumprod, cumsum } from './scan.ts';
import { slice } from './slice.ts';
import { softmax } from './softmax.ts';
import { unary } from './unary.ts';
import { where } from './where.ts';

export const OPS = [
  argmax, argsort, attention, avgPool2d, batchNorm, binary, cast, clone, concat, conv2d, convTranspose2d, crossEntropy, cumprod, cumsum, dropout, embedding,
  expand, flip, fold, gather, layerNorm, linear, matmul, maxPool2d, pad, permute, scatter, slice, softmax, unary, where,
] as const; // prettier-ignore

export {
  argmax, argsort, attention, avgPool2d, batchNorm, binary, cast, clone, concat, conv2d, convTranspose2d, crossEntropy, cumprod, cumsum, dropout, embedding,
  expand, flip, fold, gather, layerNorm, linear, matmul, maxPool2d, pad, permute, scatter, slice, softmax, unary, where,
}; // prettier-ignore
export { gatherRows } from './gather-rows.ts';
export { accumulate, clipNorm, fill, sumOfSquares } from './in-place.ts';
export { adamStep, lionStep, rmspropStep, sgdStep } from './optimizer-steps.ts';
export type { Forward, Op, OpContext } from './op.ts';
