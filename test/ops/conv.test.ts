import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeviceArray } from '../../src/gpu/array.ts';
import { openEngine, type Engine } from '../../src/gpu/engine.ts';
import type { HostArray } from '../../src/gpu/transfer.ts';
import { conv2d } from '../../src/ops/conv2d.ts';
import { convTranspose2d } from '../../src/ops/conv-transpose2d.ts';
import {
  convSizes,
  imageShape,
  imageSizes,
  type ConvAttributes,
  type Layout,
} from '../../src/ops/conv-shape.ts';
import { avgPool2d, maxPool2d } from '../../src/ops/pool2d.ts';
import {
  activated,
  assertClose,
  checkOp,
  randomDense,
  testEngine,
  toDevice,
  type Dense,
} from '../support/op-check.ts';

/** Flat index of (n, channel, row, column). */
function place(shape: readonly number[], layout: Layout, n: number, c: number, h: number, w: number): number {
  const [, channels, rows, columns] = imageSizes(shape, layout);
  return layout === 'nchw'
    ? ((n * channels + c) * rows + h) * columns + w
    : ((n * rows + h) * columns + w) * channels + c;
}

function convolve(attributes: ConvAttributes): (inputs: readonly Dense[]) => Dense {
  return ([x, weight, bias]) => {
    assert.ok(x && weight);
    const layout = attributes.layout ?? 'nchw';
    const s = convSizes('conv2d', x.shape, weight.shape, attributes);
    const shape = imageShape(layout, s.batch, s.outputs, s.oh, s.ow);
    const values = new Float64Array(s.batch * s.outputs * s.oh * s.ow);
    const perGroup = s.inputs / s.groups;
    for (let n = 0; n < s.batch; n++)
      for (let o = 0; o < s.outputs; o++)
        for (let oh = 0; oh < s.oh; oh++)
          for (let ow = 0; ow < s.ow; ow++) {
            let sum = bias ? (bias.values[o] as number) : 0;
            for (let c = 0; c < perGroup; c++)
              for (let ky = 0; ky < s.kh; ky++)
                for (let kx = 0; kx < s.kw; kx++) {
                  const h = oh * s.strideH + ky * s.dilationH - s.paddingH;
                  const w = ow * s.strideW + kx * s.dilationW - s.paddingW;
                  if (h < 0 || w < 0 || h >= s.h || w >= s.w) continue;
                  const channel = Math.floor(o / (s.outputs / s.groups)) * perGroup + c;
                  sum +=
                    (x.values[place(x.shape, layout, n, channel, h, w)] as number) *
                    (weight.values[place(weight.shape, layout, o, c, ky, kx)] as number);
                }
            values[place(shape, layout, n, o, oh, ow)] = sum;
          }
    return { shape, values };
  };
}

interface Case {
  readonly n: number;
  readonly c: number;
  readonly o: number;
  readonly h: number;
  readonly w: number;
  readonly k: readonly [number, number];
  readonly attributes?: Omit<ConvAttributes, 'layout'>;
}

const CASES: Case[] = [
  { n: 1, c: 1, o: 1, h: 1, w: 1, k: [1, 1] },
  { n: 2, c: 1, o: 8, h: 9, w: 8, k: [3, 3] },
  { n: 2, c: 4, o: 32, h: 7, w: 9, k: [3, 3] },
  { n: 1, c: 36, o: 33, h: 6, w: 5, k: [3, 3], attributes: { padding: 1 } },
  { n: 2, c: 8, o: 12, h: 9, w: 11, k: [3, 2], attributes: { stride: [2, 1], padding: [1, 0] } },
  { n: 1, c: 3, o: 5, h: 11, w: 11, k: [3, 3], attributes: { dilation: 2, stride: 2, padding: 2 } },
  { n: 2, c: 8, o: 4, h: 5, w: 5, k: [1, 1] },
  { n: 2, c: 6, o: 9, h: 6, w: 6, k: [3, 3], attributes: { groups: 3, padding: 1 } },
  { n: 1, c: 4, o: 4, h: 6, w: 6, k: [3, 3], attributes: { groups: 4 } },
  { n: 2, c: 8, o: 8, h: 9, w: 7, k: [3, 5], attributes: { groups: 8, padding: [1, 2] } },
  { n: 2, c: 8, o: 8, h: 10, w: 13, k: [3, 3], attributes: { groups: 8, stride: 2, padding: 1 } },
  {
    n: 1,
    c: 4,
    o: 4,
    h: 11,
    w: 9,
    k: [3, 3],
    attributes: { groups: 4, dilation: [2, 3], stride: [1, 2], padding: 3 },
  },
  { n: 2, c: 3, o: 6, h: 5, w: 9, k: [2, 3], attributes: { groups: 3, stride: [3, 1] } },
  { n: 2, c: 8, o: 12, h: 7, w: 8, k: [3, 3], attributes: { groups: 2, padding: 1, stride: 2 } },
  { n: 1, c: 8, o: 8, h: 12, w: 11, k: [9, 9], attributes: { groups: 8, padding: 4 } },
  { n: 3, c: 32, o: 64, h: 6, w: 6, k: [3, 3] },
  // Tiles of Winograd's convolution that reach over the edges, and an image smaller than one.
  { n: 2, c: 5, o: 8, h: 11, w: 9, k: [3, 3], attributes: { padding: [1, 2] } },
  { n: 3, c: 8, o: 4, h: 3, w: 7, k: [3, 3] },
  // A result whose lines of pixels are whole vectors, its last tiles half outside.
  { n: 2, c: 8, o: 12, h: 8, w: 10, k: [3, 3] },
];

for (const layout of ['nchw', 'nhwc'] as const)
  for (const { n, c, o, h, w, k, attributes = {} } of CASES)
    test(`conv2d ${layout} ${n}x${c}x${h}x${w} -> ${o}, ${k.join('x')} ${JSON.stringify(attributes)} agrees with float64`, async () => {
      const x = randomDense(imageShape(layout, n, c, h, w), 1);
      const weight = randomDense(imageShape(layout, o, c / (attributes.groups ?? 1), ...k), 2);
      await checkOp('conv2d', {
        op: conv2d,
        inputs: [x, weight, randomDense([o], 3)],
        attributes: { ...attributes, layout },
        reference: convolve({ ...attributes, layout }),
        probes: 12,
      });
    });

for (const algorithm of ['winograd', 'tile', 'naive'] as const)
  for (const layout of ['nchw', 'nhwc'] as const)
    test(`the ${algorithm} algorithm computes every convolution in ${layout} too`, async () => {
      const engine = await openEngine({ algorithms: { conv2d: algorithm } });
      for (const { n, c, o, h, w, k, attributes = {} } of CASES) {
        const x = randomDense(imageShape(layout, n, c, h, w), 1);
        const weight = randomDense(imageShape(layout, o, c / (attributes.groups ?? 1), ...k), 2);
        await checkOp(`conv2d ${algorithm} ${layout} ${n}x${c}x${h}x${w} -> ${o}`, {
          engine,
          op: conv2d,
          inputs: [x, weight, randomDense([o], 3)],
          attributes: { ...attributes, layout },
          reference: convolve({ ...attributes, layout }),
          probes: 6,
        });
      }
      engine.dispose();
    });

for (const [layout, algorithm] of [
  ['nchw', 'winograd'],
  ['nhwc', 'winograd'],
  ['nchw', 'uni'],
  ['nhwc', 'uni'],
] as const)
  test(`large convolutions in ${layout} by ${algorithm} compute what the plain kernels do`, async () => {
    // Tiles of `uni` need subgroups of one size.
    const chosen = (await testEngine()).facts.subgroupSize === null ? {} : { conv2d: algorithm };
    const [fast, plain] = [
      await openEngine({ algorithms: chosen }),
      await openEngine({ algorithms: { conv2d: 'naive' } }),
    ];
    const x = randomDense(imageShape(layout, 16, 32, 22, 22), 1);
    const weight = randomDense(imageShape(layout, 64, 32, 3, 3), 2);
    const g = randomDense(imageShape(layout, 16, 64, 22, 22), 3);
    const attributes = { layout, padding: 1 };
    const run = async (engine: Engine): Promise<HostArray[]> => {
      const inputs = [toDevice(engine, x), toDevice(engine, weight)];
      const { outputs } = conv2d.forward(engine, inputs, attributes);
      const [dx, dw] = conv2d.backward(engine, [toDevice(engine, g)], inputs, attributes, [
        true,
        true,
        false,
      ]);
      return engine.readAll([outputs[0], dx, dw] as DeviceArray[]);
    };
    const [actual, expected] = [await run(fast), await run(plain)];
    for (const [i, what] of ['forward', 'data', 'weight'].entries())
      assertClose(actual[i] as HostArray, expected[i] as HostArray, 1e-4, what);
    fast.dispose();
    plain.dispose();
  });

test('a convolution can apply relu as it stores', async () => {
  const x = randomDense([2, 4, 6, 6], 1);
  const plain = convolve({});
  await checkOp('conv2d relu', {
    op: activated(conv2d, 'relu'),
    inputs: [x, randomDense([8, 4, 3, 3], 2), randomDense([8], 3)],
    attributes: {},
    reference: (inputs) => {
      const { shape, values } = plain(inputs);
      return { shape, values: values.map((v) => Math.max(0, v)) };
    },
    probes: 12,
  });
});

test('a convolution that does not fit its input names the channels', async () => {
  const engine = await testEngine();
  const x = toDevice(engine, randomDense([1, 3, 8, 8], 1));
  const weight = toDevice(engine, randomDense([4, 1, 3, 3], 1));
  assert.throws(
    () => conv2d.forward(engine, [x, weight], {}),
    /conv2d: the input \[1, 3, 8, 8\] \(nchw\) has 3 channels, the weight \[4, 1, 3, 3\] takes 1/,
  );
});

function pool(
  layout: Layout,
  kernel: number,
  stride: number,
  padding: number,
  fold: (values: number[], window: number) => number,
): (inputs: readonly Dense[]) => Dense {
  return ([x]) => {
    assert.ok(x);
    const [n, c, h, w] = imageSizes(x.shape, layout);
    const oh = Math.floor((h + 2 * padding - kernel) / stride) + 1;
    const ow = Math.floor((w + 2 * padding - kernel) / stride) + 1;
    const shape = imageShape(layout, n, c, oh, ow);
    const values = new Float64Array(n * c * oh * ow);
    for (let b = 0; b < n; b++)
      for (let channel = 0; channel < c; channel++)
        for (let i = 0; i < oh; i++)
          for (let j = 0; j < ow; j++) {
            const window: number[] = [];
            for (let ky = 0; ky < kernel; ky++)
              for (let kx = 0; kx < kernel; kx++) {
                const [y, z] = [i * stride + ky - padding, j * stride + kx - padding];
                if (y >= 0 && z >= 0 && y < h && z < w)
                  window.push(x.values[place(x.shape, layout, b, channel, y, z)] as number);
              }
            values[place(shape, layout, b, channel, i, j)] = fold(window, kernel * kernel);
          }
    return { shape, values };
  };
}

const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);

for (const layout of ['nchw', 'nhwc'] as const)
  for (const [kernelSize, stride, padding] of [
    [2, 2, 0],
    [3, 2, 1],
    [3, 1, 1],
    [2, 3, 0],
  ] as const)
    test(`max and average pooling ${layout} ${kernelSize} by ${stride} padded ${padding} agree with float64`, async () => {
      for (const [n, c, h, w] of [
        [2, 4, 8, 8],
        [1, 3, 7, 9],
        [2, 3, 6, 6],
      ] as const) {
        const inputShape = imageShape(layout, n, c, h, w);
        const x = randomDense(inputShape, 5);
        const attributes = { layout, kernelSize, stride, padding, inputShape };
        await checkOp('max pool', {
          op: maxPool2d,
          inputs: [x],
          attributes,
          reference: pool(layout, kernelSize, stride, padding, (values) => Math.max(...values)),
        });
        await checkOp('average pool', {
          op: avgPool2d,
          inputs: [x],
          attributes,
          reference: pool(layout, kernelSize, stride, padding, (values, window) => sum(values) / window),
        });
        await checkOp('average pool without padding', {
          op: avgPool2d,
          inputs: [x],
          attributes: { ...attributes, countIncludePad: false },
          reference: pool(layout, kernelSize, stride, padding, (values) => sum(values) / values.length),
        });
      }
    });

for (const layout of ['nchw', 'nhwc'] as const)
  test(`max pooling ${layout} takes NaN from anywhere in a window, and the least of numbers`, async () => {
    const engine = await testEngine();
    const shape = imageShape(layout, 1, 4, 2, 8);
    const values = new Float64Array(64).fill(-Infinity);
    // In the window at columns 2 and 3, one NaN for each tap, each in a channel of its own.
    const taps = [0, 1, 2, 3].map((tap) => place(shape, layout, 0, tap, tap >> 1, 2 + (tap & 1)));
    for (const at of taps) values[at] = NaN;
    const attributes = { layout, kernelSize: 2, inputShape: shape };
    const { outputs, saved } = maxPool2d.forward(engine, [toDevice(engine, { shape, values })], attributes);
    const [y] = outputs;
    assert.ok(y);
    const result = await engine.read(y);
    for (let channel = 0; channel < 4; channel++)
      for (let column = 0; column < 4; column++)
        assert.equal(
          result[place(y.shape, layout, 0, channel, 0, column)],
          column === 1 ? NaN : -Infinity,
          `channel ${channel}, column ${column}`,
        );
    const ones = toDevice(engine, { shape: y.shape, values: new Float64Array(16).fill(1) });
    const [dx] = maxPool2d.backward(engine, [ones], saved, attributes, [true]);
    assert.ok(dx);
    const slopes = await engine.read(dx);
    for (const at of taps) assert.equal(slopes[at], 1);
  });

for (const layout of ['nchw', 'nhwc'] as const)
  test(`a transposed convolution ${layout} is the gradient of the convolution`, async () => {
    for (const [c, o, h, w, attributes] of [
      [3, 4, 4, 5, {}],
      [8, 8, 5, 5, { stride: 2, padding: 1, outputPadding: 1 }],
      [4, 6, 4, 4, { stride: 2, groups: 2 }],
    ] as const) {
      const groups = 'groups' in attributes ? attributes.groups : 1;
      const x = randomDense(imageShape(layout, 2, c, h, w), 1);
      const weight = randomDense(imageShape(layout, c, o / groups, 3, 3), 2);
      await checkOp('conv transpose', {
        op: convTranspose2d,
        inputs: [x, weight, randomDense([o], 3)],
        attributes: { ...attributes, layout },
        reference: transposed({ ...attributes, layout }),
        probes: 12,
      });
    }
  });

/** Each input pixel spreads its window: the definition, not the engine's way. */
function transposed({
  layout,
  stride = 1,
  padding = 0,
  outputPadding = 0,
  groups = 1,
}: {
  layout: Layout;
  stride?: number;
  padding?: number;
  outputPadding?: number;
  groups?: number;
}): (inputs: readonly Dense[]) => Dense {
  return ([x, weight, bias]) => {
    assert.ok(x && weight && bias);
    const [n, c, h, w] = imageSizes(x.shape, layout);
    const [, perGroup, kh, kw] = imageSizes(weight.shape, layout);
    const o = perGroup * groups;
    const [oh, ow] = [
      (h - 1) * stride - 2 * padding + kh + outputPadding,
      (w - 1) * stride - 2 * padding + kw + outputPadding,
    ];
    const shape = imageShape(layout, n, o, oh, ow);
    const values = new Float64Array(n * o * oh * ow);
    for (let b = 0; b < n; b++) {
      for (let k = 0; k < o; k++)
        for (let i = 0; i < oh; i++)
          for (let j = 0; j < ow; j++) values[place(shape, layout, b, k, i, j)] = bias.values[k] as number;
      for (let k = 0; k < c; k++)
        for (let i = 0; i < h; i++)
          for (let j = 0; j < w; j++)
            for (let m = 0; m < perGroup; m++)
              for (let ky = 0; ky < kh; ky++)
                for (let kx = 0; kx < kw; kx++) {
                  const [y, z] = [i * stride + ky - padding, j * stride + kx - padding];
                  if (y < 0 || z < 0 || y >= oh || z >= ow) continue;
                  const at = place(shape, layout, b, Math.floor(k / (c / groups)) * perGroup + m, y, z);
                  values[at] =
                    (values[at] as number) +
                    (x.values[place(x.shape, layout, b, k, i, j)] as number) *
                      (weight.values[place(weight.shape, layout, k, m, ky, kx)] as number);
                }
    }
    return { shape, values };
  };
}
