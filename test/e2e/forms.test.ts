import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DISPATCH_FLAGS } from '../../src/trace/model.ts';
import type { ProbeMode } from '../../src/wire/run-messages.ts';
import { runFixture } from './run-fixture.ts';
import { unobserved } from './unobserved.ts';

test('results and validation errors are those of an unobserved run, in every mode', async (t) => {
  const expected = await unobserved('all-forms.mjs');
  assert.match(expected, /^hash \d+ own timestamps true\n/);
  assert.equal(expected.split('\n').length, 12);
  for (const mode of ['exact', 'alternating', 'light', 'off'] satisfies ProbeMode[])
    await t.test(mode, async () => {
      const { stdout, trace } = await runFixture('all-forms.mjs', { mode });
      assert.equal(stdout, expected);
      // Seven of the working part; of the mistakes, those that reach the device with a whole dispatch in them.
      const { launch, flags } = trace.tables.dispatches;
      const names = [...launch]
        .slice(0, 7)
        .map((id) => trace.kernels[trace.tables.launches.kernel[id] as number]?.name);
      assert.deepEqual(names, ['mix', 'mix', 'mix', 'bump', 'bump', 'mix', 'bump by five']);
      assert.ok((flags[6] as number) & DISPATCH_FLAGS.indirect);
    });
});

test('overrides of a pipeline and the grids of its launches are known', async () => {
  const { trace } = await runFixture('all-forms.mjs', { mode: 'exact' });
  const { launches, dispatches } = trace.tables;
  const grids = [...dispatches.launch]
    .slice(3, 6)
    .map((id) => [launches.workgroupsX[id], launches.workgroupsY[id], launches.workgroupsZ[id]]);
  assert.deepEqual(grids, [
    [4, 1, 1],
    [4, 2, 1],
    [3, 3, 1],
  ]);
  assert.deepEqual(trace.kernels.find(({ name }) => name === 'bump by five')?.constants, { STEP: 5 });
});
