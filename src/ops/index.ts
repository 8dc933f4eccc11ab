/**
 * Every operation. The differentiable ones are `Op` objects for the tape (`op.ts` says what it may expect); the others are
 * functions that launch at once.
 */
import { binary } from './binary.ts';
import { linear } from './linear.ts';
import { matmul } from './matmul.ts';
import { unary } from './unary.ts';

export const OPS = [binary, linear, matmul, unary] as const;

export { binary, linear, matmul, unary };
export type { Forward, Op, OpContext } from './op.ts';
export type { BinaryAttributes } from './binary.ts';
export type { BinaryName } from './binary-kinds.ts';
export type { LinearAttributes, WeightLayout } from './linear.ts';
export type { MatmulAttributes } from './matmul.ts';
export type { UnaryAttributes } from './unary.ts';
export type { UnaryName } from './unary-kinds.ts';
