import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLimits, grownLayers } from '../../src/analysis/perf-limits.ts';
import { memoryPeak } from '../../src/analysis/memory.ts';
import { stepStats } from '../../src/analysis/steps.ts';
import { sampleTrace } from '../support/sample-trace.ts';

const trace = sampleTrace({ network: 'cnn', steps: 40, batch: 32, seed: 1 });
const { median, low } = stepStats(trace).durationNs;

function verdicts(...args: Parameters<typeof checkLimits>): string {
  return checkLimits(...args).map(({ what, verdict }) => `${what} ${verdict}`).join(', '); // prettier-ignore
}

test('a limit of time fails only where the whole interval is beyond it', () => {
  assert.equal(verdicts(trace, { maxStepMs: median / 1e6 }, null), 'step passed');
  assert.equal(verdicts(trace, { maxStepMs: (low * 0.999) / 1e6 }, null), 'step failed');
  if (low < median) assert.equal(verdicts(trace, { maxStepMs: (low + median) / 2e6 }, null), 'step unclear');
});

test('memory and rows a second are held as they are', () => {
  const { bytes } = memoryPeak(trace);
  assert.equal(verdicts(trace, { maxPeakMB: bytes / 1e6 }, null), 'memory passed');
  assert.equal(verdicts(trace, { maxPeakMB: (bytes - 1) / 1e6 }, null), 'memory failed');
  assert.equal(verdicts(trace, { minSamplesPerSecond: 1 }, null), 'samples passed');
  assert.equal(verdicts(trace, { minSamplesPerSecond: 1e12 }, null), 'samples failed');
});

test('against a baseline: the same is no slower, a doubled batch is, another adapter is refused', () => {
  const again = sampleTrace({ network: 'cnn', steps: 40, batch: 32, seed: 2 });
  const slower = sampleTrace({ network: 'cnn', steps: 40, batch: 128, seed: 3 });
  assert.notEqual(verdicts(again, {}, trace), 'baseline failed');
  assert.equal(verdicts(slower, {}, trace), 'baseline failed');
  assert.equal(verdicts(slower, { maxSlowdown: 100 }, trace), 'baseline passed');
  assert.ok(grownLayers(slower, trace).length > 0);
  const elsewhere = {
    ...trace,
    meta: { ...trace.meta, adapter: { ...trace.meta.adapter!, name: 'another' } },
  };
  assert.match(checkLimits(trace, {}, elsewhere)[0]!.measured, /recorded on another, this is/);
});
