import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bufferUsers } from '../../src/analysis/buffer-uses.ts';
import { memoryDifference } from '../../src/analysis/memory-difference.ts';
import { memoryPeak } from '../../src/analysis/memory.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { sampleTrace } from '../support/sample-trace.ts';

test('changes by role and by layer each add up to the change of the peak', () => {
  const [before, after] = [sampleTrace({ batch: 64 }), sampleTrace({ batch: 256 })];
  const difference = memoryDifference(before, after);
  assert.equal(difference.peak.before, memoryPeak(before).bytes);
  assert.equal(difference.peak.after, memoryPeak(after).bytes);
  assert.notEqual(difference.peak.before, difference.peak.after);
  for (const rows of [difference.roles, difference.layers]) {
    const total = rows.reduce((sum, row) => sum + row.after - row.before, 0);
    assert.equal(total, difference.peak.after - difference.peak.before);
  }
});

test('a buffer is known by the kernels that write and read it, a part of a pool by those of its pool', () => {
  const trace = new TraceBuilder();
  const kernel = trace.add('kernels', {
    name: 'relu',
    family: 'element-wise',
    workgroupSize: [64, 1, 1],
    workgroupBytes: 0,
  });
  const buffer = (parent: number) =>
    trace.row('buffers', { parent, sizeBytes: 64, usage: 0, role: 0, layer: -1, location: -1, label: trace.string('b'), bornNs: 0, bornStep: -1, diedNs: NaN, death: 0 }); // prettier-ignore
  const [pool, alone] = [buffer(-1), buffer(-1)];
  const part = buffer(pool);
  const launch = () =>
    trace.row('launches', { kernel, layer: -1, op: 0, phase: 0, location: -1, workgroupsX: 1, workgroupsY: 1, workgroupsZ: 1, flops: NaN, bytesMoved: NaN }); // prettier-ignore
  const [first, second] = [launch(), launch()];
  trace.row('uses', { launch: first, buffer: pool, access: 3 });
  trace.row('uses', { launch: second, buffer: pool, access: 1 });
  const built = trace.build();
  assert.deepEqual(bufferUsers(built, pool), { writers: [first], readers: [first, second], ofPool: false });
  assert.deepEqual(bufferUsers(built, part), { writers: [first], readers: [first, second], ofPool: true });
  assert.deepEqual(bufferUsers(built, alone), { writers: [], readers: [], ofPool: false });
});
