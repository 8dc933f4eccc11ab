/** Worker threads of the script's that open their own device: one trace holds what all threads did. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DISPATCH_FLAGS } from '../../src/trace/model.ts';
import { fixture, runFixture } from './run-fixture.ts';

test('a training in a worker thread: its steps, layers, lines and times, beside the main thread', async () => {
  const { trace, stdout, stderr } = await runFixture('worker-main.mjs', { mode: 'exact' });
  assert.equal(trace.meta.status, 'ok', stderr);
  assert.equal(stdout, 'worker for the worker true\n');
  assert.deepEqual(trace.meta.notes, []);
  const { dispatches, launches, steps } = trace.tables;
  assert.deepEqual([...steps.index], [0, 1, 2, 3, 4, 5]);
  const queues = trace.tracks.filter(({ kind }) => kind === 'gpu-queue').map(({ name }) => name);
  assert.deepEqual(queues, ['GPU queue', 'worker 1 kernelscope']);
  assert.deepEqual(trace.layers.map(({ type }) => type).slice(1), ['Linear', 'ReLU', 'Linear', 'CrossEntropyLoss', 'SGD']); // prettier-ignore
  let main = 0;
  for (let i = 0; i < dispatches.length; i++) {
    const step = dispatches.step[i] as number;
    if (dispatches.queue[i] === 0) {
      main++;
      assert.equal(step, -1);
      continue;
    }
    const place = trace.locations[launches.location[dispatches.launch[i] as number] as number];
    assert.equal(place?.file, fixture('worker-trains.ts'));
    assert.ok((dispatches.flags[i] as number) & DISPATCH_FLAGS.timed);
    // One axis for all threads: after it was asked for, and (past the first) within its step.
    assert.ok((dispatches.startNs[i] as number) > (dispatches.cpuNs[i] as number));
    if (step > 0) assert.ok((dispatches.endNs[i] as number) <= (steps.endNs[step] as number));
  }
  assert.equal(main, 8);
  assert.ok(dispatches.length > 60);
  assert.ok(Object.keys(trace.meta.sources).includes(fixture('worker-trains.ts')));
});

test('a step limit counts the steps of a worker thread, and ends the process', async () => {
  const { trace } = await runFixture('worker-main.mjs', { steps: 3 });
  assert.equal(trace.meta.status, 'ok');
  assert.equal(trace.tables.steps.length, 3);
});

test('when the process ends, worker threads at any depth still hand in what the GPU was doing', async () => {
  const { trace } = await runFixture('worker-exits.mjs', { mode: 'exact' });
  assert.equal(trace.meta.status, 'ok');
  const { flags, length } = trace.tables.dispatches;
  assert.equal(length, 40);
  assert.ok(flags.every((flag) => flag & DISPATCH_FLAGS.timed));
});

test('a worker thread that fails is an error at its line', async () => {
  const { trace } = await runFixture('worker-throws.mjs');
  assert.equal(trace.meta.status, 'failed');
  assert.equal(trace.meta.error?.message, 'TypeError: worker has no data');
  const lines = readFileSync(fixture('worker-throws.mjs'), 'utf8').split('\n');
  assert.match(lines[(trace.meta.error?.line ?? 0) - 1] ?? '', /throw new TypeError/);
});
