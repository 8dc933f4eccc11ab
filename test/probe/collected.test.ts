import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Collected } from '../../src/probe/collected.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

async function collect(): Promise<void> {
  // What a call has put on the stack may still be seen there: a turn of the event loop in between.
  for (let i = 0; i < 3; i++) {
    await wait(1);
    gc();
  }
  await wait(1);
}

test('what the script dropped is told after a look, what is over is not', async () => {
  const gone: number[] = [];
  const collected = new Collected<object, { readonly id: number; over: boolean }>(
    ({ over }) => over,
    ({ id }) => gone.push(id),
  );
  const kept = {};
  const make = (): void => {
    for (let id = 0; id < 4; id++) collected.watch({}, { id, over: id === 2 });
    collected.watch(kept, { id: 10, over: false });
    collected.watchLarge({}, { id: 20, over: false });
  };
  make();
  await collect();
  assert.deepEqual(gone, [20], 'the others are held until the next look');
  collected.look();
  await collect();
  assert.deepEqual(
    gone.toSorted((a, b) => a - b),
    [0, 1, 3, 20],
  );
  assert.ok(kept);
});

test('not more than a few are held, however long nobody looks', async () => {
  let gone = 0;
  const collected = new Collected<object, object>(
    () => false,
    () => gone++,
  );
  const make = (): void => {
    for (let i = 0; i < 1000; i++) collected.watch({}, {});
  };
  make();
  await collect();
  assert.ok(gone >= 900, `${gone} of 1000`);
});
