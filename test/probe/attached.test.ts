import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Attached } from '../../src/probe/attached.ts';

test('each attachment of an object has its own value, and changes it', () => {
  const sizes = new Attached<object, number>();
  const names = new Attached<object, string>();
  const [one, other] = [{}, {}];
  assert.equal(sizes.get(one), undefined);
  sizes.set(one, 1);
  names.set(one, 'one');
  sizes.set(other, 2);
  sizes.set(one, 3);
  assert.deepEqual(
    [sizes.get(one), names.get(one), sizes.get(other), names.get(other)],
    [3, 'one', 2, undefined],
  );
  assert.equal(sizes.get(null), undefined);
  assert.equal(sizes.get(undefined), undefined);
});

test('the script sees nothing of it', () => {
  const attached = new Attached<object, number>();
  const bare = { label: 'a' };
  const marked = { label: 'a' };
  attached.set(marked, 1);
  assert.deepEqual(Reflect.ownKeys(marked), ['label']);
  assert.equal(inspect(marked, { showHidden: true }), inspect(bare, { showHidden: true }));
  assert.equal(attached.get({ ...marked }), undefined);
  assert.equal(attached.get(Object.create(marked) as object), undefined);
});
