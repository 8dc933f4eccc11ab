/** Containers, names of parameters, states: what a module knows of what it holds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as nn from '../../src/nn/index.ts';
import { ones, tensor, zeros } from '../../src/tensor/creation.ts';
import { manualSeed } from '../../src/tensor/random.ts';
import { rand } from '../../src/tensor/random-creation.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { testEngine } from '../support/device.ts';

await testEngine();

test('containers are indexed, grown and named by place or name', () => {
  const list = new nn.ModuleList<nn.Layer>([new nn.Linear(2, 2)])
    .append(new nn.ReLU())
    .extend([new nn.Tanh()]);
  assert.equal(list.length, 3);
  assert.ok(list.at(-1) instanceof nn.Tanh);
  assert.throws(() => list.at(3), /ModuleList of 3 has nothing at 3/);
  assert.deepEqual(list.namedParameters().map(([name]) => name), ['0.weight', '0.bias']); // prettier-ignore
  const sequence = new nn.Sequential(new nn.Linear(2, 3)).append(new nn.ReLU());
  assert.equal(sequence.length, 2);
  assert.ok(sequence.at(1) instanceof nn.ReLU);
  const heads = new nn.ModuleDict({ small: new nn.Linear(2, 1) }).set('large', new nn.Linear(2, 9));
  assert.deepEqual([...heads.get('large').forward(rand([1, 2])).shape], [1, 9]);
  assert.ok(heads.has('small') && !heads.has('huge'));
  assert.throws(() => heads.get('huge'), /ModuleDict has no 'huge'; there are small, large/);
  assert.deepEqual(heads.namedParameters().map(([name]) => name), ['small.weight', 'small.bias', 'large.weight', 'large.bias']); // prettier-ignore
  assert.throws(() => list.forward(), /a ModuleList is not called/);
});

test('parameters are found as properties, in arrays and in lists', () => {
  class Net extends nn.Module {
    scale = new nn.Parameter(ones([2]));
    gates = [new nn.Parameter(ones([1])), new nn.Parameter(zeros([1]))];
    list = new nn.ParameterList([new nn.Parameter(ones([3]))]);
    blocks = [new nn.Linear(2, 2, { bias: false })];
    override forward(x: Tensor): Tensor {
      return x.mul(this.scale).mul(this.list.at(0).sum());
    }
  }
  const names = new Net().namedParameters().map(([name]) => name);
  assert.deepEqual(names, ['scale', 'gates.0', 'gates.1', 'list.0', 'blocks.0.weight']);
});

test('a weight with two names is trained once, saved under both, and loaded from either', async () => {
  class Tied extends nn.Module {
    embed = new nn.Embedding(5, 3);
    head = new nn.Linear(3, 5, { bias: false });
    constructor() {
      super();
      Object.assign(this.head, { weight: this.embed.weight });
    }
    override forward(x: Tensor): Tensor {
      return this.head.forward(this.embed.forward(x));
    }
  }
  const model = new Tied();
  assert.equal(model.parameters().length, 1);
  const state = await model.stateDict();
  assert.deepEqual(Object.keys(state), ['embed.weight', 'head.weight']);
  const { 'head.weight': alone } = state;
  const other = new Tied();
  other.loadStateDict({ 'head.weight': alone as nn.StateEntry });
  assert.deepEqual(await other.embed.weight.data(), alone?.data);
});

test('a state of another type is converted, and of all shapes that do not fit each is named', async () => {
  const layer = new nn.Linear(2, 1);
  layer.loadStateDict({
    weight: { shape: [1, 2], data: Int32Array.of(3, -4) },
    bias: { shape: [1], data: Uint8Array.of(7) },
  });
  assert.deepEqual(await layer.weight.data(), Float32Array.of(3, -4));
  const wrong = { shape: [9], data: new Float32Array(9) };
  assert.throws(
    () => layer.loadStateDict({ weight: wrong, bias: wrong }),
    /weight has shape \[1, 2\] in the model and \[9\] in the state; bias has shape \[1\]/,
  );
  layer.loadStateDict({ weight: { shape: [1, 2], data: Float32Array.of(1, 2) } }, { strict: false });
  assert.deepEqual(await layer.bias?.data(), Float32Array.of(7));
});

test('initial values have the spread their formulas say', async () => {
  manualSeed(1);
  const weight = new nn.Parameter(zeros([64, 50, 3]));
  const spread = async (): Promise<{ most: number; deviation: number }> => {
    const values = (await weight.data()) as Float32Array;
    const squares = values.reduce((sum, value) => sum + value * value, 0);
    return {
      most: values.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
      deviation: Math.sqrt(squares / values.length),
    };
  };
  const [fanIn, fanOut] = [150, 192];
  nn.init.xavierUniform_(weight, 2);
  assert.ok(near((await spread()).most, 2 * Math.sqrt(6 / (fanIn + fanOut)), 0.01));
  nn.init.xavierNormal_(weight);
  assert.ok(near((await spread()).deviation, Math.sqrt(2 / (fanIn + fanOut)), 0.03));
  nn.init.kaimingUniform_(weight, { nonlinearity: 'relu' });
  assert.ok(near((await spread()).most, Math.sqrt(6 / fanIn), 0.01));
  nn.init.kaimingNormal_(weight, { mode: 'fanOut', a: 1 });
  assert.ok(near((await spread()).deviation, Math.sqrt(1 / fanOut), 0.03));
  nn.init.truncNormal_(weight, 0, 1, -0.5, 0.5);
  assert.ok((await spread()).most <= 0.5);
  nn.init.constant_(weight, 3);
  assert.deepEqual(await spread(), { most: 3, deviation: 3 });
  assert.ok(weight.requiresGrad && weight.isLeaf);
  assert.equal(nn.init.calculateGain('tanh'), 5 / 3);
});

test('an orthogonal matrix has rows, or columns, at right angles', async () => {
  for (const shape of [[4, 9], [9, 4], [5, 5]] as const) {
    const matrix = nn.init.orthogonal_(zeros(shape));
    const product = shape[0] <= shape[1] ? matrix.matmul(matrix.T) : matrix.T.matmul(matrix);
    const values = await product.data();
    const n = Math.min(...shape);
    values.forEach((value, at) => assert.ok(near(value, Math.floor(at / n) === at % n ? 1 : 0, 1e-5)));
  }
}); // prettier-ignore

test('batch normalization refuses to train on one value a channel', () => {
  assert.throws(
    () => new nn.BatchNorm1d(3).forward(rand([1, 3])),
    /\[1, 3\] has one value a channel, which has no variance to train with/,
  );
  new nn.BatchNorm1d(3).eval().forward(rand([1, 3]));
});

test('rotary positions keep lengths, and products depend on distances alone', async () => {
  const rotary = new nn.RotaryPositionalEmbeddings(8, { maxSeqLen: 16 });
  const same = rand([8]).expand(1, 10, 1, 8);
  const turned = rotary.forward(same).squeeze(0).squeeze(1);
  const lengths = (await turned.norm(2, 1).data()) as Float32Array;
  assert.ok(lengths.every((length) => near(length, lengths[0] as number, 1e-4)));
  const products = (await turned.matmul(turned.T).toArray()) as number[][];
  assert.ok(near(products[0]?.[3] as number, products[5]?.[8] as number, 1e-4));
  assert.throws(() => rotary.forward(rand([1, 17, 1, 8])), /at most 16 places/);
});

test('an encoder is its layers in turn, with both masks, and its last normalization', async () => {
  const encoder = new nn.TransformerEncoder(
    () => new nn.TransformerEncoderLayer(8, 2, 16, { batchFirst: true, dropout: 0 }), 2, new nn.LayerNorm(8),
  );
  const [first, second] = [...encoder.layers] as [nn.TransformerEncoderLayer, nn.TransformerEncoderLayer];
  assert.notEqual(first.linear1.weight, second.linear1.weight);
  const x = rand([2, 4, 8]);
  const mask = ones([4, 4]).triu(1).bool();
  const padding = tensor([[false, false, false, false], [false, false, true, true]]);
  const call = { srcMask: mask, srcKeyPaddingMask: padding };
  const wanted = (encoder.norm as nn.LayerNorm).forward(second.forward(first.forward(x, call), call));
  const got = encoder.forward(x, { mask, srcKeyPaddingMask: padding });
  assert.deepEqual(await got.data(), await wanted.data());
  const causal = encoder.forward(x, { isCausal: true, srcKeyPaddingMask: padding });
  const values = (await causal.data()) as Float32Array;
  (await got.data()).forEach((value, i) => assert.ok(near(value, values[i] as number, 1e-5)));
}); // prettier-ignore

test('a decoder is its layers in turn, and a stack wants a function that makes them', async () => {
  const decoder = new nn.TransformerDecoder(
    () => new nn.TransformerDecoderLayer(8, 2, { dimFeedforward: 16, batchFirst: true, dropout: 0 }), 2, new nn.LayerNorm(8),
  );
  const [first, second] = [...decoder.layers] as [nn.TransformerDecoderLayer, nn.TransformerDecoderLayer];
  const [x, memory] = [rand([2, 4, 8]), rand([2, 3, 8])];
  const call = { tgtMask: nn.Transformer.generateSquareSubsequentMask(4) };
  const wanted = (decoder.norm as nn.LayerNorm).forward(second.forward(first.forward(x, memory, call), memory, call));
  assert.deepEqual(await decoder.forward(x, memory, call).data(), await wanted.data());
  const causal = (await decoder.forward(x, memory, { tgtIsCausal: true }).data()) as Float32Array;
  (await wanted.data()).forEach((value, i) => assert.ok(near(value, causal[i] as number, 1e-5)));
  assert.throws(() => new nn.TransformerDecoder(first as never, 2), /TransformerDecoder takes a function that makes a layer.*\(\) => new TransformerDecoderLayer/);
}); // prettier-ignore

test('positions are sines and cosines of growing wavelengths', async () => {
  const encoding = new nn.PositionalEncoding(6, { dropout: 0, maxLength: 40 });
  const values = (await encoding
    .forward(zeros([1, 33, 6]))
    .squeeze(0)
    .toArray()) as number[][];
  for (const [place, row] of values.entries())
    for (const [feature, value] of row.entries()) {
      const angle = place / 10_000 ** ((feature - (feature % 2)) / 6);
      assert.ok(near(value, feature % 2 === 0 ? Math.sin(angle) : Math.cos(angle), 1e-6));
    }
});

test('dropout leaves its share, scaled so that the sum stays, and in evaluation everything', async () => {
  manualSeed(4);
  const dropout = new nn.Dropout(0.3);
  const x = ones([10_000]).requiresGrad_();
  const y = dropout.forward(x);
  const values = (await y.data()) as Float32Array;
  const kept = values.filter((value) => value !== 0);
  assert.ok(kept.every((value) => near(value, 1 / 0.7, 1e-6)));
  assert.ok(kept.length > 6800 && kept.length < 7200, String(kept.length));
  y.sum().backward();
  assert.deepEqual(await x.grad?.data(), values);
  assert.equal(dropout.eval().forward(x), x);
});

test('classes that come last are told where they belong', () => {
  assert.throws(
    () => nn.functional.crossEntropy(rand([2, 7, 5]), tensor(new Int32Array(14), { shape: [2, 7] })),
    /take one class number a place, \[2, 5\], and the targets are \[2, 7\]\. Classes are dimension 1.*scores\.flatten\(0, -2\)/,
  );
  assert.throws(
    () => nn.functional.mseLoss(rand([4, 1]), rand([4])),
    /predictions \[4, 1\] and targets \[4\] have different shapes/,
  );
});

const near = (value: number, wanted: number, tolerance: number): boolean =>
  Math.abs(value - wanted) <= tolerance * Math.max(1, Math.abs(wanted));

test('dropout of channels drops whole ones, in either layout and without a batch', async () => {
  manualSeed(3);
  for (const [layer, shape, channels] of [
    [new nn.Dropout2d(0.4), [50, 20, 3, 4], 1],
    [new nn.Dropout2d(0.4, { layout: 'nhwc' }), [50, 3, 4, 20], 3],
    [new nn.Dropout1d(0.4), [50, 20, 6], 1],
    [new nn.Dropout2d(0.4), [1000, 3, 4], 0],
  ] as const) {
    const y = layer.forward(ones(shape));
    assert.deepEqual([...y.shape], [...shape]);
    const rows = shape.length === 3 && channels === 0 ? y.flatten(1) : y.movedim(channels, 1).flatten(2).flatten(0, 1); // prettier-ignore
    const [least, most] = await Promise.all([rows.min(1).data(), rows.max(1).data()]);
    const kept = most.filter((value) => Math.abs(value - 1 / 0.6) < 1e-6).length / 1000;
    assert.ok(Math.abs(kept - 0.6) < 0.05, `kept ${kept}`);
    assert.deepEqual(least, most, 'a channel is kept or dropped as a whole');
    assert.equal(layer.eval().forward(y), y);
  }
});

test('every module inside a module is found', () => {
  const model = new nn.Sequential(new nn.Linear(2, 3), new nn.ModuleList([new nn.ReLU()]) as never);
  assert.deepEqual(model.modules().map(({ constructor }) => constructor.name), ['Sequential', 'Linear', 'ModuleList', 'ReLU']); // prettier-ignore
});

test('batch normalization without a momentum keeps the mean of all batches, and counts them in its state', async () => {
  const layer = new nn.BatchNorm1d(3, { momentum: null });
  const batches = [1, 2, 3].map((seed) => {
    manualSeed(seed);
    return rand([8, 3]).mul(seed).keep();
  });
  for (const batch of batches) layer.forward(batch);
  const [mean, variance] = await Promise.all([
    Promise.all(batches.map(async (batch) => batch.mean(0).data())),
    Promise.all(batches.map(async (batch) => batch.var(0).data())),
  ]);
  const average = (each: readonly ArrayLike<number>[], i: number): number =>
    each.reduce((sum, values) => sum + (values[i] as number), 0) / 3;
  const state = await layer.stateDict();
  for (let i = 0; i < 3; i++) {
    assert.ok(Math.abs((state['running_mean']?.data[i] as number) - average(mean, i)) < 1e-5);
    assert.ok(Math.abs((state['running_var']?.data[i] as number) - average(variance, i)) < 1e-5);
  }
  assert.equal(state['num_batches_tracked']?.data[0], 3);
  const again = new nn.BatchNorm1d(3, { momentum: null });
  again.loadStateDict(state);
  again.forward(batches[0] as Tensor);
  assert.equal((await again.stateDict())['num_batches_tracked']?.data[0], 4);
  layer.eval().forward(batches[0] as Tensor);
  assert.equal((await layer.stateDict())['num_batches_tracked']?.data[0], 3);
});

test('a table of given vectors is frozen unless it is to be trained, and padding has no part in a bag', async () => {
  const table = tensor([[1, 2], [3, 4], [5, 9]]); // prettier-ignore
  const frozen = nn.Embedding.fromPretrained(table);
  assert.equal(frozen.weight.requiresGrad, false);
  assert.deepEqual(await frozen.forward(tensor(Int32Array.of(1))).toArray(), [[3, 4]]);
  assert.equal(nn.Embedding.fromPretrained(table, { freeze: false }).weight.requiresGrad, true);
  for (const [mode, equal, apart] of [
    ['mean', [[2, 3], [3, 4]], [[2, 3], [0, 0], [3, 4]]],
    ['sum', [[4, 6], [3, 4]], [[4, 6], [0, 0], [3, 4]]],
  ] as const) {
    const bag = new nn.EmbeddingBag(3, 2, { mode, paddingIdx: 2 });
    bag.weight.copy_(table);
    assert.deepEqual(await bag.forward(tensor([[0, 1], [1, 2]]).int()).toArray(), equal);
    assert.deepEqual(await bag.forward(tensor(Int32Array.of(0, 2, 1, 1)), [0, 3, 3]).toArray(), apart);
  }
}); // prettier-ignore
