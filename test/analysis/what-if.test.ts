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

const devices = latencyDevices();
const skip = devices ? false : 'the public latencies are not beside the checkout';
const OPS = ['linear', 'bmm', 'element-wise'] as const;
const opOf = ({ op }: LatencyShape): (typeof OPS)[number] =>
  op === 'linear' || op === 'bmm' ? op : 'element-wise';

/** Name in the GPU table of a device of the data. */
const TABLE_NAMES: Readonly<Record<string, string>> = {
  'Tesla V100-PCIE-32GB': 'NVIDIA V100 (any)',
  'NVIDIA A100-PCIE-40GB': 'NVIDIA A100 (any)',
  'NVIDIA A100 80GB PCIe': 'NVIDIA A100 80GB PCIe',
  'NVIDIA H100 80GB HBM3': 'NVIDIA H100 80GB HBM3 (SXM)',
  'NVIDIA L4': 'NVIDIA L4',
  'Tesla T4': 'Tesla T4',
  'Tesla P4': 'Tesla P4',
  'Tesla P100-PCIE-16GB': 'Tesla P100-PCIE-16GB',
};

/** As the table has it, or as it would be for a GPU that nobody measured. */
function ratesOf(device: string, known = true): DeviceRates {
  const sheet = devices!.get(device)!;
  const share = sustainedShare(known ? (TABLE_NAMES[device] ?? device) : '');
  return {
    flops: sheet.flops * share.compute,
    bytes: sheet.bytes * share.bandwidth,
    units: sheet.units,
    startNs: 5_000,
  };
}

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
  const errors = new Map<string, { ours: number[]; unmeasured: number[]; roofline: number[] }>();
  const note = (key: string, ours: number, unmeasured: number, roofline: number): void => {
    const entry = errors.get(key) ?? { ours: [], unmeasured: [], roofline: [] };
    entry.ours.push(ours);
    entry.unmeasured.push(unmeasured);
    entry.roofline.push(roofline);
    errors.set(key, entry);
  };
  for (const shape of latencyShapes()) {
    if (inFittingHalf(shape.key)) continue;
    const perDevice = new Map(shape.measured.map((m) => [m.device, m]));
    for (const to of perDevice.values()) {
      const sheet = devices!.get(to.device)!;
      const roofline = Math.max(shape.flops / sheet.flops, shape.bytesMoved / sheet.bytes) * 1e9;
      for (const from of perDevice.values()) {
        if (from.device === to.device) continue;
        const work = { ...shape, workgroups: from.workgroups };
        const error = (predicted: number): number => Math.abs(predicted / to.ns - 1);
        const [ours, unmeasured] = [true, false].map((known) =>
          error(carriedNs(work, from.ns, ratesOf(from.device), ratesOf(to.device, known))),
        );
        for (const key of [`${to.device}|${opOf(shape)}`, `all|${opOf(shape)}`])
          note(key, ours!, unmeasured!, error(roofline));
      }
    }
  }
  console.log(
    'median error of a kernel carried from every other GPU; as if the GPU had never been measured; plain roofline',
  );
  for (const device of [...TABLE_NAMES_LIST, 'all'])
    console.log(
      `  ${device.padEnd(24)}${OPS.map((op) => {
        const e = errors.get(`${device}|${op}`);
        return e
          ? `${op} ${percent(e.ours)}; ${percent(e.unmeasured)}; ${percent(e.roofline)}`.padEnd(40)
          : ''.padEnd(40);
      }).join('')}`,
    );
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

const TABLE_NAMES_LIST = Object.keys(TABLE_NAMES);
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
