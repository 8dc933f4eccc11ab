import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importRanks } from '../../src/import/index.ts';
import { readTraceFile, writeTraceFile } from '../../src/trace/codec.ts';
import { rank } from '../support/rank-file.ts';

test('ranks stand on one axis, in order, each with its own tracks and queue', () => {
  const read = importRanks([
    { name: 'b.json', bytes: rank(1, 1_700_000_000_000_250) },
    { name: 'a.json', bytes: rank(0, 1_700_000_000_000_000) },
  ]);
  assert.ok(read.ok);
  const trace = read.value;
  const { dispatches, launches, flows, slices, steps } = trace.tables;
  assert.deepEqual([...dispatches.startNs], [20_000, 270_000]);
  assert.deepEqual([...dispatches.queue], [0, 1]);
  assert.deepEqual(
    trace.tracks.filter(({ kind }) => kind === 'gpu-queue').map(({ group }) => group),
    ['rank 0 · GPU 0', 'rank 1 · GPU 1'],
  );
  assert.equal(trace.kernels.length, 1, 'equal kernels are one');
  assert.deepEqual(
    trace.layers.map(({ path }) => path),
    ['Linear_0'],
  );
  assert.deepEqual([...launches.layer], [0, 0]);
  assert.deepEqual([...flows.to], [0, 1]);
  assert.deepEqual(
    [...flows.from].map((slice) => [trace.strings[slices.name[slice] as number], slices.startNs[slice]]),
    [
      ['cudaLaunchKernel', 10_000],
      ['cudaLaunchKernel', 260_000],
    ],
  );
  assert.equal(steps.length, 1);
  const again = readTraceFile(writeTraceFile(trace));
  assert.ok(again.ok && again.value.meta.notes.every((note) => !note.includes('damaged')));
});

test('a rank of another clock is laid at the start, and said so', () => {
  const read = importRanks([
    { name: 'a', bytes: rank(0, 5) },
    { name: 'b', bytes: rank(1, 1e15) },
  ]);
  assert.ok(read.ok);
  assert.deepEqual([...read.value.tables.dispatches.startNs], [20_000, 20_000]);
  assert.match(read.value.meta.notes[0] as string, /clocks? .*not the first/i);
});

test('a file that is none of PyTorch’s is named', () => {
  const read = importRanks([
    { name: 'a.json', bytes: new TextEncoder().encode('[{"ph":"X","name":"a","ts":1}]') },
  ]);
  assert.ok(!read.ok);
  assert.match(read.error.message, /^a\.json is no trace/);
});
