/** What a person is told when something is wrong: what, in which layer, at which line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine } from '../../src/gpu/engine.ts';
import * as nn from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';
import { tensor, zeros } from '../../src/tensor/creation.ts';
import { rand } from '../../src/tensor/random-creation.ts';
import { einsum } from '../../src/tensor/einsum.ts';
import { useEngine } from '../../src/tensor/engine.ts';
import { cat } from '../../src/tensor/joining.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { testEngine } from '../support/device.ts';

const engine = await testEngine();

/** The message names all of these, and a line of this file. */
const says =
  (...parts: readonly RegExp[]) =>
  (error: Error): boolean => {
    for (const part of [...parts, /errors\.test\.ts:\d+:\d+/]) assert.match(error.message, part);
    return true;
  };

class Net extends nn.Module {
  fc1 = new nn.Linear(8, 16);
  blocks = [new nn.Sequential(new nn.Linear(16, 4), new nn.ReLU(), new nn.Linear(5, 2))];
  override forward(x: Tensor): Tensor {
    return (this.blocks[0] as nn.Sequential).forward(this.fc1.forward(x));
  }
}

test('shapes that do not fit a layer name the layer by its path, its sizes and the line', () => {
  assert.throws(
    () => new Net().forward(rand([3, 9])),
    says(/ends in 9 features.*takes 8/, /in fc1 \(Linear\(8, 16\)\)/),
  );
  assert.throws(
    () => new Net().forward(rand([3, 8])),
    says(/ends in 4 features.*takes 5/, /in blocks\.0\.2 \(Linear\(5, 2\)\)/),
  );
  assert.throws(
    () => new nn.Conv2d(3, 8, 3).forward(rand([2, 4, 9, 9])),
    says(/4 channels/, /Conv2d\(3, 8, 3\)/),
  );
  assert.throws(
    () => new nn.LSTM(4, 8).forward(rand([5, 2, 3])),
    says(/\[5, 2, 3\]; expected \[time, batch, 4\]/),
  );
  assert.throws(() => new nn.BatchNorm2d(3).forward(rand([2, 4, 5, 5])), says(/has 4 channels, the layer 3/));
});

test('operations name themselves and the shapes', () => {
  assert.throws(
    () => rand([2, 3]).matmul(rand([4, 5])),
    says(/matmul: \[2, 3\] has 3 columns, \[4, 5\] has 4 rows/),
  );
  assert.throws(
    () => rand([2, 3]).reshape(4, 2),
    says(/\[4, 2\] does not hold the 6 elements of shape \[2, 3\]/),
  );
  assert.throws(
    () => cat([rand([2, 3]), rand([2, 4])]),
    says(/\[2, 4\] cannot follow f32 \[2, 3\] along dimension 0/),
  );
  assert.throws(() => rand([2, 3]).sum(2), says(/dimension 2 of a tensor with 2 dimensions/));
  assert.throws(() => rand([2, 3]).split([1, 1], 1), says(/parts of 1, 1 do not make up the 3 elements/));
  assert.throws(() => einsum('ij,jk->ik', rand([2, 3]), rand([4, 5])), says(/dimension j is 3 and 4/));
  assert.throws(() => tensor([[1, 2], [3]]), says(/unequal shapes: \[1\] beside \[2\]/));
  assert.throws(() => tensor([1, 2, 3], { shape: [2, 2] }), says(/3 values do not fill shape \[2, 2\]/));
});

test('a shape that is none, and a size that was forgotten, are named', () => {
  for (const make of [zeros, rand] as unknown as ((...sizes: unknown[]) => Tensor)[]) {
    assert.throws(() => make(3, 4), says(/a shape is an array of sizes, as \[3, 4\]; got 3/));
    assert.throws(
      () => make([3, undefined]),
      says(/sizes of a shape are whole numbers; got \[3, undefined\]/),
    );
    assert.throws(() => make([3, 1.5]), says(/got \[3, 1\.5\]/));
  }
  const Linear = nn.Linear as unknown as new (...sizes: unknown[]) => nn.Linear;
  assert.throws(() => new Linear(10), says(/got \[undefined, 10\]/));
  assert.throws(() => rand([2, 3, 4]).t(), says(/t\(\) transposes a matrix, not shape \[2, 3, 4\]/));
});

test('empty batches are refused', () => {
  const attention = new nn.MultiheadAttention(4, 2, { batchFirst: true });
  for (const empty of [
    () => new nn.Conv2d(1, 1, 3).forward(zeros([0, 1, 5, 5])),
    () => new nn.MaxPool2d(2).forward(zeros([0, 1, 4, 4])),
    () => new nn.LayerNorm(4).forward(zeros([0, 4])),
    () => new nn.BatchNorm1d(4).forward(zeros([0, 4])),
    () => new nn.LSTM(4, 2).forward(zeros([3, 0, 4])),
    () => new nn.Embedding(3, 2).forward(zeros([0], { dtype: 'i32' })),
    () => new nn.CrossEntropyLoss().forward(zeros([0, 3]), zeros([0], { dtype: 'i32' })),
    () => attention.forward(zeros([0, 3, 4])),
    () => zeros([0, 3]).softmax(),
    () => zeros([0, 3]).matmul(rand([3, 2])),
    () => zeros([0]).sum(),
    () => zeros([0]).sort(),
    () => zeros([0]).cumsum(0),
  ])
    assert.throws(
      empty,
      says(/an empty tensor of shape \[.*0.*\] cannot be computed with; drop empty batches/),
    );

  assert.throws(
    () => new nn.Linear(3, 2).forward(zeros([0, 3])),
    says(/empty tensor of shape \[0, 3\]/, /Linear\(3, 2\)/),
  );
});

test('types that do not go together are named', () => {
  const bytes = tensor(Uint8Array.of(1, 2));
  assert.throws(() => bytes.requiresGrad_(), says(/only f32 and f16 tensors can require gradients, not u8/));
  assert.throws(
    () => new nn.CrossEntropyLoss().forward(rand([2, 3]), rand([2])),
    says(/class numbers \(i32 or u32\), got f32/),
  );
  assert.throws(() => rand([2]).copy_(bytes), says(/copy_: u8 \[2\] into f32 \[2\]/));
  const half = rand([2, 3]).half();
  for (const mix of [
    () => new nn.Linear(3, 2).forward(half),
    () => half.matmul(rand([3, 2])),
    () => new nn.LayerNorm(3).forward(half),
    () => new nn.Conv2d(1, 1, 1).forward(rand([1, 1, 2, 2]).half()),
  ])
    assert.throws(mix, says(/f16 and f32 tensors .* do not go together; cast some of them/));
  assert.throws(
    () => new nn.Embedding(3, 2).forward(rand([2])),
    says(
      /embedding: the places are whole numbers \(i32 or u32\), got f32; use \.to\('i32'\)/,
      /Embedding\(3, 2\)/,
    ),
  );
  assert.throws(
    () => new nn.Linear(2, 2).forward(tensor(Int32Array.of(1, 2), { shape: [1, 2] })),
    says(/i32 values cannot be computed with; cast them to f32 first/, /Linear\(2, 2\)/),
  );
  assert.throws(
    () => tensor([1], { dtype: 'f64' as never }),
    says(/no element type f64; there are f32, i32/),
  );
});

test('an optimizer without gradients says what was forgotten', () => {
  const layer = new nn.Linear(2, 2);
  const optimizer = new optim.SGD(layer.parameters());
  assert.throws(() => optimizer.step(), says(/found no gradient: call loss\.backward\(\) before it/));
});

test('a gradient can be set only where it fits, and only leaves can be told to require one', () => {
  const x = rand([2], { requiresGrad: true });
  assert.throws(
    () => (x.grad = rand([3])),
    says(/gradient of shape \[3\] does not fit a tensor of shape \[2\]/),
  );
  assert.throws(() => x.mul(2).requiresGrad_(false), says(/only on a leaf/));
});

test('a state that does not fit names what is missing, unknown or of another shape', () => {
  const layer = new nn.Linear(2, 3);
  const weight = { shape: [3, 2], data: new Float32Array(6) };
  assert.throws(() => layer.loadStateDict({ weight, extra: weight }), says(/missing bias; unknown extra/));
  assert.throws(
    () => layer.loadStateDict({ weight: { shape: [2, 3], data: new Float32Array(6) } }, { strict: false }),
    says(/weight has shape \[3, 2\] in the model and \[2, 3\] in the state/),
  );
});

test('a state that was not awaited, and a table that is none, are named', async () => {
  const layer = new nn.Linear(2, 3);
  const pending = layer.stateDict();
  assert.throws(() => layer.loadStateDict(pending as never), says(/got a promise.*await them/));
  assert.throws(
    () => nn.Embedding.fromPretrained(rand([3])),
    says(/a table \[rows, features\], not shape \[3\]/),
  );
  const bag = new nn.EmbeddingBag(5, 2, { mode: 'max' });
  const numbers = tensor(Int32Array.of(1, 2));
  assert.throws(() => bag.forward(numbers), says(/not \[2\] without offsets/));
  assert.throws(() => bag.forward(numbers, [0]), says(/'max' takes bags of equal sizes/));
  await pending;
});

test('use after dispose(), and backward() of what has no graph or is not one number, are named', () => {
  const x = rand([2]);
  x.dispose();
  assert.throws(() => x.add(1), says(/tensor \[2\] made by tensor was released by dispose\(\)/));
  assert.throws(
    () => rand([2]).sum().backward(),
    says(/does not require a gradient: nothing it was made from/),
  );
  const y = rand([2], { requiresGrad: true });
  assert.throws(
    () => y.mul(2).backward(),
    says(/needs a tensor of one element, and this one has shape \[2\]/),
  );
  const loss = y.exp().sum();
  loss.backward();
  assert.throws(() => loss.backward(), says(/reached \w+ a second time.*retainGraph: true/s));
});

test('recurrent layers and sequences name the shapes they were given', () => {
  assert.throws(
    () => new nn.LSTM(4, 2).forward(rand([3, 2, 4]), [rand([1, 3, 2]), rand([1, 2, 2])]),
    says(
      /has shape \[1, 3, 2\]; expected \[layers \* directions, batch, hidden\] \[1, 2, 2\]/,
      /LSTM\(4, 2\)/,
    ),
  );
  assert.throws(
    () => new nn.LSTM(4, 3, { projSize: 2 }).forward(rand([3, 2, 4]), [rand([1, 2, 3]), rand([1, 2, 3])]),
    says(/has shape \[1, 2, 3\]; expected \[layers \* directions, batch, projected\] \[1, 2, 2\]/),
  );
  assert.throws(
    () => new nn.LSTM(4, 2, { projSize: 2 }),
    says(/projSize must be from 0 to below the hidden size of 2, not 2/),
  );
  assert.throws(
    () => new nn.Conv1d(2, 4, 3).forward(rand([3, 5, 6])),
    says(/conv1d: the input \[3, 5, 6\] has 5 channels, the weight \[4, 2, 3\] takes 2/),
  );
});

test('item() of several elements is refused', async () => {
  await assert.rejects(rand([2]).item(), says(/one element; this one has shape \[2\]/));
});

test('what a forward pass made and did not return is gone, and the message says where it was', () => {
  let inner: Tensor | undefined;
  class Leaky extends nn.Module {
    fc = new nn.Linear(2, 2);
    kept: Tensor | null = null;
    override forward(x: Tensor): Tensor {
      inner = this.fc.forward(x);
      this.kept = inner.mul(2);
      return inner.relu();
    }
  }
  const model = new Leaky();
  model.forward(rand([1, 2]));
  assert.throws(
    () => inner?.add(1),
    says(/made by linear was released when forward\(\) of Leaky returned; call \.keep\(\)/),
  );
  model.kept?.add(1);
});

test('a tensor of another device is refused', async () => {
  const x = rand([2]);
  const other = await openEngine();
  useEngine(other);
  try {
    assert.throws(() => x.add(1), says(/tensor \[2\] made by tensor lives on another GPU device/));
  } finally {
    useEngine(engine);
    other.dispose();
  }
});
