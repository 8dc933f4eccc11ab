import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median } from '../../src/base/stats.ts';
import { findGpu } from '../../src/analysis/gpu.ts';
import { sustainedShare } from '../../src/analysis/sustained-rates.ts';
import type { DeviceRates } from '../../src/analysis/what-if.ts';
import { carriedNs, whatIf } from '../../src/analysis/what-if.ts';
import { stepStats } from '../../src/analysis/steps.ts';
import type { LatencyShape } from '../support/latencies.ts';
import { inFittingHalf, latencyDevices, latencyShapes } from '../support/latencies.ts';
import { RTX_4090, sampleTrace } from '../support/sample-trace.ts';
import { TABLE_NAMES, carryErrors, errorTable, opOf } from '../support/what-if-errors.ts';

const devices = latencyDevices();
const skip = devices ? false : 'the public latencies are not beside the checkout';

test('the sustained shares are the medians of the fitting half of the public measurements', { skip }, () => {
  const shapes = latencyShapes().filter((shape) => inFittingHalf(shape.key));
  for (const [device, sheet] of devices!) {
    if (!TABLE_NAMES[device]) continue;
    const of = (choose: (shape: LatencyShape, ns: number) => number | null): number =>
      median(shapes.flatMap((shape) => shape.measured.filter((m) => m.device === device).map((m) => choose(shape, m.ns)).filter((x) => x !== null))); // prettier-ignore
    const compute = of((shape, ns) =>
      shape.op === 'linear' && shape.flops / sheet.flops > (3 * shape.bytesMoved) / sheet.bytes && ns > 1e6
        ? shape.flops / sheet.flops / (ns / 1e9)
        : null,
    );
    const share = sustainedShare(TABLE_NAMES[device]);
    assert.ok(
      Math.abs(compute - share.compute) < 0.02,
      `${device}: compute ${compute}, stored ${share.compute}`,
    );
    const bandwidth = of((shape, ns) =>
      opOf(shape) === 'element-wise' && ns > 5e5 ? shape.bytesMoved / sheet.bytes / (ns / 1e9) : null,
    );
    if (Number.isFinite(bandwidth))
      assert.ok(Math.abs(bandwidth - share.bandwidth) < 0.02, `${device}: bandwidth ${bandwidth}`);
  }
});

test('on the other half the error per GPU is far under that of the plain roofline', { skip }, () => {
  const errors = carryErrors(devices!);
  console.log(errorTable(errors));
  for (const [op, most] of [
    ['linear', 0.09],
    ['bmm', 0.18],
    ['element-wise', 0.03],
  ] as const) {
    const e = errors.get(`all|${op}`)!;
    assert.ok(median(e.ours) < most, `${op} ${percent(e.ours)}`);
    assert.ok(median(e.ours) < 0.5 * median(e.roofline));
  }
});

const percent = (list: readonly number[]): string => `${(100 * median(list)).toFixed(1)} %`;

test('a kernel carried to its own device takes what it took', () => {
  const rates: DeviceRates = { flops: 1e13, bytes: 5e11, units: 40, startNs: 5000 };
  for (const ns of [8_000, 1e5, 1e7]) {
    const carried = carriedNs({ flops: 1e9, bytesMoved: 1e6, workgroups: 1000 }, ns, rates, rates, 1);
    assert.ok(Math.abs(carried / ns - 1) < 1e-9);
  }
});

test('from a trace of one GPU the table says which are faster, with ranges, memory and cautions', () => {
  const trace = sampleTrace({ adapter: RTX_4090, batch: 512, network: 'cnn', steps: 16 });
  const answer = whatIf(trace);
  assert.ok(typeof answer !== 'string');
  const of = (name: string) => answer.gpus.find((g) => g.gpu.name === name);
  const same = of('GeForce RTX 4090');
  assert.ok(same && Math.abs(same.stepNs.middle / stepStats(trace).durationNs.median - 1) < 0.25);
  assert.ok((of('GeForce RTX 4060')?.stepNs.middle ?? 0) > same.stepNs.middle);
  assert.ok((of('GeForce RTX 5090')?.stepNs.middle ?? Infinity) < same.stepNs.middle);
  for (const g of answer.gpus)
    assert.ok(g.stepNs.low <= g.stepNs.middle && g.stepNs.middle <= g.stepNs.high && g.busyShare <= 1);
  const software = whatIf(sampleTrace({ batch: 64 }));
  assert.ok(typeof software !== 'string' && /processor/.test(software.cautions[0] ?? ''));
  assert.equal(typeof whatIf(sampleTrace({ steps: 0 })), 'string');
  assert.equal(findGpu('no such GPU'), null);
});
