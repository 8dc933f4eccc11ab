/** Worker threads of a DataLoader, in a script as a user runs it: TypeScript files, imports of the library and all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFixture } from './run-fixture.ts';

test('worker threads make the samples, in order, and what fails in them is told', async () => {
  const { trace, stdout, stderr } = await runFixture('workers.ts');
  assert.equal(trace.meta.status, 'ok', stderr);
  const lines = stdout.trim().split('\n');
  const once = Array.from({ length: 20 }, (_, i) => i);
  assert.equal(lines[0], `seen ${[...once, ...once].join()}`);
  assert.equal(lines[1], 'threads 2 main false');
  assert.equal(lines[2], 'part 6');
  assert.equal(lines[3], 'collated 0,-1,-2,-3');
  assert.match(lines[4] ?? '', /^image u8 1,1,2,2 (\d+),\1,\1,\1$/);
  assert.match(lines[5] ?? '', /failed: the dataset failed in a worker: Error: sample 5 is unreadable/);
  assert.match(
    lines[6] ?? '',
    /failed: numWorkers: the class Here is in the script itself.*move it to a file of its own/,
  );
  assert.match(lines[7] ?? '', /failed: numWorkers and collateFn are for a SampleDataset/);
  assert.equal(trace.tables.steps.length, 10);
});
