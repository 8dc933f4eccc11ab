import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { processorUse } from '../../src/analysis/processor-use.ts';
import { FrameReader } from '../../src/trace/frames.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { DISPATCH_FLAGS, STEP_FLAGS } from '../../src/trace/model.ts';
import { fixture, runFixture } from './run-fixture.ts';

test('hand-written WebGPU: every dispatch once, in order, timed, with its kernel and line', async () => {
  const { trace, stdout } = await runFixture('raw-webgpu.mjs');
  const { dispatches, launches, buffers, transfers, submits, compiles } = trace.tables;
  assert.equal(stdout, 'sum 1048576 104857600\n');
  assert.equal(trace.meta.status, 'ok');
  assert.equal(dispatches.length, 20);
  assert.equal(launches.length, 2, 'two call sites');
  assert.deepEqual(
    [...dispatches.launch],
    Array.from({ length: 20 }, (_, i) => i % 2),
  );
  for (let i = 0; i < 20; i++) {
    assert.ok((dispatches.flags[i] as number) & DISPATCH_FLAGS.timed);
    assert.ok((dispatches.endNs[i] as number) > (dispatches.startNs[i] as number));
    assert.ok(
      (dispatches.startNs[i] as number) > (dispatches.cpuNs[i] as number),
      'the GPU starts after the script asked',
    );
    if (i > 0) assert.ok((dispatches.startNs[i] as number) >= (dispatches.endNs[i - 1] as number));
  }
  const [kernel] = trace.kernels;
  assert.equal(kernel?.name, 'double');
  assert.deepEqual(kernel?.workgroupSize, [64, 1, 1]);
  assert.equal(kernel?.workgroupBytes, 256);
  const lines = readFileSync(fixture('raw-webgpu.mjs'), 'utf8').split('\n');
  const places = [...launches.location].map((at) => trace.locations[at]);
  for (const place of places) assert.match(lines[(place?.line ?? 0) - 1] ?? '', /dispatchWorkgroups/);
  assert.deepEqual([...buffers.sizeBytes], [1 << 18, 1 << 18, 1 << 18]);
  assert.equal(trace.tables.deaths.length, 1);
  assert.deepEqual([...transfers.kind], [0, 2, 1], 'an upload, a copy, a read-back');
  assert.equal(submits.length, 11);
  assert.equal(compiles.length, 1);
});

test('what arrives while a script runs is the trace that results', async () => {
  const { trace, frames } = await runFixture('raw-webgpu.mjs');
  const builder = new TraceBuilder();
  const reader = new FrameReader();
  for (const bytes of frames) {
    const read = reader.push(bytes);
    assert.ok(read.ok);
    for (const frame of read.value) assert.ok(builder.frame(frame).ok);
  }
  assert.deepEqual(builder.build(), trace);
});

test('steps alternate between timed and untimed blocks, and the cost is stated', async () => {
  const { trace } = await runFixture('steps.mjs');
  const { steps, dispatches } = trace.tables;
  assert.equal(steps.length, 40);
  assert.deepEqual(
    [...steps.index],
    Array.from({ length: 40 }, (_, i) => i),
  );
  assert.equal(steps.samples[5], 32);
  assert.equal(steps.loss[9], 1 / 10);
  const timed = [...steps.flags].map((flags) => (flags & STEP_FLAGS.timed) !== 0);
  assert.ok(
    timed[0] && timed.includes(false) && timed.lastIndexOf(true) > timed.indexOf(false),
    `timed steps: ${timed.join(' ')}`,
  );
  assert.ok((steps.flags[0] as number) & STEP_FLAGS.warmup);
  assert.ok(((steps.flags[10] as number) & STEP_FLAGS.warmup) === 0);
  for (let i = 0; i < dispatches.length; i++) {
    const step = dispatches.step[i] as number;
    if (step >= 0) assert.equal(((dispatches.flags[i] as number) & DISPATCH_FLAGS.timed) !== 0, timed[step]);
  }
  assert.ok(
    trace.meta.overhead && trace.meta.overhead.timedMedianNs > 0 && trace.meta.overhead.untimedMedianNs > 0,
  );
});

test('an edit changes what runs, not the file', async () => {
  const text = readFileSync(fixture('literal.mjs'), 'utf8');
  const start = text.indexOf('32');
  const edit = { file: fixture('literal.mjs'), start, end: start + 2, oldText: '32', newText: '128' };
  const { stdout } = await runFixture('literal.mjs', { edits: [edit] });
  assert.equal(stdout, 'batch 128\n');
  assert.equal(readFileSync(fixture('literal.mjs'), 'utf8'), text);
});

test('an edit of a file that has changed is refused with a line that says so', async () => {
  const edit = { file: fixture('literal.mjs'), start: 0, end: 3, oldText: 'let', newText: 'var' };
  const { trace } = await runFixture('literal.mjs', { edits: [edit] });
  assert.equal(trace.meta.status, 'failed');
  assert.match(trace.meta.error?.message ?? '', /has changed/);
});

test('CommonJS scripts run', async () => {
  const { stdout, trace } = await runFixture('common.cjs');
  assert.equal(stdout, 'common function 12 function\n');
  assert.equal(trace.meta.status, 'ok');
});

test('imports work as in a workspace: TypeScript with and without extension, JSON, dynamic', async () => {
  const { stdout, stderr } = await runFixture('modules.ts');
  assert.equal(stdout, 'modules 24 true true true\n', stderr);
});

test('without timing every dispatch is still counted', async () => {
  const { trace } = await runFixture('raw-webgpu.mjs', { mode: 'off' });
  assert.equal(trace.tables.dispatches.length, 20);
  assert.ok([...trace.tables.dispatches.flags].every((flags) => (flags & DISPATCH_FLAGS.timed) === 0));
});

test('in light mode a pass is timed as one and its dispatches share its time', async () => {
  const { trace } = await runFixture('raw-webgpu.mjs', { mode: 'light' });
  const { flags, startNs, endNs, length } = trace.tables.dispatches;
  assert.equal(length, 20);
  for (let i = 0; i < 20; i += 2) {
    for (const at of [i, i + 1])
      assert.ok(
        (flags[at] as number) & DISPATCH_FLAGS.shared && (flags[at] as number) & DISPATCH_FLAGS.timed,
      );
    assert.equal(
      endNs[i],
      startNs[i + 1],
      'the two launches of a pass have equal grids, so they halve its time',
    );
    const [first, second] = [0, 1].map((at) => (endNs[i + at] as number) - (startNs[i + at] as number)) as [
      number,
      number,
    ];
    assert.ok(first > 0 && Math.abs(first - second) <= 2);
  }
});

test('a stream without steps is timed within a budget, and every dispatch of it is counted', async () => {
  const { trace } = await runFixture('stream.mjs');
  const { dispatches } = trace.tables;
  assert.equal(dispatches.length, 20_000);
  const timed = dispatches.flags.filter((flags) => flags & DISPATCH_FLAGS.timed).length;
  assert.ok(timed > 20 && timed < 20_000, `${timed} timed`);
});

test('process memory and processor use are sampled beside the GPU', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 2500);
  const { trace } = await runFixture('never-ends.mjs', {}, stop.signal);
  const memory = trace.series.findIndex(({ name }) => name === 'process memory');
  assert.ok(memory >= 0);
  const { atNs, series, value } = trace.tables.samples;
  const values = [...value].filter((_, i) => series[i] === memory);
  assert.ok(values.length >= 2 && values.every((bytes) => bytes > 20e6 && bytes < 4e9), values.join(' '));
  const use = processorUse(trace, Math.min(...atNs), Math.max(...atNs));
  assert.ok(use && use.ownCores > 0 && use.otherCores >= 0, JSON.stringify(use));
  assert.ok(use.ownCores + use.otherCores <= 1.1 * cpus().length, JSON.stringify(use));
});

test('bind groups made again, bindings with their places, and passes as the script made them are in the trace', async () => {
  const { trace, stderr } = await runFixture('bind-groups.mjs', { mode: 'exact' });
  assert.equal(trace.meta.status, 'ok', stderr);
  const { bindGroups, bindings, submits } = trace.tables;
  const perStep = (values: Uint32Array): number[] =>
    Array.from({ length: 5 }, (_, step) =>
      values.reduce((sum, value, i) => sum + (bindGroups.step[i] === step ? value : 0), 0),
    );
  assert.deepEqual(perStep(bindGroups.made), [3, 3, 3, 3, 3]);
  assert.deepEqual(perStep(bindGroups.repeated), [1, 2, 2, 2, 2]);
  assert.ok(bindGroups.cpuNs.every((ns) => ns > 0));
  const lines = readFileSync(fixture('bind-groups.mjs'), 'utf8').split('\n');
  for (const at of bindGroups.location)
    assert.match(lines[(trace.locations[at]?.line ?? 0) - 1] ?? '', /createBindGroup/);
  assert.deepEqual([...submits.passes], [3, 3, 3, 3, 3]);
  assert.equal(trace.tables.dispatches.length, 60);
  const [first, second] = [0, 1].map((i) => [
    bindings.group[i], bindings.binding[i], bindings.buffer[i], bindings.offsetBytes[i], bindings.sizeBytes[i],
  ]); // prettier-ignore
  assert.deepEqual(first, [0, 0, 1, 0, 64]);
  assert.deepEqual(second, [0, 3, 0, 0, 1024]);
});

test('the words of uniform blocks are in the trace, save those that the device wrote', async () => {
  const { trace, stderr } = await runFixture('uniforms.mjs', { mode: 'exact' });
  assert.equal(trace.meta.status, 'ok', stderr);
  const { uniforms, launches } = trace.tables;
  const words = Array.from({ length: launches.length }, (_, launch) =>
    [...uniforms.value].filter((_, i) => uniforms.launch[i] === launch),
  );
  assert.deepEqual(words, [[2, 3], [5, 6], [7, 8], []]);
  assert.ok([...uniforms.binding].every((binding) => binding === 1));
  assert.deepEqual([...uniforms.offsetBytes], [0, 4, 0, 4, 0, 4]);
});

test('a part of a run is recorded: from a step on, so many steps; memory is that of the whole run', async () => {
  const window = { fromStep: 20, afterMs: 0, durationMs: null, onCall: false };
  const { trace, stdout } = await runFixture('steps.mjs', { mode: 'exact', window, steps: 5 });
  assert.equal(trace.meta.status, 'ok');
  assert.equal(stdout, '');
  const { steps, dispatches, submits, buffers } = trace.tables;
  assert.deepEqual([...steps.index], [20, 21, 22, 23, 24]);
  assert.equal(dispatches.length, 50);
  assert.deepEqual([...new Set(dispatches.step)], [20, 21, 22, 23, 24]);
  assert.ok(dispatches.flags.every((flags) => flags & DISPATCH_FLAGS.timed));
  assert.equal(submits.length, 5);
  assert.equal(buffers.length, 1);
  assert.match(trace.meta.notes.join(), /Recorded from .* after 20 steps/);
});

test('recording waits for the script to call for it, and ends after its time', async () => {
  const window = { fromStep: 0, afterMs: 0, durationMs: 300, onCall: true };
  const { trace } = await runFixture('called.mjs', { mode: 'exact', window });
  assert.equal(trace.meta.status, 'ok');
  const { dispatches, launches } = trace.tables;
  // Seven before the call are not recorded; the endless rest is, for as long as was asked.
  assert.ok(dispatches.length > 0 && dispatches.length % 3 === 0, `${dispatches.length}`);
  assert.ok(launches.workgroupsX.every((x) => x === 256));
  const silent = await runFixture('raw-webgpu.mjs', { window });
  assert.equal(silent.trace.tables.dispatches.length, 0);
  assert.match(silent.trace.meta.notes.join(), /Nothing was recorded: .*annotate\.record/);
});

test('steps of hand-written WebGPU are found by repetition, and said to be inferred', async () => {
  const { trace, stderr } = await runFixture('annotated.mjs', { mode: 'exact' });
  assert.equal(trace.meta.status, 'ok', stderr);
  const { steps, dispatches, launches } = trace.tables;
  assert.ok(steps.length >= 25, `${steps.length} steps`);
  assert.ok(steps.flags.every((flags) => flags & STEP_FLAGS.inferred));
  for (const index of steps.index) {
    const grids = [...dispatches.launch]
      .filter((_, i) => dispatches.step[i] === index)
      .map((launch) => launches.workgroupsX[launch]);
    assert.deepEqual(grids.toSorted(), [3, 5, 7], `step ${index}`);
  }
});

test('a script names its own work: steps, ranges, marks, values', async () => {
  const { trace, stderr } = await runFixture('annotated.mjs', { mode: 'exact', args: ['told'] });
  assert.equal(trace.meta.status, 'ok', stderr);
  const { steps, slices, marks, samples } = trace.tables;
  assert.equal(steps.length, 40);
  assert.ok(steps.flags.every((flags) => (flags & STEP_FLAGS.inferred) === 0));
  assert.ok(steps.samples.every((count) => count === 4));
  const ranges = slices.name.filter((name) => trace.strings[name] === 'work');
  assert.equal(ranges.length, 40);
  assert.deepEqual([...marks.name].map((name) => trace.strings[name]), ['done']); // prettier-ignore
  const rate = trace.series.findIndex(({ name }) => name === 'rate');
  assert.equal(samples.value.filter((_, i) => samples.series[i] === rate).length, 40);
});

test('a script that opens WebGPU itself, in a workspace without the package, and drops what it got, runs and is timed', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-test-'));
  try {
    const script = path.join(folder, 'own-webgpu.mjs');
    copyFileSync(fixture('own-webgpu.mjs'), script);
    const { trace, stdout, stderr } = await runFixture('', { script, mode: 'exact' });
    assert.equal(trace.meta.status, 'ok', stderr);
    assert.equal(stdout, 'all twenty\n');
    const { flags, length } = trace.tables.dispatches;
    assert.equal(length, 20);
    assert.ok(flags.every((flag) => flag & DISPATCH_FLAGS.timed));
    assert.ok(trace.meta.clock.resolutionNs < 65_536);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
