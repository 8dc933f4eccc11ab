import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DisposableStack } from '../../src/base/disposable.ts';

test('what was added is disposed once, newest first, and what comes late at once', () => {
  const order: string[] = [];
  const stack = new DisposableStack();
  stack.defer(() => order.push('a'));
  stack.defer(() => order.push('b'));
  stack.dispose();
  stack.dispose();
  assert.deepEqual(order, ['b', 'a']);
  stack.defer(() => order.push('late'));
  assert.deepEqual(order, ['b', 'a', 'late']);
});
