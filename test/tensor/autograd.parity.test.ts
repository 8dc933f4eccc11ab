/** Gradients of gradients against PyTorch. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as nn from '../../src/nn/index.ts';
import { tensor } from '../../src/tensor/creation.ts';
import { noGrad } from '../../src/tensor/grad-mode.ts';
import { grad } from '../../src/tensor/grad.ts';
import { cat } from '../../src/tensor/joining.ts';
import { batchNorm } from '../../src/ops/batch-norm.ts';
import { embedding } from '../../src/ops/embedding.ts';
import { layerNorm } from '../../src/ops/layer-norm.ts';
import type { Op } from '../../src/ops/op.ts';
import { apply1 } from '../../src/tensor/tape.ts';
import { Tensor } from '../../src/tensor/tensor.ts';
import { manualSeed } from '../../src/tensor/random.ts';
import { randn } from '../../src/tensor/random-creation.ts';
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

const norm = <A>(op: Op<A>, inputs: readonly Tensor[], attributes: A): Tensor =>
  new Tensor(
    apply1(
      op,
      inputs.map(({ value }) => value),
      attributes,
    ),
  );

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
  'layer norm': (x, w, b) => norm(layerNorm, [x!, w!, b!], { dims: 2 }).pow(3).sum(),
  'root mean square norm': (x, w) => norm(layerNorm, [x!, w!], { kind: 'rms' }).pow(3).sum(),
  'group norm': (x, w, b) =>
    new nn.GroupNorm(2, 4, { affine: false })
      .forward(x!)
      .mul(w!.reshape(-1, 1, 1))
      .add(b!.reshape(-1, 1, 1))
      .pow(3)
      .sum(),
  'batch norm': (x, w, b) => norm(batchNorm, [x!, w!, b!], { training: true }).pow(3).sum(),
  'batch norm that is fixed': (x, w, b) =>
    norm(batchNorm, [x!, w!, b!, tensor([0.2, -0.1, 0.3]), tensor([1.5, 0.5, 2])], { training: false })
      .pow(3)
      .sum(),
  attention: (q, k, v) =>
    F.scaledDotProductAttention(q!, k!, v!, { isCausal: true })
      .pow(3)
      .sum()
      .add(F.scaledDotProductAttention(q!, k!, v!).square().sum()),
  classes: (x) => {
    const target = tensor(Int32Array.of(2, 0, -100, 1));
    const each = F.crossEntropy(x!, target, { reduction: 'none' });
    return F.crossEntropy(x!, target, { labelSmoothing: 0.1 })
      .square()
      .add(F.crossEntropy(x!, target, { reduction: 'sum' }).exp())
      .add(each.pow(3).sum());
  },
  pooled: (x) =>
    F.maxPool2d(x!, 3, { stride: 2, padding: 1 })
      .pow(3)
      .sum()
      .add(F.maxPool2d(x!, 2).square().sum())
      .add(F.avgPool2d(x!, [3, 2], { stride: 2, padding: 1, countIncludePad: false }).pow(3).sum()),
  'looked up': (w) =>
    new Tensor(
      apply1(embedding, [w!.value, tensor([[0, 2, 1], [2, 2, 3]]).int().value], { tableShape: w!.shape, paddingIndex: 1 }), // prettier-ignore
    )
      .pow(3)
      .sum(),
  'spread out': (x, y) => {
    const index = tensor([[0, 1, 2, 0], [2, 0, 1, 2]]).int(); // prettier-ignore
    return x!
      .scatterAdd(0, index, y!)
      .pow(3)
      .sum()
      .add(x!.cumsum(1).pow(3).sum())
      .add(
        x!
          .scatter(0, index.narrow(0, 0, 1), y!.narrow(0, 0, 1))
          .square()
          .sum(),
      );
  },
  'channels last': (x, w, b) => F.conv2d(x!, w!, b!, { padding: 1, layout: 'nhwc' }).pow(3).sum(),
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

it('a penalty on the gradient of a critic with convolutions, norms and pools changes its parameters as finite differences say', async () => {
  manualSeed(3);
  const critic = new nn.Sequential(
    new nn.Conv2d(1, 4, 3, { padding: 1 }),
    new nn.GroupNorm(2, 4),
    new nn.LeakyReLU(0.2),
    new nn.AvgPool2d(2),
    new nn.Conv2d(4, 4, 3, { padding: 1 }),
    new nn.BatchNorm2d(4),
    new nn.SiLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.LayerNorm(16),
    new nn.Linear(16, 1),
  );
  const images = randn([4, 1, 8, 8]).requiresGrad_();
  const penalty = (): Tensor => {
    const [slope] = grad(critic.forward(images).square().sum(), [images], { createGraph: true });
    return (slope as Tensor).flatten(1).norm(2, 1).sub(1).square().mean();
  };
  penalty().backward();
  const parameters = [...critic.parameters()];
  const direction = parameters.map((p) => randn(p.shape));
  const expected = await Promise.all(
    parameters.map((p, i) => (p.grad ? p.grad.mul(direction[i] as Tensor).sum().item() : 0)), // prettier-ignore
  );
  const along = async (step: number): Promise<number> => {
    noGrad(() => parameters.forEach((p, i) => p.copy_(p.add((direction[i] as Tensor).mul(step)))));
    const value = await penalty().item();
    noGrad(() => parameters.forEach((p, i) => p.copy_(p.sub((direction[i] as Tensor).mul(step)))));
    return value;
  };
  const slope = expected.reduce((sum, part) => sum + part, 0);
  const measured = ((await along(1e-3)) - (await along(-1e-3))) / 2e-3;
  assert.ok(
    Math.abs(slope) > 0.01 && Math.abs(slope - measured) < 0.02 * Math.abs(slope),
    `${slope} ${measured}`,
  );
});
