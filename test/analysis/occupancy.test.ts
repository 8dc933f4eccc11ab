import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ArchitectureId } from '../../src/analysis/architectures.ts';
import { ARCHITECTURES } from '../../src/analysis/architectures.ts';
import { deviceModel, findGpu } from '../../src/analysis/gpu.ts';
import { GPUS } from '../../src/analysis/gpu-table.ts';
import { gridOccupancy } from '../../src/analysis/occupancy.ts';
import { residencyBand } from '../../src/analysis/residency.ts';
import { RTX_4090, SOFTWARE_ADAPTER } from '../support/sample-trace.ts';

const KB = 1024;
const percent = (x: number): number => Math.round(100 * x);

test('the certain band is that of the published tables', () => {
  const cases: [ArchitectureId, number, number, number, number][] = [
    ['nvidia-7.5', 32, 0, 25, 50],
    ['nvidia-7.5', 256, 32 * KB, 25, 50],
    ['nvidia-8.0', 64, 0, 13, 100],
    ['nvidia-8.6', 32, 0, 17, 33],
    ['nvidia-8.6', 256, 16 * KB, 17, 83],
    ['nvidia-8.9', 32, 0, 17, 50],
    ['nvidia-8.9', 256, 0, 17, 100],
    ['nvidia-8.9', 1024, 0, 67, 67],
    ['nvidia-9.0', 256, 32 * KB, 13, 75],
    ['amd-cdna2', 256, 16 * KB, 25, 50],
    ['amd-cdna2', 256, 32 * KB, 25, 25],
    ['amd-rdna3', 256, 32 * KB, 13, 50],
    ['amd-rdna3', 1024, 0, 50, 100],
    ['intel-xe-hpg', 256, 32 * KB, 25, 100],
    ['intel-xe2', 256, 0, 50, 100],
    ['apple-7', 256, 16 * KB, 13, 25],
    ['apple-7', 256, 32 * KB, 8, 8],
  ];
  for (const [architecture, threads, shared, low, high] of cases) {
    const band = residencyBand(architecture, threads, shared);
    assert.ok(band);
    assert.deepEqual(
      [percent(band.low.occupancy), percent(band.high.occupancy)],
      [low, high],
      `${architecture} ${threads}/${shared}`,
    );
  }
});

test('known registers give what hardware counters measured', () => {
  const counters: [ArchitectureId, number, number, number | undefined, number][] = [
    ['amd-cdna2', 256, 64 * KB, undefined, 0.1249],
    ['amd-cdna2', 256, 0, 128, 0.4992],
    ['amd-cdna2', 1024, 0, 64, 0.9891],
  ];
  for (const [architecture, threads, shared, registers, measured] of counters)
    assert.ok(
      Math.abs((residencyBand(architecture, threads, shared, registers)?.high.occupancy ?? 0) - measured) <
        0.015,
    );
  assert.equal(residencyBand('nvidia-8.6', 256, 0, 64)?.high.occupancy, 32 / 48);
  assert.equal(residencyBand('nvidia-7.5', 1024, 0, 64)?.high.occupancy, 1);
});

test('the band is ordered, within 0..1, and more workgroup memory never raises it', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(ARCHITECTURES) as ArchitectureId[])),
      fc.integer({ min: 1, max: 1024 }),
      fc.integer({ min: 0, max: 48 * KB }),
      (architecture, threads, shared) => {
        const band = residencyBand(architecture, threads, shared);
        if (!band) return;
        assert.ok(
          band.low.occupancy > 0 && band.low.occupancy <= band.high.occupancy && band.high.occupancy <= 1,
        );
        const more = residencyBand(architecture, threads, Math.min(64 * KB, shared * 2));
        assert.ok(!more || more.high.occupancy <= band.high.occupancy + 1e-12);
      },
    ),
  );
});

test('a grid of a quarter of the device is a quarter full; one more workgroup than a wave makes a tail', () => {
  const device = deviceModel(RTX_4090);
  const grid = { threads: 256, sharedBytes: 0 };
  const small = gridOccupancy(device, { ...grid, workgroups: 32 });
  assert.equal(small.fill, 0.25);
  assert.equal(small.limiter, 'small grid');
  assert.ok(Math.abs(small.achieved - 32 / (128 * 6)) < 1e-12);
  const full = gridOccupancy(device, { ...grid, workgroups: 128 * 6 });
  assert.equal(full.achieved, 1);
  assert.equal(full.waves, 1);
  const tail = gridOccupancy(device, { ...grid, workgroups: 128 * 6 + 1 });
  assert.equal(tail.limiter, 'tail');
  assert.ok(tail.achieved > 0.5 && tail.achieved < 0.51);
});

test('on a software adapter occupancy is busy workers times lane efficiency', () => {
  const device = deviceModel(SOFTWARE_ADAPTER);
  const of = (workgroups: number, threads: number): number =>
    gridOccupancy(device, { workgroups, threads, sharedBytes: 0 }).achieved;
  assert.equal(of(2, 64), 1);
  assert.equal(of(1, 64), 0.5);
  assert.equal(of(3, 64), 0.75);
  assert.equal(of(2, 1), 1 / 8);
  assert.equal(of(2, 12), 12 / 16);
});

test('an unknown device is said to be unknown, not guessed', () => {
  const unknown = deviceModel({ ...RTX_4090, name: 'Some Accelerator', architecture: '', driver: '' });
  const occupancy = gridOccupancy(unknown, { workgroups: 10, threads: 64, sharedBytes: 0 });
  assert.equal(occupancy.basis, 'unknown');
  assert.ok(Number.isNaN(occupancy.achieved));
});

test('adapters are matched by whole tokens, the longest name wins, other products of the name are refused', () => {
  const names: [string, string | null][] = [
    ['NVIDIA GeForce RTX 4070', 'GeForce RTX 4070'],
    ['NVIDIA GeForce RTX 4070 Laptop GPU', 'GeForce RTX 4070 Laptop GPU'],
    ['NVIDIA GeForce RTX 4070 Ti', null],
    ['nvidia-geforce-rtx-5070-ti', 'GeForce RTX 5070 Ti'],
    ['NVIDIA GeForce RTX 4080 SUPER', 'GeForce RTX 4080 SUPER'],
    ['NVIDIA H200', 'NVIDIA H200 (SXM)'],
    ['AMD Radeon RX 7900 XTX (RADV NAVI31)', 'Radeon RX 7900 XTX'],
    ['AMD Radeon RX 7900 XT', null],
    ['Intel(R) Arc(tm) A770 Graphics (DG2)', 'Arc A770'],
    ['Apple M1', 'Apple M1'],
    ['Apple M1 Max', 'Apple M1 Max'],
    ['Apple M3', null],
    ['GeForce RTX 40', null],
  ];
  for (const [name, expected] of names) assert.equal(findGpu(name)?.name ?? null, expected, name);
});

test('every GPU of the table is found by its own names and has a source', () => {
  for (const gpu of GPUS) {
    assert.ok(gpu.sources.length > 0, gpu.name);
    for (const match of gpu.match) assert.equal(findGpu(match)?.name, gpu.name);
    assert.ok(gpu.architecture === null || gpu.architecture in ARCHITECTURES);
  }
});
