/** Optimizers, schedules and gradient clipping against PyTorch. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Parameter, utils } from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';
import { tensor } from '../../src/tensor/creation.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { testEngine } from '../support/device.ts';
import { assertSame, goldens, tensorOf, type Drawn, type Stored } from '../support/golden.ts';

type Options = Readonly<Record<string, unknown>>;

interface OptimizerCase {
  readonly title: string;
  readonly optimizer: string;
  readonly options: Options;
  /** Parameters by their numbers, with options of their own. */
  readonly groups?: readonly (Options & { readonly params: readonly number[] })[];
  readonly parameters: readonly Drawn[];
  readonly gradients: readonly (readonly Drawn[])[];
  readonly steps: number;
  readonly after: Readonly<Record<string, readonly Stored[]>>;
}

interface ScheduleCase {
  readonly title: string;
  readonly schedule: string;
  readonly lr: number;
  readonly options: Options;
  readonly rates: readonly number[];
  /** Where they change too. */
  readonly momenta?: readonly number[];
  /** Schedules that follow each other. */
  readonly parts?: readonly { readonly schedule: string; readonly options: Options }[];
  /** What a schedule watches. */
  readonly figures?: readonly number[];
}

interface ClippingCase {
  readonly title: string;
  readonly clip: number;
  readonly parameters: readonly Drawn[];
  readonly gradients: readonly Drawn[];
  readonly norm: number;
  readonly clipped: readonly Stored[];
}

type Made = { step(): void; zeroGrad(): void; readonly paramGroups: { lr: number }[] };
type Maker = new (...inputs: unknown[]) => Made;
type Schedule = new (optimizer: optim.SGD, options: Options) => optim.LRScheduler | optim.ReduceLROnPlateau;

/** Differences allowed after six float32 updates, as a share of the largest parameter. */
const TOLERANCE = 2e-6;

await testEngine();

const named = (name: string): unknown => (optim as Record<string, unknown>)[name];

/** Gives each parameter its gradient by a backward pass: the gradient of sum(p * g) in p is g. */
function giveGradients(parameters: readonly Parameter[], gradients: readonly Drawn[]): void {
  parameters.forEach((parameter, i) =>
    parameter
      .mul(tensorOf(gradients[i] as Drawn))
      .sum()
      .backward(),
  );
}

describe('optimizers equal PyTorch', () => {
  for (const golden of goldens<OptimizerCase>('optimizers'))
    it(golden.title, async () => {
      const parameters = golden.parameters.map((drawn) => new Parameter(tensorOf(drawn)));
      const target =
        golden.groups?.map((group) => ({ ...group, params: group.params.map((i) => parameters[i]) })) ??
        parameters;
      const optimizer = new (named(golden.optimizer) as Maker)(target, golden.options);
      for (let step = 0; step < golden.steps; step++) {
        optimizer.zeroGrad();
        giveGradients(parameters, golden.gradients[step] ?? []);
        optimizer.step();
        for (const [i, stored] of (golden.after[step] ?? []).entries())
          await assertSame(
            parameters[i] as Parameter,
            stored,
            TOLERANCE,
            `parameter ${i} after step ${step + 1}`,
          );
      }
    });
});

describe('learning rates equal PyTorch', () => {
  for (const golden of goldens<ScheduleCase>('schedules'))
    it(golden.title, () => {
      const optimizer = new optim.SGD([new Parameter(tensor([0]))], { lr: golden.lr, momentum: 0.9 });
      const make = (name: string, options: Options) => new (named(name) as Schedule)(optimizer, options);
      const parts = golden.parts?.map((part) => make(part.schedule, part.options) as optim.LRScheduler);
      const schedule = parts
        ? new optim.SequentialLR(optimizer, parts, golden.options as { milestones: number[] })
        : make(golden.schedule, golden.options);
      for (const [step, expected] of golden.rates.entries()) {
        const [group] = optimizer.paramGroups;
        assertNear(group?.lr, expected, `rate before step ${step + 1}`);
        if (golden.momenta)
          assertNear(group?.momentum, golden.momenta[step], `momentum before step ${step + 1}`);
        if (golden.figures) (schedule as optim.ReduceLROnPlateau).step(golden.figures[step] as number);
        else (schedule as optim.LRScheduler).step();
      }
    });
});

function assertNear(actual = NaN, expected = NaN, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= 1e-9 * Math.abs(expected) + 1e-15,
    `${what}: ${actual}, PyTorch has ${expected}`,
  );
}

describe('gradient clipping equals PyTorch', () => {
  for (const golden of goldens<ClippingCase>('clipping'))
    it(golden.title, async () => {
      const parameters = golden.parameters.map((drawn) => new Parameter(tensorOf(drawn)));
      giveGradients(parameters, golden.gradients);
      const norm = await utils.clipGradNorm_(parameters, golden.clip).item();
      assert.ok(Math.abs(norm / golden.norm - 1) <= TOLERANCE, `norm ${norm}, PyTorch has ${golden.norm}`);
      for (const [i, stored] of golden.clipped.entries())
        await assertSame(parameters[i]?.grad as Tensor, stored, TOLERANCE, `gradient ${i}`);
    });
});
