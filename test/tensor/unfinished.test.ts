/** An activation behind a convolution or a linear layer: one kernel does both, and nothing else can tell. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as nn from '../../src/nn/index.ts';
import { SGD } from '../../src/optim/index.ts';
import { annotations } from '../../src/probe/annotate.ts';
import { noGrad } from '../../src/tensor/grad-mode.ts';
import { manualSeed } from '../../src/tensor/random.ts';
import { randn } from '../../src/tensor/random-creation.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { testEngine } from '../support/device.ts';

const engine = await testEngine();

/** A model of what a test says it is. */
class Model extends nn.Module {
  readonly conv: nn.Conv2d;
  readonly fc = new nn.Linear(6, 4);
  readonly #body: (model: Model, x: Tensor) => Tensor;

  constructor(body: (model: Model, x: Tensor) => Tensor, layout: 'nchw' | 'nhwc' = 'nchw') {
    super();
    this.conv = new nn.Conv2d(2, 3, 3, { padding: 1, layout });
    this.#body = body;
  }

  override forward(x: Tensor): Tensor {
    return this.#body(this, x);
  }
}

interface Launched {
  readonly kernel: string;
  readonly layer: string | undefined;
  readonly phase: string;
}

/** What `body` launches, and for whom. */
function launchesOf(body: () => unknown): Launched[] {
  const launched: Launched[] = [];
  const launch = engine.launch.bind(engine);
  engine.launch = (planned, ...rest) => {
    launched.push({ kernel: planned.note.kernel, layer: annotations.layer?.path, phase: annotations.phase });
    launch(planned, ...rest);
  };
  try {
    body();
  } finally {
    engine.launch = launch;
  }
  return launched;
}

const kernelsOf = (body: () => unknown): string[] => launchesOf(body).map(({ kernel }) => kernel);

/** Loss and gradients of a model, and of the same computed outside of any module, where nothing waits. */
async function bothWays(
  model: Model,
  body: (model: Model, x: Tensor) => Tensor,
  x: Tensor,
): Promise<[number[], number[]]> {
  const all = async (run: () => Tensor): Promise<number[]> => {
    model.zeroGrad();
    const y = run();
    y.square().sum().backward();
    const grads = model.parameters().flatMap(({ grad }) => (grad ? [grad] : []));
    return (await Promise.all([y, ...grads].map((each) => each.data()))).flatMap((values) => [...values]);
  };
  return [await all(() => model.forward(x)), await all(() => body(model, x))];
}

const image = (layout: string): Tensor => {
  manualSeed(3);
  return randn(layout === 'nchw' ? [2, 2, 6, 6] : [2, 6, 6, 2]);
};

for (const layout of ['nchw', 'nhwc'] as const)
  for (const kind of ['relu', 'sigmoid', 'tanh'] as const)
    test(`${kind} is applied as a convolution and a linear layer in ${layout} store, with the same gradients`, async () => {
      const body = (model: Model, x: Tensor): Tensor => {
        const h = model.conv.forward(x)[kind]().reshape(-1, 6);
        return model.fc.forward(h)[kind]();
      };
      const model = new Model(body, layout);
      const x = image(layout);
      model.forward(x);
      const kernels = kernelsOf(() => model.forward(x));
      assert.ok(!kernels.some((kernel) => kernel.startsWith(`${kind}/`)), kernels.join());
      assert.equal(kernels.filter((kernel) => kernel.includes(`-${kind}/`)).length, 2, kernels.join());
      const [inside, outside] = await bothWays(model, body, x);
      assert.deepEqual(inside, outside);
    });

test('the work is that of the layer that began it, its gradient that of where the activation is', () => {
  const model = new Model((self, x) => self.conv.forward(x).relu());
  const x = image('nchw');
  let y: Tensor | undefined;
  const forward = launchesOf(() => (y = model.forward(x)));
  assert.ok(forward.length > 0);
  for (const { layer, phase } of forward) assert.deepEqual([layer, phase], ['conv', 'forward']);
  const backward = launchesOf(() => y?.sum().backward()).filter(({ phase }) => phase === 'backward');
  assert.equal(backward.find(({ kernel }) => kernel.startsWith('relu-grad'))?.layer, model.path);
  assert.ok(backward.some(({ kernel, layer }) => kernel.startsWith('conv2d-weight') && layer === 'conv'));
});

test('what comes before an activation can be used too', async () => {
  const body = (model: Model, x: Tensor): Tensor => {
    const h = model.conv.forward(x);
    return h.relu().add(h);
  };
  const model = new Model(body);
  const x = image('nchw');
  const [inside, outside] = await bothWays(model, body, x);
  assert.deepEqual(inside, outside);
  // The layer has learned that it gains nothing by waiting.
  const products = kernelsOf(() => model.forward(x)).filter((kernel) => kernel.startsWith('conv2d/'));
  assert.equal(products.length, 1);
});

test('an activation whose gradient needs what comes before it waits for that, except where there is no gradient', () => {
  const model = new Model((self, x) => self.conv.forward(x).gelu());
  const x = image('nchw');
  assert.ok(kernelsOf(() => model.forward(x)).some((kernel) => kernel.startsWith('gelu/')));
  noGrad(() => {
    assert.ok(!kernelsOf(() => model.forward(x)).some((kernel) => kernel.startsWith('gelu/')));
  });
});

test('a result is computed before what it is made from changes', async () => {
  for (const change of [
    ({ conv }: Model) => conv.weight.zero_(),
    ({ conv }: Model) => conv.bias?.fill_(7),
    (_: Model, x: Tensor) => x.mul_(2),
    ({ conv }: Model) =>
      conv.loadStateDict(
        { weight: { shape: conv.weight.shape, data: new Float32Array(54) } },
        { strict: false },
      ),
  ]) {
    const model = new Model((self, x) => {
      const h = self.conv.forward(x);
      const active = h.relu();
      noGrad(() => change(self, x));
      return active.add(h);
    });
    const expected = await noGrad(() => {
      const h = model.conv.forward(image('nchw'));
      return h.relu().add(h);
    }).data();
    const x = image('nchw');
    assert.deepEqual(await noGrad(() => model.forward(x)).data(), expected);
  }
});

test('an optimizer in the middle of a forward pass finds nothing waiting', async () => {
  const model = new Model((self, x) => {
    const h = self.conv.forward(x);
    h.relu().sum().backward();
    optimizer.step();
    return h;
  });
  const optimizer = new SGD(model.conv.parameters(), { lr: 1 });
  const expected = await model.conv.forward(image('nchw')).data();
  assert.deepEqual(await model.forward(image('nchw')).data(), expected);
});

test('what is not used is not computed, and what is returned or kept is', async () => {
  const x = image('nchw');
  let kept: Tensor | undefined;
  const model = new Model((self, given) => {
    self.conv.forward(given);
    kept = self.conv.forward(given).keep();
    return self.conv.forward(given);
  });
  const once = kernelsOf(() => model.conv.forward(x)).length;
  let y: Tensor | undefined;
  assert.equal(kernelsOf(() => (y = model.forward(x))).length, 2 * once);
  assert.deepEqual(await kept?.data(), await y?.data());
});

test('memory is given back, whether a result was computed or not', () => {
  const model = new Model((self, x) => {
    self.conv.forward(x);
    const h = self.conv.forward(x);
    return h.relu().add(h);
  });
  const x = image('nchw');
  const run = (): unknown => noGrad(() => model.forward(x).dispose());
  run();
  const before = engine.stats.liveBytes;
  run();
  assert.equal(engine.stats.liveBytes, before);
});

test('a convolution or a linear layer that does not fit fails where it is called', () => {
  const model = new Model((self, x) => {
    assert.throws(() => self.conv.forward(x), /conv2d: the input \[2, 3, 6, 6\] \(nchw\) has 3 channels/);
    assert.throws(() => self.fc.forward(x.int()), /i32 values cannot be computed with/);
    return x;
  });
  model.forward(randn([2, 3, 6, 6]));
});
