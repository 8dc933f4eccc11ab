import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkChildMessage } from '../../src/wire/run-messages.ts';
import { checkFromSqlProcess } from '../../src/wire/sql-messages.ts';
import { checkFromView } from '../../src/wire/view-messages.ts';

test('anything a script may send over the channel is either a message or nothing, never an exception', () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true }), (value) => {
      checkChildMessage(value);
      checkFromView(value);
      checkFromSqlProcess(value);
    }),
  );
});

test('a message with a field of another type is refused', () => {
  assert.equal(checkChildMessage({ type: 'progress', step: '3', loss: null, stepMs: null }), null);
  assert.equal(checkChildMessage({ type: 'no-adapter', message: 3 }), null);
  assert.deepEqual(checkChildMessage({ type: 'progress', step: 3, loss: 0.5, stepMs: 2 }), {
    type: 'progress',
    step: 3,
    loss: 0.5,
    stepMs: 2,
  });
  assert.equal(checkFromView({ type: 'open', file: 'a.ts', line: NaN, column: 1 }), null);
  assert.equal(checkFromView({ type: 'command', command: 'rm' }), null);
  assert.equal(checkFromView({ type: 'sql', ask: 'drop' }), null);
  assert.equal(checkFromView({ type: 'sql-run', run: 1.5, text: 'select 1' }), null);
  assert.equal(checkFromView({ type: 'sql-run', run: 1, text: 'x'.repeat(1_000_000) }), null);
  assert.equal(
    checkFromSqlProcess({ type: 'outcome', run: 1, broken: null, outcome: { kind: 'rows', rows: 3 } }),
    null,
  );
  assert.equal(
    checkFromSqlProcess({ type: 'outcome', run: 1, outcome: { kind: 'error', message: 'x', place: null } }),
    null,
  );
});
