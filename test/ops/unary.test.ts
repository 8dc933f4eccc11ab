import { test } from 'node:test';
import { unary } from '../../src/ops/unary.ts';
import { UNARY_KINDS, type UnaryName } from '../../src/ops/unary-kinds.ts';
import { checkOp, dense, randomDense, type Dense } from '../support/op-check.ts';

/** erf to 1e-12: its series, and beyond 3 the continued fraction of erfc. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  let term = size;
  let sum = size;
  for (let n = 1; n < 200; n++) {
    term *= (-size * size) / n;
    sum += term / (2 * n + 1);
  }
  return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
}

const FUNCTIONS: Record<UnaryName, (x: number, a: number, b: number) => number> = {
  flushed: (x) => (Math.abs(x) < 2 ** -126 ? 0 : x),
  relu: (x) => Math.max(x, 0),
  leakyRelu: (x, a) => (x < 0 ? a * x : x),
  elu: (x, a) => (x < 0 ? a * Math.expm1(x) : x),
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  geluTanh: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  silu: (x) => x / (1 + Math.exp(-x)),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  softplus: (x) => Math.log1p(Math.exp(x)),
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  normRoot: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  reciprocal: (x) => 1 / x,
  neg: (x) => -x,
  abs: Math.abs,
  sign: Math.sign,
  square: (x) => x * x,
  sin: Math.sin,
  cos: Math.cos,
  floor: Math.floor,
  round: (x) => Math.round(x),
  ceil: Math.ceil,
  trunc: Math.trunc,
  exp2: (x) => 2 ** x,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  expm1: Math.expm1,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  erf,
  isNan: (x) => Number(Number.isNaN(x)),
  isInf: (x) => Number(Math.abs(x) === Infinity),
  isFinite: (x) => Number(Number.isFinite(x)),
  remainderScalar: (x, a) => x - a * Math.floor(x / a),
  greaterEqualScalar: (x, a) => Number(x >= a),
  lessEqualScalar: (x, a) => Number(x <= a),
  notEqualScalar: (x, a) => Number(x !== a),
  addScalar: (x, a) => x + a,
  affine: (x, a, b) => a * x + b,
  divideScalar: (x, a) => a / x,
  power: (x, a) => x ** a,
  clamp: (x, a, b) => Math.min(Math.max(x, a), b),
  greaterScalar: (x, a) => Number(x > a),
  lessScalar: (x, a) => Number(x < a),
  equalScalar: (x, a) => Number(x === a),
};

/** Kinds that live on positive numbers, and those with no gradient. */
const POSITIVE = new Set<UnaryName>([
  'log', 'log2', 'log10', 'log1p', 'sqrt', 'normRoot', 'rsqrt', 'reciprocal', 'divideScalar', 
]); // prettier-ignore
/** Kinds that live between -1 and 1. */
const SMALL = new Set<UnaryName>(['asin', 'acos', 'tan']);
const FLAT = new Set(
  (Object.keys(UNARY_KINDS) as UnaryName[]).filter((name) => UNARY_KINDS[name].gradient === null),
);
const NUMBERS: Partial<Record<UnaryName, [number, number]>> = {
  leakyRelu: [0.1, 0],
  elu: [1, 0],
  affine: [2, 3],
  divideScalar: [2, 0],
  power: [3, 0],
  clamp: [-1, 1.5],
  addScalar: [0.25, 0],
  remainderScalar: [4.7, 0],
};

for (const [name, f] of Object.entries(FUNCTIONS) as [
  UnaryName,
  (x: number, a: number, b: number) => number,
][]) {
  test(`${name} and its gradient agree with float64 on odd sizes`, async () => {
    const [a, b] = NUMBERS[name] ?? [0, 0];
    for (const shape of [[1], [7], [3, 67], [5, 64]]) {
      const x = randomDense(shape, 3, (u) =>
        POSITIVE.has(name) ? 0.3 + (u + 1) * 2 : SMALL.has(name) ? u * 0.9 : u * 3 + 0.05,
      );
      await checkOp(name, {
        op: unary,
        inputs: [x],
        attributes: { kind: name, a, b },
        reference: ([t]) => ({ shape, values: (t as Dense).values.map((v) => f(v, a, b)) }),
        differentiable: [!FLAT.has(name)],
      });
    }
  });
}

test('relu keeps NaN and infinities as PyTorch does', async () => {
  const x = dense([4], (i) => [NaN, Infinity, -Infinity, -0.5][i] as number);
  const { testEngine, toDevice } = await import('../support/op-check.ts');
  const engine = await testEngine();
  const { outputs } = unary.forward(engine, [toDevice(engine, x)], { kind: 'relu' });
  const y = await engine.read(outputs[0] as never);
  if (!Number.isNaN(y[0])) throw new Error(`relu(NaN) is ${y[0]}`);
  if (y[1] !== Infinity || y[2] !== 0 || y[3] !== 0) throw new Error(`relu gives ${[...y].join()}`);
});

test('a tensor of more than 65,535 workgroups is computed to its end', async () => {
  const shape = [65_536 * 256 + 5];
  await checkOp('neg', {
    op: unary,
    inputs: [dense(shape, (i) => (i % 1000) - 500)],
    attributes: { kind: 'neg' },
    reference: ([t]) => ({ shape, values: (t as Dense).values.map((v) => -v) }),
    differentiable: [false],
  });
});
