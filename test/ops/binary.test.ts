import assert from 'node:assert/strict';
import { test } from 'node:test';
import { binary } from '../../src/ops/binary.ts';
import { BINARY_KINDS, type BinaryName } from '../../src/ops/binary-kinds.ts';
import { checkOp, randomDense, testEngine, toDevice, type Dense } from '../support/op-check.ts';

const FUNCTIONS: Record<BinaryName, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  maximum: Math.max,
  minimum: Math.min,
  pow: (a, b) => a ** b,
  remainder: (a, b) => a - b * Math.floor(a / b),
  atan2: Math.atan2,
  and: (a, b) => Number(a !== 0 && b !== 0),
  or: (a, b) => Number(a !== 0 || b !== 0),
  xor: (a, b) => Number((a !== 0) !== (b !== 0)),
  equal: (a, b) => Number(a === b),
  notEqual: (a, b) => Number(a !== b),
  less: (a, b) => Number(a < b),
  lessEqual: (a, b) => Number(a <= b),
  greater: (a, b) => Number(a > b),
  greaterEqual: (a, b) => Number(a >= b),
};
const FLAT = new Set(
  (Object.keys(BINARY_KINDS) as BinaryName[]).filter((name) => BINARY_KINDS[name].gradients === null),
);

const SHAPES: [number[], number[]][] = [
  [[7], [7]],
  [[5, 12], [12]],
  [[5, 13], [13]],
  [[3, 5], [1]],
  [
    [4, 1, 6],
    [5, 1],
  ],
  [
    [2, 3, 4, 5],
    [3, 1, 1],
  ],
  [[1], [2, 3]],
  [
    [64, 128],
    [1, 128],
  ],
];

/** The value of `tensor` that lands at flat index `i` of `out`. */
function at(tensor: Dense, out: readonly number[], i: number): number {
  let rest = i;
  let index = 0;
  let stride = 1;
  for (let d = out.length - 1; d >= 0; d--) {
    const own = d - (out.length - tensor.shape.length);
    const k = rest % (out[d] as number);
    rest = Math.floor(rest / (out[d] as number));
    if (own < 0) continue;
    if (tensor.shape[own] !== 1) index += k * stride;
    stride *= tensor.shape[own] as number;
  }
  return tensor.values[index] as number;
}

export function broadcastReference(f: (a: number, b: number) => number): (inputs: readonly Dense[]) => Dense {
  return ([a, b]) => {
    assert.ok(a && b);
    const rank = Math.max(a.shape.length, b.shape.length);
    const shape = Array.from({ length: rank }, (_, d) =>
      Math.max(a.shape[d - rank + a.shape.length] ?? 1, b.shape[d - rank + b.shape.length] ?? 1),
    );
    const total = shape.reduce((x, y) => x * y, 1);
    return {
      shape,
      values: Float64Array.from({ length: total }, (_, i) => f(at(a, shape, i), at(b, shape, i))),
    };
  };
}

for (const [name, f] of Object.entries(FUNCTIONS) as [BinaryName, (a: number, b: number) => number][])
  test(`${name} broadcasts and differentiates like float64`, async () => {
    for (const [left, right] of name === 'mul' || name === 'add' ? SHAPES : SHAPES.slice(0, 5)) {
      const positive = name === 'pow' || name === 'div' || name === 'remainder';
      const map = (u: number): number => (positive ? u + 1.5 : u * 2);
      await checkOp(`${name} [${left}] [${right}]`, {
        op: binary,
        inputs: [randomDense(left, 1, map), randomDense(right, 2, map)],
        attributes: { kind: name, shapes: [left, right] },
        reference: broadcastReference(f),
        differentiable: FLAT.has(name) ? [false, false] : [true, true],
      });
    }
  });

test('shapes that do not broadcast are refused with both shapes named', async () => {
  const engine = await testEngine();
  const a = toDevice(engine, randomDense([2, 3], 1));
  const b = toDevice(engine, randomDense([2, 4], 1));
  assert.throws(
    () => binary.forward(engine, [a, b], { kind: 'add', shapes: [a.shape, b.shape] }),
    /add: shapes \[2, 3\] and \[2, 4\] do not go together at dimension -1/,
  );
});

test('a tensor can be combined with itself', async () => {
  await checkOp('x * x', {
    op: {
      name: 'square',
      forward: (c, [x]) => binary.forward(c, [x as never, x as never], { kind: 'mul', shapes: [[33], [33]] }),
      backward: () => [null],
    },
    inputs: [randomDense([33], 5)],
    attributes: {},
    reference: ([x]) => ({ shape: [33], values: (x as Dense).values.map((v) => v * v) }),
    differentiable: [false],
  });
});

test('powers of negative numbers are real for whole exponents only, and 0 to the power 0 is 1', async () => {
  const engine = await testEngine();
  const bases = toDevice(engine, { shape: [6], values: Float64Array.of(-2, -2, -2, 0, 0, 3) });
  const exponents = toDevice(engine, { shape: [6], values: Float64Array.of(3, 2, 0.5, 0, 2, -1) });
  const { outputs } = binary.forward(engine, [bases, exponents], { kind: 'pow', shapes: [[6], [6]] });
  const values = [...(await engine.read(outputs[0] as never))];
  [-8, 4, NaN, 1, 0, 1 / 3].forEach((wanted, i) =>
    assert.ok(Number.isNaN(wanted) ? Number.isNaN(values[i]) : Math.abs((values[i] as number) - wanted) < 1e-5, `${i}: ${values[i]}`),
  ); // prettier-ignore
});

test('not-a-number and infinities are told apart', async () => {
  const { unary } = await import('../../src/ops/unary.ts');
  const engine = await testEngine();
  const x = toDevice(engine, { shape: [5], values: Float64Array.of(NaN, Infinity, -Infinity, 0, 3e38) });
  const tell = async (kind: 'isNan' | 'isInf' | 'isFinite'): Promise<number[]> => [
    ...(await engine.read(unary.forward(engine, [x], { kind }).outputs[0] as never)),
  ];
  assert.deepEqual(await tell('isNan'), [1, 0, 0, 0, 0]);
  assert.deepEqual(await tell('isInf'), [0, 1, 1, 0, 0]);
  assert.deepEqual(await tell('isFinite'), [0, 0, 0, 1, 1]);
});
