/** Tensor operations and losses against PyTorch, forward and backward. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as nn from '../../src/nn/index.ts';
import {
  Bernoulli,
  Categorical,
  klDivergence,
  Normal,
  type LogitsOrProbs,
} from '../../src/nn/distributions/index.ts';
import { tensor } from '../../src/tensor/creation.ts';
import { einsum } from '../../src/tensor/einsum.ts';
import { cat, cdist, stack, where } from '../../src/tensor/joining.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { testEngine } from '../support/device.ts';
import {
  assertSame,
  goldens,
  optionsOf,
  parityLine,
  tensorOf,
  type Drawn,
  type Stored,
} from '../support/golden.ts';

interface FunctionCase {
  readonly title: string;
  readonly function: string;
  readonly arguments: readonly unknown[];
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

type Call = (inputs: readonly Tensor[], parameters: readonly unknown[], golden: FunctionCase) => unknown;

/** What a golden's name stands for, where it is not a tensor's method of that name with those arguments. */
const CALLS: Readonly<Record<string, Call>> = {
  geluTanh: ([x]) => x?.gelu('tanh'),
  powNumber: ([x], [exponent]) => x?.pow(exponent as number),
  sumAll: ([x]) => x?.sum(),
  meanAll: ([x]) => x?.mean(),
  amax: ([x], [dim, keep]) => x?.max(dim as number, keep as boolean),
  amin: ([x], [dim, keep]) => x?.min(dim as number, keep as boolean),
  var: ([x], [dim, keepDim]) => x?.var(dim as number, { keepDim: keepDim as boolean }),
  permute: ([x], [order]) => x?.permute(...(order as number[])),
  expand: ([x], [shape]) => x?.expand(...(shape as number[])),
  cat: (inputs, [dim]) => cat(inputs, dim as number),
  stack: (inputs, [dim]) => stack(inputs, dim as number),
  indexSelect: ([x, index], [dim]) => x?.indexSelect(dim as number, index as Tensor),
  gather: ([x, index], [dim]) => x?.gather(dim as number, index as Tensor),
  scatter: ([x, index, source], [dim]) => x?.scatter(dim as number, index as Tensor, source as Tensor),
  scatterAdd: ([x, index, source], [dim]) => x?.scatterAdd(dim as number, index as Tensor, source as Tensor),
  indexAdd: ([x, index, source], [dim]) => x?.indexAdd(dim as number, index as Tensor, source as Tensor),
  norm: ([x], [p, dim]) => x?.norm(p === 'inf' ? Infinity : (p as number), dim as number),
  sort: ([x], parameters) => x?.sort(...(parameters as [number]))[0],
  topk: ([x], parameters) => x?.topk(...(parameters as [number]))[0],
  median: ([x], [dim]) => x?.median(dim as number)[0],
  maskedFill: ([x], [value]) => x?.maskedFill(x.gt(0.5), value as number),
  squeezed: ([x]) => x?.squeeze(1).unsqueeze(-1),
  where: ([condition, a, b]) => where(condition?.gt(0) as Tensor, a as Tensor, b as Tensor),
  einsum: (inputs, [equation]) => einsum(equation as string, ...inputs),
  normalize: ([x]) => nn.functional.normalize(x as Tensor),
  cosineSimilarity: ([a, b]) => nn.functional.cosineSimilarity(a as Tensor, b as Tensor),
  pairwiseDistance: ([a, b]) => nn.functional.pairwiseDistance(a as Tensor, b as Tensor),
  cdist: ([a, b], [p]) => cdist(a as Tensor, b as Tensor, p as number),
  logProb: ([x], [name, values]) => {
    const shape = name === 'categorical' ? [4] : [4, 5];
    return distribution(name, { logits: x as Tensor }).logProb(tensor(values as number[]).reshape(shape));
  },
  entropy: ([x], [name]) => distribution(name, { logits: x as Tensor }).entropy(),
  entropyOfProbs: ([x], [name]) => distribution(name, { probs: x as Tensor }).entropy(),
  klDivergence: ([a, b], [name]) =>
    klDivergence(distribution(name, { logits: a as Tensor }), distribution(name, { logits: b as Tensor })),
  normalLogProb: ([x, m, s]) => new Normal(m as Tensor, s as Tensor).logProb(x as Tensor),
  normalEntropy: ([m, s]) => new Normal(m as Tensor, s as Tensor).entropy(),
  normalKl: ([a, b, s, t]) =>
    klDivergence(new Normal(a as Tensor, s as Tensor), new Normal(b as Tensor, t as Tensor)),
  padMode: ([x], [around, mode]) => nn.functional.pad(x as Tensor, around as number[], mode as 'reflect'),
  interpolate: ([x], [options]) => nn.functional.interpolate(x as Tensor, options as { scaleFactor: number }),
  attention: (inputs, [options]) => attend(inputs, (options ?? {}) as Attending),
  attentionMasked: (inputs, _, { mask }) => attend(inputs, { attnMask: tensorOf(mask as Drawn) }),
};

const distribution = (name: unknown, given: LogitsOrProbs): Categorical | Bernoulli =>
  name === 'categorical' ? new Categorical(given) : new Bernoulli(given);

type Attending = NonNullable<Parameters<typeof nn.functional.scaledDotProductAttention>[3]>;

function attend(inputs: readonly Tensor[], options: Attending): Tensor {
  const [q, k, v] = inputs as [Tensor, Tensor, Tensor];
  return nn.functional.scaledDotProductAttention(q, k, v, options);
}

type Method = (this: Tensor | undefined, ...parameters: readonly unknown[]) => unknown;
type Loss = new (...options: readonly unknown[]) => { forward(...inputs: readonly unknown[]): Tensor };

function call(golden: FunctionCase, inputs: readonly Tensor[]): unknown {
  const { function: name, arguments: parameters } = golden;
  const special = CALLS[name];
  if (special) return special([...inputs], [...parameters] as never as [never, never], golden);
  const [x, ...others] = inputs;
  if (!name.endsWith('Loss'))
    return (x as unknown as Record<string, Method>)[name]?.call(x, ...others, ...parameters);
  return new ((nn as Record<string, unknown>)[name] as Loss)(...parameters.map(optionsOf)).forward(...inputs);
}

await testEngine();

for (const group of [
  'functional',
  'elementwise',
  'reductions',
  'matrices',
  'shapes',
  'scaled-attention',
  'losses',
])
  describe(`${group} equal PyTorch's`, () => {
    for (const golden of goldens<FunctionCase>(group))
      it(golden.title, async (t) => t.diagnostic(await check(golden)));
  });

/** @returns its line of the parity table. */
async function check(golden: FunctionCase): Promise<string> {
  const inputs = golden.inputs.map((drawn, i) => tensorOf(drawn, golden.integers?.includes(i)).keep());
  for (const [i, input] of inputs.entries())
    if (golden.cotangents && input.dtype === 'f32' && !golden.constants?.includes(i)) input.requiresGrad_();
  const result = call(golden, inputs);
  const outputs = (Array.isArray(result) ? result : [result]) as Tensor[];
  assert.equal(outputs.length, golden.outputs.length, 'number of outputs');
  let forward = 0;
  for (const [i, stored] of golden.outputs.entries())
    forward = Math.max(forward, await assertSame(outputs[i] as Tensor, stored, FORWARD, `output ${i}`));
  if (!golden.cotangents) return parityLine(golden.title, forward, null);
  for (const [i, drawn] of golden.cotangents.entries())
    outputs[i]?.backward({ gradient: tensorOf(drawn), retainGraph: true });
  let backward = 0;
  for (const [i, stored] of (golden.inputGradients ?? []).entries())
    if (stored)
      backward = Math.max(
        backward,
        await assertSame(inputs[i]?.grad as Tensor, stored, BACKWARD, `gradient of input ${i}`),
      );
  return parityLine(golden.title, forward, backward);
}
