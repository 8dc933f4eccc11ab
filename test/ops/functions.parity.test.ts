/** Tensor operations and losses against PyTorch, forward and backward. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as nn from '../../src/nn/index.ts';
import { einsum } from '../../src/tensor/einsum.ts';
import * as joining from '../../src/tensor/joining.ts';
import { Tensor } from '../../src/tensor/tensor.ts';
import { testEngine } from '../support/device.ts';
import { assertSame, goldens, tensorOf, type Drawn, type Stored } from '../support/golden.ts';

interface FunctionCase {
  readonly title: string;
  readonly function: string;
  readonly arguments: readonly never[];
  readonly inputs: readonly Drawn[];
  /** Inputs that are whole numbers, and inputs without a gradient. */
  readonly integers?: readonly number[];
  readonly constants?: readonly number[];
  readonly mask?: Drawn;
  readonly outputs: readonly Stored[];
  readonly cotangents?: readonly Drawn[];
  readonly inputGradients?: readonly (Stored | null)[];
}

/**
 * Differences allowed, as a share of the largest value. A software adapter's exp, log and tanh are good to some 1e-6, and
 * WGSL allows no less on a real one.
 */
const FORWARD = 1e-5;
const BACKWARD = 2e-5;

type Call = (inputs: readonly Tensor[], parameters: readonly never[], golden: FunctionCase) => unknown;

/** What a golden's name stands for, where it is not a tensor's method of that name with those arguments. */
const CALLS: Readonly<Record<string, Call>> = {
  geluTanh: ([x]) => x?.gelu('tanh'),
  powNumber: ([x], [exponent]) => x?.pow(exponent),
  sumAll: ([x]) => x?.sum(),
  meanAll: ([x]) => x?.mean(),
  amax: ([x], [dim, keep]) => x?.max(dim, keep),
  amin: ([x], [dim, keep]) => x?.min(dim, keep),
  var: ([x], [dim, keepDim]) => x?.var(dim, { keepDim }),
  transpose: ([x], [a, b]) => x?.transpose(a, b),
  permute: ([x], [order]) => x?.permute(...(order as number[])),
  expand: ([x], [shape]) => x?.expand(...(shape as number[])),
  cat: (inputs, [dim]) => joining.cat(inputs, dim),
  stack: (inputs, [dim]) => joining.stack(inputs, dim),
  indexSelect: ([x, index], [dim]) => method(x, 'indexSelect', dim, index),
  gather: ([x, index], [dim]) => method(x, 'gather', dim, index),
  where: ([condition, a, b]) => joined('where', condition?.gt(0), a, b),
  einsum: (inputs, [equation]) => einsum(equation as unknown as string, ...inputs),
  attention: ([q, k, v], [options]) => functional('scaledDotProductAttention', q, k, v, options ?? {}),
  attentionMasked: ([q, k, v], _, { mask }) =>
    functional('scaledDotProductAttention', q, k, v, { attnMask: tensorOf(mask as Drawn) }),
};

class Missing extends Error {}

function method(x: Tensor | undefined, name: string, ...parameters: readonly unknown[]): unknown {
  const found = (x as unknown as Record<string, unknown>)[name];
  if (typeof found !== 'function') throw new Missing(`a tensor has no method ${name}`);
  return found.apply(x, parameters);
}

function joined(name: string, ...parameters: readonly unknown[]): unknown {
  const found = (joining as Record<string, unknown>)[name];
  if (typeof found !== 'function') throw new Missing(`there is no ${name}`);
  return found(...parameters);
}

function functional(name: string, ...parameters: readonly unknown[]): unknown {
  const found = (nn as { functional?: Record<string, unknown> }).functional?.[name];
  if (typeof found !== 'function') throw new Missing(`there is no nn.functional.${name}`);
  return found(...parameters);
}

function call(golden: FunctionCase, inputs: readonly Tensor[]): unknown {
  const { function: name, arguments: parameters } = golden;
  const special = CALLS[name];
  if (special) return special(inputs, parameters, golden);
  if (!name.endsWith('Loss')) return method(inputs[0], name, ...inputs.slice(1), ...parameters);
  const Loss = (nn as Record<string, unknown>)[name] as new (...options: never[]) => {
    forward(...inputs: unknown[]): Tensor;
  };
  if (!Loss) throw new Missing(`nn.${name} does not exist`);
  return new Loss(...parameters).forward(...inputs);
}

await testEngine();

for (const group of ['elementwise', 'reductions', 'matrices', 'shapes', 'scaled-attention', 'losses'])
  describe(`${group} equal PyTorch's`, () => {
    for (const golden of goldens<FunctionCase>(group))
      it(golden.title, (t) => check(golden, (reason) => t.skip(reason)));
  });

async function check(golden: FunctionCase, skip: (reason: string) => void): Promise<void> {
  const inputs = golden.inputs.map((drawn, i) => tensorOf(drawn, golden.integers?.includes(i)).keep());
  for (const [i, input] of inputs.entries())
    if (golden.cotangents && input.dtype === 'f32' && !golden.constants?.includes(i)) input.requiresGrad_();
  let result: unknown;
  try {
    result = call(golden, inputs);
  } catch (error) {
    if (error instanceof Missing) return skip(error.message);
    throw error;
  }
  const outputs = (Array.isArray(result) ? result : [result]) as Tensor[];
  assert.equal(outputs.length, golden.outputs.length, 'number of outputs');
  for (const [i, stored] of golden.outputs.entries())
    await assertSame(outputs[i] as Tensor, stored, FORWARD, `output ${i}`);
  for (const [i, drawn] of (golden.cotangents ?? []).entries())
    outputs[i]?.backward({ gradient: tensorOf(drawn), retainGraph: true });
  for (const [i, stored] of (golden.inputGradients ?? []).entries())
    if (stored) await assertSame(inputs[i]?.grad as Tensor, stored, BACKWARD, `gradient of input ${i}`);
}
