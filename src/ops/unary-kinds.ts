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

/** 1 where the condition holds, else 0. The bits tell what is not finite: WGSL lets a compiler assume there is none. */
const truth = (condition: string): UnaryKind =>
  kind(
    `select(${ZERO}, vec4f(1.0), ${condition})`,
    null,
    'nothing',
    1,
    condition.includes('bits(') ? BITS : undefined,
  );
const BITS = 'fn bits(x: vec4f) -> vec4u { return bitcast<vec4u>(x) & vec4u(0x7fffffffu); }';
const INFINITY = '0x7f800000u';

/** log(1 + x) = 2 artanh(x / (2 + x)), by its series where 1 + x would lose the digits of x. */
const LOG1P = `fn log1p4(x: vec4f) -> vec4f {
  let z = x / (2.0 + x);
  let q = z * z;
  let near = 2.0 * z * (1.0 + q * (1.0 / 3.0 + q * (0.2 + q * (1.0 / 7.0 + q * (1.0 / 9.0)))));
  return select(log(1.0 + x), near, abs(x) < vec4f(0.4));
}`;

/** exp(x) - 1, by its series where the difference would lose digits. */
const EXPM1 = `fn expm14(x: vec4f) -> vec4f {
  let near = x * (1.0 + x / 2.0 * (1.0 + x / 3.0 * (1.0 + x / 4.0 * (1.0 + x / 5.0 * (1.0 + x / 6.0 * (1.0 + x / 7.0))))));
  return select(exp(x) - 1.0, near, abs(x) < vec4f(0.4));
}`;

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
  // The root of a sum of squares: where it is 0 its slope counts as 0, as PyTorch has it for norms and deviations.
  normRoot: kind('sqrt(x)', 'select(vec4f(), g * 0.5 / s, s > vec4f())', 'output', 5),
  rsqrt: kind('inverseSqrt(x)', '-0.5 * g * s * s * s', 'output', 4),
  reciprocal: kind('1.0 / x', '-g * s * s', 'output', 1),
  neg: kind('-x', '-g', 'nothing', 1),
  abs: kind('abs(x)', 'g * sign(s)', 'input', 1),
  sign: kind('sign(x)', null, 'nothing', 1),
  square: kind('x * x', '2.0 * g * s', 'input', 1),
  exp2: kind('exp2(x)', '0.6931471805599453 * g * s', 'output', 8),
  log2: kind('log2(x)', '1.4426950408889634 * g / s', 'input', 8),
  log10: kind('0.4342944819032518 * log(x)', '0.4342944819032518 * g / s', 'input', 9),
  log1p: kind('log1p4(x)', 'g / (1.0 + s)', 'input', 14, LOG1P),
  expm1: kind('expm14(x)', 'g * (s + 1.0)', 'output', 20, EXPM1),
  sinh: kind(
    'sinh4(x)',
    'g * cosh(s)',
    'input',
    20,
    `${EXPM1}
fn sinh4(x: vec4f) -> vec4f { let e = expm14(abs(x)); return sign(x) * 0.5 * (e + e / (e + 1.0)); }`,
  ),
  cosh: kind('cosh(x)', 'g * sinh(s)', 'input', 16),
  tan: kind('tan(x)', 'g * (1.0 + s * s)', 'output', 16),
  // Through atan2: a device's own asin and acos may be off by 1e-3.
  asin: kind('atan2(x, sqrt((1.0 - x) * (1.0 + x)))', 'g * inverseSqrt(1.0 - s * s)', 'input', 14),
  acos: kind('atan2(sqrt((1.0 - x) * (1.0 + x)), x)', '-g * inverseSqrt(1.0 - s * s)', 'input', 14),
  atan: kind('atan(x)', 'g / (1.0 + s * s)', 'input', 8),
  erf: kind('erf4(x)', 'g * 1.1283791670955126 * exp(-s * s)', 'input', 14, ERF),
  sin: kind('sin(x)', 'g * cos(s)', 'input', 8),
  cos: kind('cos(x)', '-g * sin(s)', 'input', 8),
  floor: kind('floor(x)', null, 'nothing', 1),
  round: kind('round(x)', null, 'nothing', 1),
  ceil: kind('ceil(x)', null, 'nothing', 1),
  trunc: kind('trunc(x)', null, 'nothing', 1),
  /** 0 for what is too small for a normal number (see kernels/flushed.wgsl). */
  flushed: kind(`select(x, ${ZERO}, abs(x) < vec4f(1.1754944e-38))`, 'g', 'nothing', 1),
  isNan: truth(`bits(x) > vec4u(${INFINITY})`),
  isInf: truth(`bits(x) == vec4u(${INFINITY})`),
  isFinite: truth(`bits(x) < vec4u(${INFINITY})`),
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
  /** x - a floor(x / a): the sign is the divisor's, as in Python. */
  remainderScalar: kind('x - a * floor(x / a)', 'g', 'nothing', 3),
  greaterScalar: truth('x > vec4f(a)'),
  greaterEqualScalar: truth('x >= vec4f(a)'),
  lessScalar: truth('x < vec4f(a)'),
  lessEqualScalar: truth('x <= vec4f(a)'),
  equalScalar: truth('x == vec4f(a)'),
  notEqualScalar: truth('x != vec4f(a)'),
} as const satisfies Record<string, UnaryKind>;

export type UnaryName = keyof typeof UNARY_KINDS;
