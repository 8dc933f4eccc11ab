import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import * as annotate from '../../src/api/annotate.ts';
import type { AnnotationListener } from '../../src/probe/annotate.ts';
import { annotations } from '../../src/probe/annotate.ts';

let told: unknown[][] = [];
beforeEach(() => {
  told = [];
  annotations.listener = {
    range: (event, name) => told.push(['range', event, name]),
    mark: (name) => told.push(['mark', name]),
    value: (name, number) => told.push(['value', name, number]),
    step: (event, note) => told.push(['step', event, note.samples]),
  } as Partial<AnnotationListener> as AnnotationListener;
});
afterEach(() => (annotations.listener = null));

test('a range lasts as long as its work, also when that goes on asynchronously or fails', async () => {
  assert.equal(
    annotate.range('sum', () => 1 + 2),
    3,
  );
  assert.throws(() => annotate.range('bad', () => assert.fail('on purpose')), /on purpose/);
  let finish = (): void => {};
  const waiting = annotate.range('load', () => new Promise<void>((resolve) => (finish = resolve)));
  assert.deepEqual(told.at(-1), ['range', 'begin', 'load']);
  finish();
  await waiting;
  assert.deepEqual(
    told.map(([, event, name]) => `${String(event)} ${String(name)}`),
    ['begin sum', 'end sum', 'begin bad', 'end bad', 'begin load', 'end load'],
  );
});

test('steps, marks and values are told as they are given', () => {
  annotate.step(() => annotate.mark('half'), { samples: 8 });
  annotate.value('rate', 0.5);
  assert.deepEqual(told, [
    ['step', 'begin', undefined],
    ['mark', 'half'],
    ['step', 'end', 8],
    ['value', 'rate', 0.5],
  ]);
});

test('without a profiler they only run the work', () => {
  annotations.listener = null;
  assert.equal(
    annotate.step(() => annotate.range('x', () => 5)),
    5,
  );
});
