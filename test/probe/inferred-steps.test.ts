import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StepInference } from '../../src/probe/inferred-steps.ts';

/** Sends launches 1 us apart, with a pause before each launch of `pauses`; returns the indices at which steps begin. */
function boundaries(launches: readonly number[], pauseBefore: number): number[] {
  const inference = new StepInference();
  let time = 0;
  return launches.flatMap((launch, i) => {
    time += launch === pauseBefore ? 5000 : 1000;
    return inference.next(launch, time) ? [i] : [];
  });
}

const repeat = (sequence: readonly number[], times: number): number[] =>
  Array.from({ length: times }, () => sequence).flat();

test('a repeated sequence is cut where the script pauses', () => {
  const found = boundaries(repeat([4, 5, 6, 7, 8, 9], 40), 7);
  assert.ok(found.length > 25, `${found.length} steps`);
  for (const index of found) assert.equal(index % 6, 3);
});

test('equal layers within a step are not steps', () => {
  const step = [...repeat([1, 2, 3], 8), 4, ...repeat([5, 6], 8), 7];
  const found = boundaries(repeat(step, 60), 1);
  assert.ok(found.length > 30);
  // The pause is before every launch 1, but only the first of them is preceded by launch 7.
  for (const index of found) assert.equal(index % step.length, 0);
});

test('a read-back now and then does not lose the steps', () => {
  const launches = Array.from({ length: 120 }, (_, i) =>
    i > 60 && i % 10 === 0 ? [1, 2, 3, 99] : [1, 2, 3],
  ).flat();
  const found = boundaries(launches, 1);
  const late = found.filter((index) => index > 200);
  assert.ok(late.length >= 40, `${late.length} late steps`);
});

test('work without repetition has no steps', () => {
  assert.deepEqual(
    boundaries(
      Array.from({ length: 2000 }, (_, i) => i),
      0,
    ),
    [],
  );
});

test('when the pattern ends, so do the steps, and a new pattern is found', () => {
  const found = boundaries(
    [
      ...repeat([1, 2, 3, 4], 50),
      ...Array.from({ length: 64 }, (_, i) => 100 + i),
      ...repeat([7, 8, 9], 100),
    ],
    7,
  );
  assert.ok(found.some((index) => index < 200));
  assert.ok(!found.some((index) => index >= 205 && index < 264));
  assert.ok(found.filter((index) => index > 300).length > 20);
});
