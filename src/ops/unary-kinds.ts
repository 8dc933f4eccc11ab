/**
 * Element-wise functions of one tensor: WGSL of the value, and of the gradient in terms of what is saved (`s`). `a` and
 * `b` are numbers of the call. `flops` counts a transcendental as 8, as is common in counts of this kind.
 */
export interface UnaryKind {
  readonly value: string;
  /** Gradient of the input; null where it is zero everywhere. */
  readonly gradient: string | null;
  readonly saves: 'input' | 'output' | 'nothing';
  readonly flops: number;
  readonly helpers?: string;
}

const ZERO = 'vec4f()';

/** Abramowitz and Stegun 7.1.26: absolute error below 1.5e-7. */
const ERF = `fn erf4(x: vec4f) -> vec4f {
  let t = 1.0 / (1.0 + 0.3275911 * abs(x));
  let p = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return sign(x) * (1.0 - p * exp(-x * x));
}`;

/** tanh through exp, which stays finite for every finite x. */
const TANH = `fn tanh4(x: vec4f) -> vec4f {
  let e = exp(-2.0 * abs(x));
  return sign(x) * (1.0 - e) / (1.0 + e);
}`;

const GELU_TANH_INNER = '0.7978845608028654 * (x + 0.044715 * x * x * x)';

function kind(
  value: string,
  gradient: string | null,
  saves: UnaryKind['saves'],
  flops: number,
  helpers?: string,
): UnaryKind {
  return { value, gradient, saves, flops, ...(helpers ? { helpers } : {}) };
}

export const UNARY_KINDS = {
  // NaN goes through: the comparison is false for it.
  relu: kind(`select(x, ${ZERO}, x < ${ZERO})`, `select(g, ${ZERO}, s <= ${ZERO})`, 'output', 1),
  leakyRelu: kind(`select(x, a * x, x < ${ZERO})`, `select(g, a * g, s <= ${ZERO})`, 'input', 2),
  elu: kind(
    `select(x, a * (exp(x) - 1.0), x < ${ZERO})`,
    `select(g, g * a * exp(s), s < ${ZERO})`,
    'input',
    10,
  ),
  gelu: kind(
    '0.5 * x * (1.0 + erf4(x * 0.7071067811865476))',
    'g * (0.5 * (1.0 + erf4(s * 0.7071067811865476)) + s * 0.3989422804014327 * exp(-0.5 * s * s))',
    'input',
    22,
    ERF,
  ),
  geluTanh: kind(
    `0.5 * x * (1.0 + tanh4(${GELU_TANH_INNER}))`,
    'gelu_tanh_grad(g, s)',
    'input',
    20,
    `${TANH}
fn gelu_tanh_grad(g: vec4f, x: vec4f) -> vec4f {
  let t = tanh4(${GELU_TANH_INNER});
  return g * (0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * 0.7978845608028654 * (1.0 + 0.134145 * x * x));
}`,
  ),
  silu: kind(
    'x / (1.0 + exp(-x))',
    'silu_grad(g, s)',
    'input',
    10,
    'fn silu_grad(g: vec4f, x: vec4f) -> vec4f { let q = 1.0 / (1.0 + exp(-x)); return g * q * (1.0 + x * (1.0 - q)); }',
  ),
  sigmoid: kind('1.0 / (1.0 + exp(-x))', 'g * s * (1.0 - s)', 'output', 10),
  tanh: kind('tanh4(x)', 'g * (1.0 - s * s)', 'output', 12, TANH),
  softplus: kind(`max(x, ${ZERO}) + log(1.0 + exp(-abs(x)))`, 'g / (1.0 + exp(-s))', 'input', 18),
  exp: kind('exp(x)', 'g * s', 'output', 8),
  log: kind('log(x)', 'g / s', 'input', 8),
  sqrt: kind('sqrt(x)', 'g * 0.5 / s', 'output', 4),
  rsqrt: kind('inverseSqrt(x)', '-0.5 * g * s * s * s', 'output', 4),
  reciprocal: kind('1.0 / x', '-g * s * s', 'output', 1),
  neg: kind('-x', '-g', 'nothing', 1),
  abs: kind('abs(x)', 'g * sign(s)', 'input', 1),
  sign: kind('sign(x)', null, 'nothing', 1),
  square: kind('x * x', '2.0 * g * s', 'input', 1),
  sin: kind('sin(x)', 'g * cos(s)', 'input', 8),
  cos: kind('cos(x)', '-g * sin(s)', 'input', 8),
  floor: kind('floor(x)', null, 'nothing', 1),
  round: kind('round(x)', null, 'nothing', 1),
  /** x + a */
  addScalar: kind('x + a', 'g', 'nothing', 1),
  /** a * x + b */
  affine: kind('a * x + b', 'a * g', 'nothing', 2),
  /** a / x */
  divideScalar: kind('a / x', '-a * g / (s * s)', 'input', 1),
  /** x to the power a; a negative base is right for whole a, as pow of its size with the sign of odd powers. */
  power: kind(
    'power4(x, a)',
    'g * a * power4(s, a - 1.0)',
    'input',
    10,
    `fn power4(x: vec4f, a: f32) -> vec4f {
  if (a == 0.0) { return vec4f(1.0); }
  let size = pow(abs(x), vec4f(a));
  let odd = abs(a % 2.0) == 1.0;
  let whole = floor(a) == a;
  let below = select(select(vec4f(bitcast<f32>(0x7fc00000u + u32(a) * 0u)), size, whole), -size, odd);
  return select(size, below, x < vec4f());
}`,
  ),
  /** clamp to [a, b] */
  clamp: kind(
    'clamp(x, vec4f(a), vec4f(b))',
    `select(${ZERO}, g, (s >= vec4f(a)) & (s <= vec4f(b)))`,
    'input',
    2,
  ),
  /** 1 where x > a, else 0 */
  greaterScalar: kind(`select(${ZERO}, vec4f(1.0), x > vec4f(a))`, null, 'nothing', 1),
  lessScalar: kind(`select(${ZERO}, vec4f(1.0), x < vec4f(a))`, null, 'nothing', 1),
  equalScalar: kind(`select(${ZERO}, vec4f(1.0), x == vec4f(a))`, null, 'nothing', 1),
} as const satisfies Record<string, UnaryKind>;

export type UnaryName = keyof typeof UNARY_KINDS;
