/**
 * The line that each dispatch came from, where the same launch comes from several and steps change on the way: that of a timed one is
 * right, and one that is not says that it was inferred.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { DISPATCH_FLAGS } from '../../src/trace/model.ts';
import type { ProbeMode } from '../../src/wire/run-messages.ts';
import { runFixture } from './run-fixture.ts';

for (const mode of ['exact', 'alternating'] satisfies ProbeMode[])
  it(`each timed dispatch has its own line in mode ${mode}`, async () => {
    const { trace, stdout, stderr } = await runFixture('changing-lines.mjs', { mode });
    assert.equal(trace.meta.status, 'ok', stderr);
    const expected = JSON.parse(/^lines (.*)$/m.exec(stdout)?.[1] ?? '[]') as number[];
    const { dispatches, launches } = trace.tables;
    assert.equal(dispatches.length, 60 * 5 + 60 * 4);
    assert.equal(expected.length, dispatches.length);
    let timed = 0;
    let right = 0;
    let inferred = 0;
    dispatches.launch.forEach((launch, i) => {
      const location = trace.locations[launches.location[launch] as number];
      const flags = dispatches.flags[i] as number;
      if (flags & DISPATCH_FLAGS.lineInferred) inferred++;
      if (location?.line === expected[i]) right++;
      else
        assert.ok(flags & DISPATCH_FLAGS.lineInferred, `dispatch ${i} has a wrong line and does not say so`);
      if ((flags & DISPATCH_FLAGS.timed) === 0) return;
      timed++;
      assert.equal(location?.line, expected[i], `dispatch ${i} of step ${dispatches.step[i]}`);
    });
    console.log(
      `${mode}: ${timed} timed; of all ${dispatches.length} the lines of ${right} are right, ${inferred} inferred`,
    );
    assert.equal(inferred > 0, mode !== 'exact', `${inferred} inferred`);
    assert.ok(right > 0.9 * expected.length, `${right} of ${expected.length} right`);
    assert.ok(timed >= (mode === 'exact' ? dispatches.length : 30), `${timed} timed`);
  });
