/** The two layouts of images give the same numbers: channels last is the same computation on permuted memory. */
import { test } from 'node:test';
import * as nn from '../../src/nn/index.ts';
import { tensor } from '../../src/tensor/creation.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { assertClose } from '../support/close.ts';
import { testEngine } from '../support/device.ts';
import { fill } from '../support/fill.ts';

await testEngine();

type Layout = 'nchw' | 'nhwc';
type ImageLayer = nn.Module & { forward(x: Tensor): Tensor };

const LAYERS: Readonly<Record<string, (layout: Layout) => ImageLayer>> = {
  'Conv2d 3x3': (layout) => new nn.Conv2d(4, 8, 3, { padding: 1, layout }),
  'Conv2d of odd channels, strided': (layout) => new nn.Conv2d(4, 5, [3, 2], { stride: [2, 1], layout }),
  'Conv2d grouped': (layout) => new nn.Conv2d(4, 6, 3, { groups: 2, layout }),
  'Conv2d dilated, without bias': (layout) =>
    new nn.Conv2d(4, 4, 3, { dilation: 2, padding: 2, bias: false, layout }),
  ConvTranspose2d: (layout) =>
    new nn.ConvTranspose2d(4, 3, 3, { stride: 2, padding: 1, outputPadding: 1, layout }),
  MaxPool2d: (layout) => new nn.MaxPool2d(3, { stride: 2, padding: 1, layout }),
  AvgPool2d: (layout) => new nn.AvgPool2d(2, { layout }),
  'AdaptiveAvgPool2d uneven': (layout) => new nn.AdaptiveAvgPool2d([3, 2], { layout }),
  'AdaptiveAvgPool2d even': (layout) => new nn.AdaptiveAvgPool2d([3, 1], { layout }),
  'AdaptiveMaxPool2d uneven': (layout) => new nn.AdaptiveMaxPool2d([3, 2], { layout }),
  'MaxPool2d beyond the edge': (layout) => new nn.MaxPool2d(2, { ceilMode: true, layout }),
  'Conv2d of the same size': (layout) => new nn.Conv2d(4, 3, 4, { padding: 'same', layout }),
  'Conv2d padded by reflection': (layout) =>
    new nn.Conv2d(4, 3, 3, { padding: 1, paddingMode: 'reflect', layout }),
  BatchNorm2d: (layout) => new nn.BatchNorm2d(4, { layout }),
  GroupNorm: (layout) => new nn.GroupNorm(2, 4, { layout }),
};

/** Layers of sequences. */
const ROWS: Readonly<Record<string, (layout: Layout) => ImageLayer>> = {
  Conv1d: (layout) => new nn.Conv1d(4, 6, 3, { padding: 1, stride: 2, groups: 2, layout }),
  'Conv1d of the same length': (layout) => new nn.Conv1d(4, 3, 4, { padding: 'same', layout }),
  ConvTranspose1d: (layout) => new nn.ConvTranspose1d(4, 3, 3, { stride: 2, layout }),
  MaxPool1d: (layout) => new nn.MaxPool1d(3, { stride: 2, padding: 1, layout }),
  AvgPool1d: (layout) => new nn.AvgPool1d(2, { layout }),
  AdaptiveAvgPool1d: (layout) => new nn.AdaptiveAvgPool1d(4, { layout }),
  BatchNorm1d: (layout) => new nn.BatchNorm1d(4, { layout }),
};

const last = (x: Tensor): Tensor => (x.ndim > 2 ? x.movedim(1, -1) : x);
const first = (x: Tensor): Tensor => (x.ndim > 2 ? x.movedim(-1, 1) : x);

const cases = [
  ...Object.entries(LAYERS).map(([name, make]) => [name, make, [2, 4, 9, 7]] as const),
  ...Object.entries(ROWS).map(([name, make]) => [name, make, [3, 4, 9]] as const),
];

test('a weight [in, out] gives what a weight [out, in] does', async () => {
  for (const [inputs, outputs, rows] of [[7, 5, 3], [1, 1, 1], [33, 31, 65], [64, 128, 16]] as const) {
    const plain = new nn.Linear(inputs, outputs);
    const other = new nn.Linear(inputs, outputs, { weightLayout: 'in-out' });
    other.weight.copy_(plain.weight.detach().T);
    other.bias?.copy_((plain.bias as Tensor).detach());
    const x = tensor(fill([rows, inputs], 1), { shape: [rows, inputs], requiresGrad: true });
    const y = x.detach().requiresGrad_();
    const gradient = tensor(fill([rows, outputs], 2), { shape: [rows, outputs] });
    const [a, b] = [plain.forward(x), other.forward(y)];
    a.backward({ gradient });
    b.backward({ gradient });
    assertClose(await b.data(), await a.data(), 1e-5, 'output');
    assertClose(await (y.grad as Tensor).data(), await (x.grad as Tensor).data(), 1e-5, 'input gradient');
    assertClose(await (other.weight.grad as Tensor).T.data(), await (plain.weight.grad as Tensor).data(), 1e-5, 'weight gradient');
    assertClose((await (other.bias as nn.Parameter).grad?.data()) ?? [], (await (plain.bias as nn.Parameter).grad?.data()) ?? [0], 1e-5, 'bias gradient');
  }
}); // prettier-ignore

for (const [name, make, SHAPE] of cases)
  test(`${name} gives the same in both layouts`, async () => {
    const [plain, other] = [make('nchw'), make('nhwc')];
    const mirrored = new Map(other.namedParameters());
    for (const [key, parameter] of plain.namedParameters())
      mirrored.get(key)?.copy_(last(parameter.detach()));
    const x = tensor(fill(SHAPE, 1), { shape: SHAPE, requiresGrad: true });
    const y = last(x.detach()).requiresGrad_();
    const [a, b] = [plain.forward(x), other.forward(y)];
    const gradient = tensor(fill(a.shape, 2), { shape: a.shape });
    a.backward({ gradient });
    b.backward({ gradient: last(gradient) });
    assertClose(await first(b).data(), await a.data(), 1e-5, 'output');
    assertClose(
      await first(y.grad as Tensor).data(),
      await (x.grad as Tensor).data(),
      1e-5,
      'input gradient',
    );
    for (const [key, parameter] of plain.namedParameters())
      assertClose(
        await first(mirrored.get(key)?.grad as Tensor).data(),
        await (parameter.grad as Tensor).data(),
        1e-5,
        key,
      );
  });
