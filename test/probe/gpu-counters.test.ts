/** Readings as the systems print them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GpuCounters } from '../../src/probe/gpu-counters.ts';
import {
  GPU_SOURCES, busyBetween, drmUseOf, readingOfAmd, readingOfApple, readingOfNvidia, readingOfWindows,
} from '../../src/probe/gpu-sources.ts'; // prettier-ignore
import { recorded } from './recorded.ts';

test("nvidia-smi's lines are read in its units, and a missing sensor is not zero", () => {
  assert.deepEqual(readingOfNvidia('37, 5120, 118.42'), {
    utilization: 0.37,
    memoryBytes: 5120 * 2 ** 20,
    watts: 118.42,
    joules: NaN,
  });
  assert.deepEqual(readingOfNvidia(' 0, 412, [N/A]'), {
    utilization: 0,
    memoryBytes: 412 * 2 ** 20,
    watts: NaN,
    joules: NaN,
  });
});

test("nvidia-smi's complaints are no readings", () => {
  for (const line of ['', 'No devices were found', 'Unable to determine the device handle for GPU0, x, y'])
    assert.equal(readingOfNvidia(line), null);
});

test("amdgpu's files are read in their units, and a missing one is not zero", () => {
  assert.deepEqual(readingOfAmd('64\n', '2147483648\n', '35000000\n', '9000000\n'), {
    utilization: 0.64,
    memoryBytes: 2147483648,
    watts: 35,
    joules: 9,
  });
  const little = { utilization: 0.64, memoryBytes: NaN, watts: NaN, joules: NaN };
  assert.deepEqual(readingOfAmd('64\n', '', '', ''), little);
});

test("the kernel's account of a process's engines: time or cycles, each client once, the busiest engine", () => {
  const i915 = (render: number): string =>
    `pos:\t0\ndrm-driver:\ti915\ndrm-client-id:\t7\ndrm-pdev:\t0000:00:02.0\ndrm-engine-render:\t${render} ns\ndrm-engine-copy:\t2035 ns\ndrm-engine-capacity-video:\t2\ndrm-resident-system0:\t2048 KiB\n`;
  const xe = (cycles: number, total: number): string =>
    `drm-driver:\txe\ndrm-client-id:\t9\ndrm-cycles-ccs:\t${cycles}\ndrm-total-cycles-ccs:\t${total}\ndrm-resident-vram0:\t3 MiB\n`;
  const before = drmUseOf([i915(9e9), i915(9e9), xe(1000, 10_000), 'pos:\t0\nflags:\t02\n']);
  const after = drmUseOf([i915(9.1e9), i915(9.1e9), xe(1700, 11_000)]);
  assert.equal(before.memoryBytes, 5 * 2 ** 20);
  assert.equal(before.engines.size, 3);
  assert.ok(Math.abs(busyBetween(before, after, 250e6) - 0.7) < 1e-9);
  assert.ok(Number.isNaN(busyBetween(before, drmUseOf([]), 250e6)));
});

test("ioreg's accelerator is read, and a machine without one is none", () => {
  const text =
    '+-o AGXAcceleratorG15X\n  "PerformanceStatistics" = {"In use system memory (driver)"=0,"Device Utilization %"=82,"In use system memory"=734003200,"Tiler Utilization %"=3}\n';
  assert.deepEqual(readingOfApple(text), {
    utilization: 0.82,
    memoryBytes: 734003200,
    watts: NaN,
    joules: NaN,
  });
  assert.equal(readingOfApple(''), null);
});

test("typeperf's table: the busiest engine, the memory of all adapters; its other lines are nothing", () => {
  const names =
    '"(PDH-CSV 4.0)","\\\\PC\\GPU Engine(pid_42_luid_0x0_0xA_phys_0_eng_0_engtype_3D)\\Utilization Percentage","\\\\PC\\GPU Engine(pid_42_luid_0x0_0xA_phys_0_eng_3_engtype_Compute_0)\\Utilization Percentage","\\\\PC\\GPU Process Memory(pid_42_luid_0x0_0xA_phys_0)\\Dedicated Usage"';
  assert.deepEqual(
    readingOfWindows(names, '"11/26/2026 15:00:01.123","1.500000","63.250000","209715200.000000"'),
    { utilization: 0.6325, memoryBytes: 209715200, watts: NaN, joules: NaN },
  );
  for (const line of [names, '', 'Exiting, please wait...', '"11/26/2026 15:00:01.123"'])
    assert.equal(readingOfWindows(names, line), null);
});

test('each vendor has its source on each system where there is one', () => {
  const place = (vendor: string, platform: NodeJS.Platform): number =>
    GPU_SOURCES.findIndex(({ suits }) => suits(vendor, platform));
  assert.deepEqual(
    [place('nvidia', 'win32'), place('amd', 'linux'), place('intel', 'linux'), place('apple', 'darwin'), place('amd', 'win32'), place('arm', 'linux')],
    [0, 1, 2, 3, 4, -1],
  ); // prettier-ignore
});

test('only what the system tells becomes a curve, and energy counts from the first look', () => {
  const { recorder, trace } = recorded();
  const counters = new GpuCounters(recorder);
  const reading = { utilization: 0.5, memoryBytes: NaN, watts: NaN };
  counters.take({ ...reading, joules: 100 });
  counters.take({ ...reading, joules: 130 });
  const { series, tables } = trace();
  assert.deepEqual(series.map(({ name, unit }) => `${name} ${unit}`), ['GPU utilization share', 'GPU energy joules']); // prettier-ignore
  assert.deepEqual([...tables.samples.value], [0.5, 0, 0.5, 30]);
});
