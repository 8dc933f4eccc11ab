/** Mistakes that a script makes easily: each is refused where it is made, with what to do instead. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TensorDataset } from '../../src/data/index.ts';
import * as nn from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';
import { tensor, zeros } from '../../src/tensor/creation.ts';
import { testEngine } from '../support/device.ts';

await testEngine();

const layer = new nn.Linear(2, 2);
const image = zeros([1, 3, 8, 8]);
/** What a script without types may pass. */
const any = (value: unknown): never => value as never;

const MISTAKES: readonly [what: string, run: () => unknown, message: RegExp][] = [
  ['a text for a size', () => new nn.Linear(any('3'), 4), /whole numbers; got \[4, '3'\]/],
  ['a text in a tensor', () => tensor(any([1, 'a'])), /takes numbers.*got 'a' within an array/],
  ['no values', () => tensor(any(undefined)), /takes numbers.*got undefined/],
  ['a text as operand', () => zeros([2]).add(any('1')), /a tensor or a number; got '1'/],
  ['nothing as operand', () => zeros([2]).mul(any(null)), /a tensor or a number; got null/],
  [
    'a text for a stride',
    () => new nn.Conv2d(3, 4, 3, { stride: any('2') }).forward(image),
    /stride of a window is a whole number of at least 1, or two of them, not '2' and '2'.*\n.*in Conv2d/,
  ],
  ['a stride of 0', () => new nn.Conv2d(3, 4, 3, { stride: 0 }).forward(image), /stride .* not 0 and 0/],
  [
    'negative padding',
    () => new nn.Conv2d(3, 4, 3, { padding: -1 }).forward(image),
    /padding .* at least 0.* not -1/,
  ],
  [
    'a function among layers',
    () => new nn.Sequential(layer, any(nn.functional.relu)),
    /the function or class relu; make a layer/,
  ],
  [
    'a class among layers',
    () => new nn.Sequential(any(nn.ReLU)),
    /the function or class ReLU; make a layer of it/,
  ],
  ['columns one by one', () => new TensorDataset(any(zeros([4, 2]))), /takes an array of tensors/],
  [
    'a rate that is no number',
    () => new optim.SGD(layer.parameters(), { lr: NaN }),
    /learning rate .* not NaN/,
  ],
  [
    'a rate as text',
    () => new optim.SGD(layer.parameters(), { lr: any('0.1') }),
    /learning rate .* not '0.1'/,
  ],
  [
    'negative momentum',
    () => new optim.SGD(layer.parameters(), { lr: 1, momentum: -1 }),
    /momentum .* not -1/,
  ],
  [
    'decay that is no number',
    () => new optim.AdamW(layer.parameters(), { weightDecay: NaN }),
    /weightDecay .* not NaN/,
  ],
  [
    'a beta above 1',
    () => new optim.Adam(layer.parameters(), { betas: [1.2, 0.9] }),
    /betas\[0\] .* not 1.2/,
  ],
  ['a layer for its parameters', () => new optim.SGD(any(layer), { lr: 1 }), /as model\.parameters\(\)/],
  ['a call left out', () => new optim.SGD(any(layer.parameters), { lr: 1 }), /as model\.parameters\(\)/],
  ['tensors for parameters', () => new optim.SGD(any([zeros([2])]), { lr: 1 }), /new nn\.Parameter\(x\)/],
  [
    'a number for the options of a schedule',
    () => new optim.StepLR(new optim.SGD(layer.parameters(), { lr: 1 }), any(3)),
    /StepLR takes \{ stepSize \}.*got undefined/,
  ],
];

for (const [what, run, message] of MISTAKES)
  test(`${what} is refused with what to do`, () => {
    assert.throws(run, (error: Error) => error.name === 'TensorError' && message.test(error.message));
  });
