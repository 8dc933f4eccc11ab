/** Gradients of gradients against PyTorch. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as nn from '../../src/nn/index.ts';
import { tensor } from '../../src/tensor/creation.ts';
import { grad } from '../../src/tensor/grad.ts';
import { cat } from '../../src/tensor/joining.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { testEngine } from '../support/device.ts';
import { assertSame, goldens, tensorOf, type Drawn, type Stored } from '../support/golden.ts';

interface SecondOrderCase {
  readonly title: string;
  readonly inputs: readonly Drawn[];
  readonly slopes: readonly Stored[];
  readonly cotangents: readonly Drawn[];
  readonly curves: readonly (Stored | null)[];
}

const F = nn.functional;
const INDEX = [[0, 2], [4, 1], [3, 3], [1, 0]]; // prettier-ignore

/** The expressions of second_order.py. */
const EXPRESSIONS: Readonly<Record<string, (...inputs: Tensor[]) => Tensor>> = {
  dense: (x, w, b, v) =>
    F.linear(F.linear(x!, w!, b!).tanh(), v!)
      .square()
      .sum(),
  chained: (x) =>
    x!.exp().mul(x!.log()).add(x!.sqrt().div(x!.sin())).add(x!.pow(3).mul(x!.cos())).sub(x!.rsqrt().mul(x!.reciprocal()))
      .add(tensor(2).div(x!).log1p()).add(x!.clamp(0.5, 1).square()).sum(), // prettier-ignore
  activated: (x) =>
    x!.sigmoid().mul(x!.softplus()).add(x!.silu().mul(x!.gelu())).add(x!.leakyRelu(0.2).square()).add(x!.elu().mul(x!.erf()))
      .add(x!.relu().pow(3)).sum(), // prettier-ignore
  softmax: (x, y) => x!.softmax().mul(y!.logSoftmax()).sum(),
  convolution: (x, w, b) =>
    F.conv2d(x!, w!, b!, { stride: [2, 1], padding: [1, 0] })
      .tanh()
      .sum(),
  dilated: (x, w) => F.conv2d(x!, w!, null, { dilation: 2, padding: 1 }).pow(3).sum(),
  transposed: (x, w) =>
    F.convTranspose2d(x!, w!, null, { stride: 2, padding: 1, outputPadding: 1 }).square().sum(),
  product: (a, b) => a!.matmul(b!).sigmoid().sum(),
  broadcast: (a, b) => a!.div(b!).mul(a!).sub(b!.pow(a!)).sum(),
  penalty: (x) => x!.norm(2, 1).sub(1).square().mean(),
  shuffled: (x) => {
    const part = cat([x!.slice(1, 0, 4, 2), x!.flip(0).slice(1, 1, 3)], 1)
      .t()
      .reshape(2, 2, -1);
    return part.pad([1, 0, 0, 2]).mul(part.sum()).pow(3).sum();
  },
  picked: (x) => {
    const some = x!.gather(1, tensor(INDEX).int()).square().sum(1).mul(x!.max(1)).sum();
    return some.add(x!.square().where(x!.gt(0), x!.pow(3)).sum());
  },
  variance: (x) => x!.var(1).log().sum().add(x!.maximum(x!.square()).mean()),
};

await testEngine();

describe("gradients of gradients equal PyTorch's", () => {
  for (const golden of goldens<SecondOrderCase>('second-order'))
    it(golden.title, async () => {
      const inputs = golden.inputs.map((drawn) => tensorOf(drawn).requiresGrad_());
      const compute = EXPRESSIONS[golden.title];
      assert.ok(compute);
      const slopes = grad(compute(...inputs), inputs, { createGraph: true });
      for (const [i, stored] of golden.slopes.entries())
        await assertSame(slopes[i] as Tensor, stored, 1e-5, `slope ${i}`);
      const total = slopes.map((slope, i) => slope.mul(tensorOf(golden.cotangents[i] as Drawn)).sum());
      const curves = grad(total, inputs, { materializeGrads: true });
      for (const [i, stored] of golden.curves.entries())
        if (stored) await assertSame(curves[i] as Tensor, stored, 3e-5, `curve ${i}`);
    });
});
