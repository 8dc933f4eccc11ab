/** Every layer against PyTorch: outputs, gradients of inputs and parameters, running statistics. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as nn from '../../src/nn/index.ts';
import type { Module } from '../../src/nn/index.ts';
import { rnn } from '../../src/nn/utils.ts';
import { Tensor } from '../../src/tensor/tensor.ts';
import { testEngine } from '../support/device.ts';
import {
  assertSame,
  goldens,
  numbersOf,
  optionsOf,
  parityLine,
  tensorOf,
  type Drawn,
  type Stored,
} from '../support/golden.ts';

interface LayerCase {
  readonly title: string;
  readonly layer: string;
  readonly arguments: readonly unknown[];
  readonly train: boolean;
  readonly forward?: Readonly<Record<string, unknown>>;
  /** Of the sequences of the first input, which are packed. */
  readonly lengths?: readonly number[];
  readonly inputs: readonly Drawn[];
  readonly state: Readonly<Record<string, Drawn>>;
  readonly outputs: readonly Stored[];
  readonly cotangents?: readonly Drawn[];
  readonly inputGradients?: readonly (Stored | null)[];
  readonly gradients?: Readonly<Record<string, Stored>>;
  readonly buffers?: Readonly<Record<string, Stored>>;
}

/** Differences allowed, as a share of the largest value: float32 sums of up to a thousand terms against float64. */
const FORWARD = 1e-5;
const BACKWARD = 2e-5;

await testEngine();

for (const group of [
  'dense',
  'convolutions',
  'pools',
  'activations',
  'norms',
  'resizing',
  'recurrent',
  'attention',
])
  describe(`${group} equal PyTorch's`, () => {
    for (const golden of goldens<LayerCase>(group))
      it(golden.title, async (t) => t.diagnostic(await check(golden)));
  });

/** @returns its line of the parity table. */
async function check(golden: LayerCase): Promise<string> {
  const Layer = (nn as Record<string, unknown>)[golden.layer] as
    | (new (...args: unknown[]) => Module)
    | undefined;
  assert.ok(Layer, `nn.${golden.layer} exists`);
  const layer = new Layer(...golden.arguments).train(golden.train);
  layer.loadStateDict(
    Object.fromEntries(
      Object.entries(golden.state).map(([name, drawn]) => [
        name,
        { shape: drawn.shape, data: numbersOf(drawn) },
      ]),
    ),
  );
  const inputs = golden.inputs.map((drawn) => tensorOf(drawn).keep());
  for (const input of inputs) if (input.dtype === 'f32') input.requiresGrad_();
  const run = layer.forward as (...args: unknown[]) => unknown;
  // A recurrent layer takes the states it starts from as one argument.
  const [x, ...states] = inputs as [Tensor, ...Tensor[]];
  const first = golden.lengths ? rnn.packPaddedSequence(x, golden.lengths, { batchFirst: true }) : x;
  const given = [first, ...(golden.layer.startsWith('LSTM') && states.length === 2 ? [states] : states)];
  const outputs = flat(run(...given, ...(golden.forward ? [optionsOf(golden.forward)] : [])));

  assert.equal(outputs.length, golden.outputs.length, 'number of outputs');
  let forward = 0;
  for (const [i, output] of outputs.entries())
    forward = Math.max(
      forward,
      await assertSame(output, golden.outputs[i] as Stored, FORWARD, `output ${i}`),
    );
  const buffers = new Map(layer.namedBuffers());
  for (const [name, stored] of Object.entries(golden.buffers ?? {}))
    forward = Math.max(forward, await assertSame(buffers.get(name) as Tensor, stored, FORWARD, name));
  if (!golden.cotangents) return parityLine(golden.title, forward, null);

  for (const [i, drawn] of golden.cotangents.entries())
    outputs[i]?.backward({ gradient: tensorOf(drawn), retainGraph: true });
  const parameters = new Map(layer.namedParameters());
  const gradients = [
    ...(golden.inputGradients ?? []).map((stored, i) => [`input ${i}`, inputs[i]?.grad, stored] as const),
    ...Object.entries(golden.gradients ?? {}).map(
      ([name, stored]) => [name, parameters.get(name)?.grad, stored] as const,
    ),
  ];
  let backward = 0;
  for (const [name, actual, stored] of gradients)
    if (stored)
      backward = Math.max(
        backward,
        await assertSame(actual as Tensor, stored, BACKWARD, `gradient of ${name}`),
      );
  return parityLine(golden.title, forward, backward);
}

/** LSTM returns [output, [h, c]]; attention [output, null]. */
function flat(result: unknown): Tensor[] {
  if (result instanceof Tensor) return [result];
  if (typeof result === 'object' && result !== null && 'padded' in result)
    return [rnn.padPackedSequence(result as rnn.PackedSequence, { batchFirst: true })[0]];
  return Array.isArray(result) ? result.flatMap(flat) : [];
}
