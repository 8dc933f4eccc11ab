import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../src/base/random.ts';
import { median, quantile } from '../../src/base/stats.ts';
import { fitBatches, fittedDoubt, fittedStepNs } from '../../src/suggest/batch-fit.ts';
import type { MeasuredBatch } from '../../src/suggest/batch-fit.ts';
import type { TimedBatch } from '../../src/suggest/batch-stairs.ts';
import { stairsOf } from '../../src/suggest/batch-stairs.ts';
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
    const stairs = stairsOf([timed(16), timed(64)])!;
    const fit = fitBatches(measured, stairs);
    if (fit.kind === 'stairs') chosen++;
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

test('launches that only one batch has grow with the rows, and one batch alone has no stairs', () => {
  const at = (batch: number, key: string): TimedBatch => ({
    batch,
    launches: [
      { key: 'same', waves: 1, ns: 100, perStep: 2 },
      { key, waves: batch / 8, ns: 1000 * batch, perStep: 1 },
    ],
  });
  const work = stairsOf([at(64, 'large'), at(16, 'small')])!;
  assert.equal(work(128), 200 + 128_000);
  assert.equal(stairsOf([at(16, 'a'), at(16, 'a')]), null);
});

test('the launches of a trace have the same names at another batch', () => {
  const [small, large] = [32, 128].map((batch) => timedLaunches(sampleTrace({ batch, network: 'cnn' })));
  assert.ok(small!.length > 10);
  assert.deepEqual(new Set(small!.map((l) => l.key)), new Set(large!.map((l) => l.key)));
  assert.ok(small!.every((l) => l.waves > 0 && l.ns > 0));
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
