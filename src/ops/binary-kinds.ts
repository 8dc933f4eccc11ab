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
    value: power('b'),
    gradients: [
      partial(`select(b * ${power('(b - 1.0)')}, vec4f(), b == vec4f())`),
      partial(`select(${power('b')} * log(a), vec4f(), (a == vec4f()) & (b >= vec4f()))`),
    ],
    flops: 16,
  },
  /** a - b floor(a / b): the sign is the divisor's, as in Python. */
  remainder: {
    value: 'a - b * floor(a / b)',
    gradients: [{ by: 'pass' }, partial('-floor(a / b)')],
    flops: 3,
  },
  atan2: {
    value: 'atan2(a, b)',
    gradients: [partial('b / (a * a + b * b)'), partial('-a / (a * a + b * b)')],
    flops: 10,
  },
  and: truth('(a != vec4f()) & (b != vec4f())'),
  or: truth('(a != vec4f()) | (b != vec4f())'),
  xor: truth('(a != vec4f()) != (b != vec4f())'),
  equal: truth('a == b'),
  notEqual: truth('a != b'),
  less: truth('a < b'),
  lessEqual: truth('a <= b'),
  greater: truth('a > b'),
  greaterEqual: truth('a >= b'),
} as const satisfies Record<string, BinaryKind>;

export type BinaryName = keyof typeof BINARY_KINDS;

/** a to the power `b`: a negative a is right for whole b (its size with the sign of odd powers), and not a number for others. */
function power(b: string): string {
  const unknown = `bitcast<vec4f>(vec4u(0x7fc00000u) | (bitcast<vec4u>(${b}) & vec4u(0x1u)))`;
  const odd = `select(vec4f(1.0), vec4f(-1.0), abs(${b} % vec4f(2.0)) == vec4f(1.0))`;
  const sign = `select(vec4f(1.0), select(${unknown}, ${odd}, floor(${b}) == ${b}), a < vec4f())`;
  return `select(pow(abs(a), ${b}) * ${sign}, vec4f(1.0), ${b} == vec4f())`;
}

function half(wins: string): string {
  return `select(select(vec4f(), vec4f(1.0), ${wins}), vec4f(0.5), a == b)`;
}
