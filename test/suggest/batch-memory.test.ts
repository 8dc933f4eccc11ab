import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchMemory, memoryEvidence } from '../../src/suggest/batch-memory.ts';
import type { TrialMemory } from '../../src/suggest/suggestion.ts';
import { ROLES } from '../../src/trace/model.ts';
import type { Role } from '../../src/trace/model.ts';

const MB = 1e6;
const at = (batch: number, limits: Partial<TrialMemory> = {}) => ({
  batch,
  memory: {
    byRole: {
      ...(Object.fromEntries(ROLES.map((role) => [role, 0])) as Record<Role, number>),
      parameter: 8 * MB,
      'optimizer-state': 16 * MB,
      activation: MB + 0.5 * MB * batch,
      input: 0.01 * MB * batch,
    },
    largestBytes: Math.max(6 * MB, 0.2 * MB * batch),
    limitBytes: null,
    bindingLimitBytes: null,
    ...limits,
  },
});
const curve = (limits: Partial<TrialMemory>) =>
  batchMemory([at(32, limits), at(64, limits), at(128, limits)])!;

test('what stays and what comes with each row is told by role, exactly', () => {
  const { byRole } = curve({});
  const of = (role: Role) => byRole.find((each) => each.role === role)!;
  assert.ok(Math.abs(of('activation').perRow - 0.5 * MB) < 1 && Math.abs(of('activation').fixed - MB) < 64);
  assert.deepEqual(of('parameter'), { role: 'parameter', fixed: 8 * MB, perRow: 0 });
  assert.equal(byRole.length, 4);
  assert.match(
    memoryEvidence(curve({}))[0]!.text,
    /parameter 8\.00 MB, optimizer state 16\.0 MB, activation 1\.00 MB \+ 500 kB x batch/,
  );
});

test('the limit that comes first says how large a batch may be', () => {
  assert.equal(curve({}).largest, null);
  const memory = curve({ limitBytes: 200 * MB, bindingLimitBytes: 128 * MB }).largest!;
  assert.equal(memory.by, 'memory');
  assert.equal(memory.batch, Math.floor((180 - 25) / 0.51));
  const binding = curve({ limitBytes: 2000 * MB, bindingLimitBytes: 128 * MB }).largest!;
  assert.equal(binding.by, 'binding');
  assert.match(
    memoryEvidence(curve({ bindingLimitBytes: 128 * MB }))[1]!.text,
    /by the largest buffer that can be bound, 128 MB/,
  );
  assert.equal(batchMemory([at(32)]), null);
});
