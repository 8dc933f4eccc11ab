import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../src/base/random.ts';
import { median, quantile, sum } from '../../src/base/stats.ts';
import { fitBatches, fittedDoubt, fittedStepNs } from '../../src/suggest/batch-fit.ts';
import type { MeasuredBatch } from '../../src/suggest/batch-fit.ts';
import type { TimedBatch, TimedLaunch } from '../../src/suggest/kernel-work.ts';
import { kernelWork } from '../../src/suggest/kernel-work.ts';
import { timedKernels } from '../../src/suggest/measure-batches.ts';
import type { Trials } from '../../src/suggest/suggestion.ts';
import { timedLaunches } from '../../src/suggest/timed-launches.ts';
import { sampleTrace } from '../support/sample-trace.ts';

const random = seededRandom(5);
const noise = (share: number): number => 1 + share * 2 * (random() - 0.5);
const normal = (): number => Math.sqrt(-2 * Math.log(random() || 1e-12)) * Math.cos(2 * Math.PI * random());
const point = (batch: number, stepNs: number): MeasuredBatch => ({
  batch,
  stepNs,
  peakBytes: 1,
  steadyPeakBytes: 1,
});

/** Kernels of a machine of 64 places for workgroups: some grow with the batch, one does not, and the host takes its time. */
function machine(seed: number) {
  const draw = seededRandom(seed);
  const kernels = Array.from({ length: 6 }, (_, k) => ({
    key: `forward op ${k}`,
    groupsPerRow: k === 0 ? 0 : 0.3 + 3 * draw(),
    startNs: 2e4,
    roundNs: 1e5 * (0.5 + draw()),
  }));
  const waves = (k: (typeof kernels)[number], batch: number): number =>
    k.groupsPerRow === 0 ? 2.5 : (k.groupsPerRow * batch) / 64;
  const ns = (k: (typeof kernels)[number], batch: number): number =>
    k.startNs + k.roundNs * Math.ceil(waves(k, batch));
  const step = (batch: number): number => 3e5 + kernels.reduce((total, k) => total + ns(k, batch), 0);
  const timed = (batch: number): TimedBatch => ({
    batch,
    launches: kernels.map((k) => ({
      key: k.key,
      kernel: 'k',
      waves: waves(k, batch),
      ns: ns(k, batch) * noise(0.01),
      perStep: 1,
    })),
  });
  return { step, timed };
}

test('kernels that come in whole rounds are predicted by their stairs, at a fraction of the error of a line', () => {
  const errors = { stairs: [] as number[], line: [] as number[] };
  let chosen = 0;
  for (let seed = 1; seed <= 100; seed++) {
    const { step, timed } = machine(seed);
    const measured = [16, 32, 64].map((batch) => point(batch, step(batch) * noise(0.01)));
    const stairs = kernelWork([timed(16), timed(32), timed(64)])!;
    const fit = fitBatches(measured, stairs);
    if (fit.basis === 'rounds') chosen++;
    for (const batch of [96, 128, 160, 256]) {
      errors.stairs.push(Math.abs(fittedStepNs(fit, batch) / step(batch) - 1));
      errors.line.push(Math.abs(fittedStepNs(fitBatches(measured), batch) / step(batch) - 1));
    }
  }
  const text = (list: number[]): string =>
    `median ${(100 * median(list)).toFixed(1)} %, 90 % under ${(100 * quantile(Float64Array.from(list).sort(), 0.9)).toFixed(1)} %`;
  console.log(
    `staircase truth, to 4x the largest measured batch: stairs ${text(errors.stairs)}; line ${text(errors.line)}`,
  );
  assert.ok(chosen > 60, String(chosen));
  assert.ok(median(errors.stairs) < 0.05 && median(errors.stairs) < 0.7 * median(errors.line));
});

const launch = (key: string, ns: number, more: Partial<TimedLaunch> = {}): TimedLaunch => ({
  key,
  kernel: 'k',
  waves: 1,
  ns,
  perStep: 1,
  ...more,
});

test('launches that only the largest batch has grow with the rows, and one batch alone tells nothing', () => {
  const at = (batch: number, key: string): TimedBatch => ({
    batch,
    launches: [launch('same', 100, { perStep: 2 }), launch(key, 1000 * batch)],
  });
  const { work } = kernelWork([at(64, 'large'), at(16, 'small')])!;
  assert.equal(work(128), 200 + 128_000);
  assert.equal(kernelWork([at(16, 'a'), at(16, 'a')]), null);
  assert.equal(kernelWork([]), null);
});

test('a launch of as many workgroups at each batch still grows where more rows are in each of them', () => {
  const at = (batch: number): TimedBatch => ({
    batch,
    launches: [launch('a', 5e4 + 1000 * batch, { waves: 8 })],
  });
  const { work, inRounds } = kernelWork([at(16), at(32), at(64)])!;
  assert.ok(Math.abs(work(256) / (5e4 + 256e3) - 1) < 1e-9);
  assert.equal(inRounds, false);
});

test('what grows with the square of the rows is told from what grows with them, in spite of noise', () => {
  const errors = { square: [] as number[], line: [] as number[] };
  for (let i = 0; i < 200; i++) {
    const at = (batch: number): TimedBatch => ({
      batch,
      launches: [
        launch('pairs', (4e4 + 15 * batch ** 2) * noise(0.03)),
        launch('rows', (4e4 + 900 * batch) * noise(0.03)),
      ],
    });
    const { work } = kernelWork([at(32), at(64), at(128)])!;
    errors.square.push(Math.abs(work(512) / (8e4 + 15 * 512 ** 2 + 900 * 512) - 1));
    const plain = (batch: number): TimedBatch => ({ batch, launches: at(batch).launches.slice(1) });
    const rowsOnly = kernelWork([plain(32), plain(64), plain(128)])!;
    errors.line.push(Math.abs(rowsOnly.work(512) / (4e4 + 900 * 512) - 1));
  }
  assert.ok(median(errors.square) < 0.05, String(median(errors.square)));
  assert.ok(median(errors.line) < 0.05, String(median(errors.line)));
});

test('where another kernel does the work at the smallest batch, the others tell how the new one grows', () => {
  const at = (batch: number, kernel: string, ns: number): TimedBatch => ({
    batch,
    launches: [launch('gemm', ns, { kernel })],
  });
  const timed = [at(16, 'narrow', 9e5), at(32, 'wide', 1e5 + 32e3), at(64, 'wide', 1e5 + 64e3)];
  assert.ok(Math.abs(kernelWork(timed)!.work(256) / (1e5 + 256e3) - 1) < 1e-9);
});

/** Steps disturbed by other programs as a whole, and launches each by itself: the kernels' times are clean, the steps' are not. */
test('steps that are noisy are predicted nearer by the kernels than by a line through them', () => {
  const errors = { kernels: [] as number[], line: [] as number[] };
  for (let i = 0; i < 400; i++) {
    const slopes = Array.from({ length: 8 }, () => 500 + 3000 * random());
    const at = (batch: number): TimedBatch => ({
      batch,
      launches: slopes.map((s, k) => launch(String(k), (8e4 + s * batch) * noise(0.02))),
    });
    const step = (batch: number): number => 2e5 + 1.15 * sum(slopes.map((s) => 6e4 + s * batch));
    const measured = [16, 32, 64].map((batch) => ({
      ...point(batch, step(batch) * Math.exp(0.04 * normal())),
      noise: 0.04,
    }));
    const off = (fit: ReturnType<typeof fitBatches>): number =>
      Math.abs(fittedStepNs(fit, 256) / step(256) - 1);
    errors.kernels.push(off(fitBatches(measured, kernelWork([16, 32, 64].map(at))!)));
    errors.line.push(off(fitBatches(measured)));
  }
  console.log('steps with 4 % noise, at four times the largest batch:', median(errors.kernels), 'line', median(errors.line)); // prettier-ignore
  assert.ok(median(errors.kernels) < 0.05 && median(errors.kernels) < 0.9 * median(errors.line));
});

test('the launches of a trace have the same names at another batch', () => {
  const [small, large] = [32, 128].map((batch) => timedLaunches(sampleTrace({ batch, network: 'cnn' })));
  assert.ok(small!.length > 10);
  assert.deepEqual(new Set(small!.map((l) => l.key)), new Set(large!.map((l) => l.key)));
  assert.ok(small!.every((l) => l.waves > 0 && l.ns > 0));
});

test('kernels are timed in turns where that can be had, else one batch after the other', async () => {
  const edits = [8, 16].map((batch) => ({
    file: '/a.ts',
    start: 0,
    end: 1,
    oldText: '4',
    newText: String(batch),
  }));
  const alone: Trials = {
    run: () => Promise.reject(new Error('not asked')),
    kernels: async (edit) => [launch(`alone ${edit?.newText}`, 1)],
  };
  const together: Trials = {
    ...alone,
    kernelsInTurns: async (asked) => asked.map(() => [launch('turns', 1)]),
  };
  const cramped: Trials = { ...alone, kernelsInTurns: () => Promise.reject(new Error('no room')) };
  const keysOf = async (trials: Trials): Promise<string[] | undefined> =>
    (await timedKernels(edits, trials))?.map(([first]) => first!.key);
  assert.deepEqual(await keysOf(together), ['turns', 'turns']);
  for (const trials of [alone, cramped]) assert.deepEqual(await keysOf(trials), ['alone 8', 'alone 16']);
  assert.equal(await timedKernels(edits, { run: alone.run }), null);
});

test('the doubt of a predicted step holds the truth in about 80 of 100 cases, to four times the largest batch', () => {
  for (const spread of [0.01, 0.03]) {
    let within = 0;
    const cases = 2000;
    for (let i = 0; i < cases; i++) {
      const [c, s] = [1e6 * (1 + 9 * random()), 1e4 * (1 + 9 * random())];
      const measured = [16, 32, 64].map((b) => ({
        ...point(b, (c + s * b) * noise(1.7 * spread)),
        noise: spread,
      }));
      const fit = fitBatches(measured);
      // Two doublings beyond the largest batch rows have become cheaper or dearer.
      const truth = (c + s * 256) * Math.exp(2 * 0.06 * normal());
      const error = Math.abs(fittedStepNs(fit, 256) / truth - 1);
      if (error <= fittedDoubt(fit, 256)) within++;
    }
    console.log(
      `spread ${spread}: the 80 % interval holds the truth in ${((100 * within) / cases).toFixed(0)} %`,
    );
    assert.ok(within > 0.75 * cases && within < 0.95 * cases, String(within));
  }
  assert.equal(fittedDoubt(fitBatches([point(8, 1e6), point(16, 2e6)]), 32), Infinity);
});
