/** The layers and losses against PyTorch's answers (test/golden/pytorch). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as nn from '../../src/nn/index.ts';
import { tensor } from '../../src/tensor/creation.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { assertClose } from '../support/close.ts';
import { testEngine } from '../support/device.ts';
import { fill, whole } from '../support/fill.ts';

interface Answer {
  readonly shape: readonly number[];
  readonly output: readonly number[];
  readonly inputGradients: readonly (readonly number[] | null)[];
  readonly parameterGradients: Readonly<Record<string, readonly number[]>>;
  readonly buffers: Readonly<Record<string, readonly number[]>>;
}

interface Golden {
  readonly layers: Readonly<Record<string, Answer>>;
  readonly losses: Readonly<
    Record<string, { readonly loss: readonly number[]; readonly gradient: readonly number[] }>
  >;
}

await testEngine();
const golden = JSON.parse(readFileSync('test/golden/pytorch/layers.json', 'utf8')) as Golden;

/** Differences of summation order and of the driver's exp and log in f32. */
const TOLERANCE = 2e-5;

type Build = () => nn.Module & { forward(x: Tensor): Tensor | readonly [Tensor, ...unknown[]] };

const LAYERS: Readonly<Record<string, readonly [build: Build, shape: readonly number[], classes?: number]>> =
  {
    Linear: [() => new nn.Linear(7, 5), [3, 7]],
    'Linear without bias, 3 dimensions': [() => new nn.Linear(6, 9, { bias: false }), [2, 3, 6]],
    Conv2d: [() => new nn.Conv2d(3, 5, 3), [2, 3, 7, 6]],
    'Conv2d padded and strided': [() => new nn.Conv2d(4, 6, 3, { stride: 2, padding: 1 }), [2, 4, 9, 8]],
    'Conv2d dilated': [() => new nn.Conv2d(2, 3, 3, { dilation: 2, padding: 2 }), [1, 2, 8, 8]],
    'Conv2d grouped': [() => new nn.Conv2d(4, 8, 3, { groups: 2, padding: 1 }), [2, 4, 5, 5]],
    'Conv2d depthwise': [() => new nn.Conv2d(4, 4, 3, { groups: 4, padding: 'same' }), [2, 4, 5, 5]],
    'Conv2d 1x1 without bias': [() => new nn.Conv2d(8, 4, 1, { bias: false }), [2, 8, 3, 5]],
    Conv1d: [() => new nn.Conv1d(3, 4, 3, { padding: 1 }), [2, 3, 9]],
    MaxPool2d: [() => new nn.MaxPool2d(2), [2, 3, 7, 6]],
    'MaxPool2d overlapping': [() => new nn.MaxPool2d(3, { stride: 2, padding: 1 }), [2, 3, 8, 7]],
    AvgPool2d: [() => new nn.AvgPool2d(2), [2, 3, 6, 6]],
    AdaptiveAvgPool2d: [() => new nn.AdaptiveAvgPool2d(1), [2, 3, 5, 7]],
    GELU: [() => new nn.GELU(), [5, 9]],
    'GELU tanh': [() => new nn.GELU({ approximate: 'tanh' }), [5, 9]],
    SiLU: [() => new nn.SiLU(), [5, 9]],
    ELU: [() => new nn.ELU(), [5, 9]],
    Softplus: [() => new nn.Softplus(), [5, 9]],
  };

for (const [name, [build, shape, classes]] of Object.entries(LAYERS))
  test(`${name} answers as PyTorch's`, async () => {
    const answer = golden.layers[name] as Answer;
    const layer = build();
    const parameters = layer.namedParameters().sort(([a], [b]) => (a < b ? -1 : 1));
    layer.loadStateDict(
      Object.fromEntries(
        parameters.map(([path, p], i) => [path, { shape: p.shape, data: fill(p.shape, 100 + i, 0.5) }]),
      ),
      { strict: false },
    );
    const x =
      classes === undefined
        ? tensor(fill(shape, 1, 1.5), { shape, requiresGrad: true })
        : tensor(whole(shape, 1, classes), { shape });
    const result = layer.forward(x);
    const output = Array.isArray(result) ? (result[0] as Tensor) : (result as Tensor);
    assert.deepEqual(output.shape, answer.shape);
    output.backward({ gradient: tensor(fill(output.shape, 999), { shape: output.shape }) });
    assertClose(await output.data(), answer.output, TOLERANCE, 'output');
    if (x.grad)
      assertClose(
        await x.grad.data(),
        answer.inputGradients[0] as readonly number[],
        TOLERANCE,
        'input gradient',
      );
    assert.deepEqual(parameters.map(([path]) => path), Object.keys(answer.parameterGradients)); // prettier-ignore
    for (const [path, parameter] of parameters)
      assertClose(
        (await parameter.grad?.data()) ?? [],
        answer.parameterGradients[path] as readonly number[],
        TOLERANCE,
        path,
      );
    const buffers = Object.fromEntries(layer.namedBuffers());
    for (const [path, values] of Object.entries(answer.buffers))
      assertClose(await (buffers[path] as Tensor).data(), values, TOLERANCE, path);
  });

interface Loss {
  forward(x: Tensor, y: Tensor): Tensor;
}

const unit = (shape: readonly number[], seed: number): Float32Array => fill(shape, seed, 0.45, 0.5);
const real = (shape: readonly number[], seed: number): Float32Array => fill(shape, seed, 1.5);
const nineClasses = (shape: readonly number[], seed: number): Int32Array => whole(shape.slice(0, 1), seed, 9);
const fiveClasses = (shape: readonly number[], seed: number): Int32Array => whole(shape.slice(0, 1), seed, 5);
type Make = (shape: readonly number[], seed: number) => Float32Array | Int32Array;

const LOSSES: Readonly<
  Record<string, readonly [loss: () => Loss, shape: readonly number[], given: Make, wanted: Make]>
> = {
  CrossEntropyLoss: [() => new nn.CrossEntropyLoss(), [6, 9], real, nineClasses],
  'CrossEntropyLoss smoothed': [
    () => new nn.CrossEntropyLoss({ labelSmoothing: 0.1 }),
    [6, 9],
    real,
    nineClasses,
  ],
  'CrossEntropyLoss ignoring a class': [
    () => new nn.CrossEntropyLoss({ ignoreIndex: 3 }),
    [16, 5],
    real,
    fiveClasses,
  ],
  'CrossEntropyLoss summed': [() => new nn.CrossEntropyLoss({ reduction: 'sum' }), [6, 9], real, nineClasses],
  NLLLoss: [() => new nn.NLLLoss(), [6, 9], real, nineClasses],
  MSELoss: [() => new nn.MSELoss(), [4, 5], real, real],
  L1Loss: [() => new nn.L1Loss(), [4, 5], real, real],
  SmoothL1Loss: [() => new nn.SmoothL1Loss(), [4, 5], real, real],
  HuberLoss: [() => new nn.HuberLoss({ delta: 0.5 }), [4, 5], real, real],
  BCEWithLogitsLoss: [() => new nn.BCEWithLogitsLoss(), [4, 5], real, unit],
  BCELoss: [() => new nn.BCELoss(), [4, 5], unit, unit],
  KLDivLoss: [() => new nn.KLDivLoss({ reduction: 'batchmean' }), [4, 5], real, unit],
};

for (const [name, [build, shape, given, wanted]] of Object.entries(LOSSES))
  test(`${name} answers as PyTorch's`, async () => {
    const answer = golden.losses[name] as { loss: readonly number[]; gradient: readonly number[] };
    const x = tensor(given(shape, 1), { shape, requiresGrad: true });
    const targets = wanted(shape, 2);
    const loss = build().forward(
      x,
      tensor(targets, { shape: targets.length === shape[0] ? [targets.length] : shape }),
    );
    loss.backward();
    assertClose([await loss.item()], answer.loss, TOLERANCE, 'loss');
    assertClose((await x.grad?.data()) ?? [], answer.gradient, TOLERANCE, 'gradient');
  });
