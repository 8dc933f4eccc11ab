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
  BatchNorm2d: (layout) => new nn.BatchNorm2d(4, { layout }),
};

const SHAPE = [2, 4, 9, 7];
const last = (x: Tensor): Tensor => (x.ndim === 4 ? x.permute(0, 2, 3, 1) : x);
const first = (x: Tensor): Tensor => (x.ndim === 4 ? x.permute(0, 3, 1, 2) : x);

for (const [name, make] of Object.entries(LAYERS))
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
