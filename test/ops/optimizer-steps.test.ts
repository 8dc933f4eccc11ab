/** Each optimizer's arithmetic, step by step in float64, as PyTorch's documentation states it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeviceArray } from '../../src/gpu/array.ts';
import type { Engine } from '../../src/gpu/engine.ts';
import { adamStep, lionStep, rmspropStep, sgdStep } from '../../src/ops/optimizer-steps.ts';
import { assertClose, dense, randomDense, testEngine, toDevice, type Dense } from '../support/op-check.ts';

const SIZE = 256 + 3;
const STEPS = 5;
const start = randomDense([SIZE], 1);
const gradientAt = (t: number): Dense => randomDense([SIZE], 10 + t);

/** Runs both sides for a few steps: `device` on arrays, `host` on one element with its own state. */
async function compare(
  what: string,
  device: (engine: Engine) => (t: number, p: never, g: never) => void,
  host: (i: number) => (t: number, p: number, g: number) => number,
): Promise<void> {
  const engine = await testEngine();
  const p = toDevice(engine, start);
  const step = device(engine);
  const updates = Array.from({ length: SIZE }, (_, i) => host(i));
  let expected = [...start.values];
  for (let t = 1; t <= STEPS; t++) {
    const g = gradientAt(t);
    step(t, p as never, toDevice(engine, g) as never);
    expected = expected.map((value, i) =>
      (updates[i] as (t: number, p: number, g: number) => number)(t, value, g.values[i] as number),
    );
  }
  assertClose(await engine.read(p), expected, 1e-5, what);
}

for (const [momentum, dampening, nesterov] of [
  [0, 0, false],
  [0.9, 0, false],
  [0.9, 0.3, false],
  [0.8, 0, true],
] as const)
  test(`SGD with momentum ${momentum}, dampening ${dampening}${nesterov ? ', Nesterov' : ''}`, async () => {
    const [lr, weightDecay] = [0.1, 0.01];
    await compare(
      'sgd',
      (engine) => {
        const momenta = momentum > 0 ? engine.zeros([SIZE]) : null;
        return (t, p, g) =>
          sgdStep(engine, p, g, momenta, t === 1, { lr, momentum, dampening, weightDecay, nesterov });
      },
      () => {
        let m = 0;
        return (t, p, gradient) => {
          const g = gradient + weightDecay * p;
          m = t === 1 ? g : momentum * m + (1 - dampening) * g;
          return p - lr * (momentum === 0 ? g : nesterov ? g + momentum * m : m);
        };
      },
    );
  });

for (const decoupled of [false, true])
  test(decoupled ? 'AdamW' : 'Adam with weight decay', async () => {
    const [lr, beta1, beta2, eps, weightDecay] = [0.01, 0.9, 0.999, 1e-8, 0.1];
    await compare(
      'adam',
      (engine) => {
        const [first, second] = [engine.zeros([SIZE]), engine.zeros([SIZE])];
        return (t, p, g) =>
          adamStep(engine, p, g, first, second, { lr, beta1, beta2, eps, weightDecay, decoupled, t });
      },
      () => {
        let [m, v] = [0, 0];
        return (t, p, gradient) => {
          const g = decoupled ? gradient : gradient + weightDecay * p;
          m = beta1 * m + (1 - beta1) * g;
          v = beta2 * v + (1 - beta2) * g * g;
          const shrunk = decoupled ? p * (1 - lr * weightDecay) : p;
          return shrunk - (lr * (m / (1 - beta1 ** t))) / (Math.sqrt(v / (1 - beta2 ** t)) + eps);
        };
      },
    );
  });

test('RMSprop with momentum', async () => {
  const [lr, alpha, eps, weightDecay, momentum] = [0.01, 0.99, 1e-8, 0.05, 0.5];
  await compare(
    'rmsprop',
    (engine) => {
      const [squares, momenta] = [engine.zeros([SIZE]), engine.zeros([SIZE])];
      return (_t, p, g) =>
        rmspropStep(engine, p, g, squares, momenta, { lr, alpha, eps, weightDecay, momentum });
    },
    () => {
      let [square, m] = [0, 0];
      return (_t, p, gradient) => {
        const g = gradient + weightDecay * p;
        square = alpha * square + (1 - alpha) * g * g;
        m = momentum * m + g / (Math.sqrt(square) + eps);
        return p - lr * m;
      };
    },
  );
});

test('Lion', async () => {
  const [lr, beta1, beta2, weightDecay] = [0.01, 0.9, 0.99, 0.1];
  await compare(
    'lion',
    (engine) => {
      const moments = engine.zeros([SIZE]);
      return (_t, p, g) => lionStep(engine, p, g, moments, { lr, beta1, beta2, weightDecay });
    },
    () => {
      let m = 0;
      return (_t, p, g) => {
        const direction = Math.sign(beta1 * m + (1 - beta1) * g);
        m = beta2 * m + (1 - beta2) * g;
        return p * (1 - lr * weightDecay) - lr * direction;
      };
    },
  );
});

/** Number of the least normal f32. */
const LEAST_NORMAL = 2 ** -126;

for (const [name, step] of [
  ['SGD', (engine, p, g, m) => sgdStep(engine, p, g, m, false, { lr: 0.1, momentum: 0.5 })],
  [
    'Adam',
    (engine, p, g, m, v) =>
      adamStep(engine, p, g, m, v, {
        lr: 0.1,
        beta1: 0.5,
        beta2: 0.5,
        eps: 1e-8,
        weightDecay: 0,
        decoupled: false,
        t: 9,
      }),
  ],
  [
    'RMSprop',
    (engine, p, g, v, m) =>
      rmspropStep(engine, p, g, v, m, { lr: 0.1, alpha: 0.5, eps: 1e-8, weightDecay: 0, momentum: 0.5 }),
  ],
  [
    'Lion',
    (engine, p, g, m) => lionStep(engine, p, g, m, { lr: 0.1, beta1: 0.9, beta2: 0.5, weightDecay: 0 }),
  ],
] as const satisfies readonly (readonly [
  string,
  (engine: Engine, p: DeviceArray, g: DeviceArray, m: DeviceArray, v: DeviceArray) => void,
])[])
  // prettier-ignore
  test(`${name} lets an average end that no gradient feeds, and keeps a NaN`, async () => {
    const engine = await testEngine();
    const averages = dense([4], (i) => [1.5 * LEAST_NORMAL, 2.5 * LEAST_NORMAL, 1, NaN][i] as number);
    const states = [toDevice(engine, averages), toDevice(engine, averages)] as const;
    const none = toDevice(engine, dense([4], () => 0));
    step(engine, toDevice(engine, dense([4], () => 0)), none, ...states);
    const after = await engine.read(states[0]);
    assert.deepEqual([...after], [0, 1.25 * LEAST_NORMAL, 0.5, NaN]);
  });
