/** Element-wise functions of two tensors: WGSL of the value and of the partial derivatives. */

/**
 * How the gradient of one operand comes about from `g`, the gradient of the result:
 * `pass` is g itself; `negate` is -g; `withOther` is an expression of g and the other operand (`o`);
 * `partial` is an expression of a and b that g is multiplied by.
 */
export type Partial =
  | { readonly by: 'pass' | 'negate' }
  | { readonly by: 'withOther'; readonly wgsl: string }
  | { readonly by: 'partial'; readonly wgsl: string };

export interface BinaryKind {
  readonly value: string;
  /** Null for functions that are constant almost everywhere. */
  readonly gradients: readonly [Partial, Partial] | null;
  readonly flops: number;
}

const withOther = (wgsl: string): Partial => ({ by: 'withOther', wgsl });
const partial = (wgsl: string): Partial => ({ by: 'partial', wgsl });
const truth = (condition: string): BinaryKind => ({
  value: `select(vec4f(), vec4f(1.0), ${condition})`,
  gradients: null,
  flops: 1,
});

export const BINARY_KINDS = {
  add: { value: 'a + b', gradients: [{ by: 'pass' }, { by: 'pass' }], flops: 1 },
  sub: { value: 'a - b', gradients: [{ by: 'pass' }, { by: 'negate' }], flops: 1 },
  mul: { value: 'a * b', gradients: [withOther('g * o'), withOther('g * o')], flops: 1 },
  div: { value: 'a / b', gradients: [withOther('g / o'), partial('-a / (b * b)')], flops: 1 },
  /** Equal values share the gradient, as in PyTorch. */
  maximum: {
    value: 'select(max(a, b), a + b, (a != a) | (b != b))',
    gradients: [partial(half('a > b')), partial(half('b > a'))],
    flops: 1,
  },
  minimum: {
    value: 'select(min(a, b), a + b, (a != a) | (b != b))',
    gradients: [partial(half('a < b')), partial(half('b < a'))],
    flops: 1,
  },
  pow: {
    value: 'pow(a, b)',
    gradients: [partial('b * pow(a, b - 1.0)'), partial('pow(a, b) * log(a)')],
    flops: 8,
  },
  equal: truth('a == b'),
  notEqual: truth('a != b'),
  less: truth('a < b'),
  lessEqual: truth('a <= b'),
  greater: truth('a > b'),
  greaterEqual: truth('a >= b'),
} as const satisfies Record<string, BinaryKind>;

export type BinaryName = keyof typeof BINARY_KINDS;

function half(wins: string): string {
  return `select(select(vec4f(), vec4f(1.0), ${wins}), vec4f(0.5), a == b)`;
}
