/** Where steps end when optimizers take turns. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rounds } from '../../src/tensor/rounds.ts';

/** Steps of updates given as letters, one word a step; `made`: the optimizers that exist from the start. */
function stepsOf(updates: string, made = updates): string {
  const rounds = new Rounds();
  const optimizers = new Map<string, object>();
  const optimizer = (name: string): object => {
    let found = optimizers.get(name);
    if (!found) rounds.add((found = { name }));
    optimizers.set(name, found as object);
    return found as object;
  };
  for (const name of new Set(made)) optimizer(name);
  return [...updates].map((name) => (rounds.stepped(optimizer(name)).ends ? `${name} ` : name)).join('');
}

test('each update of a single optimizer ends a step', () => {
  assert.equal(stepsOf('aaaa'), 'a a a a ');
});

test('two optimizers in turn make one step, from the first one on', () => {
  assert.equal(stepsOf('cgcgcgcg'), 'cg cg cg cg ');
  assert.equal(stepsOf('abcabcabc'), 'abc abc abc ');
});

test('of a critic with several updates each begins a step, and the generator goes with the last', () => {
  assert.equal(stepsOf('cccgcccgcccgcccg').slice(-12), 'c c cg c c cg '.slice(-12));
  assert.equal(stepsOf('cccg'.repeat(10)).trim().split(' ').length, 30);
});

test('one after the other, as for two phases of a training, they are as if alone', () => {
  assert.equal(stepsOf('aaabbb', 'a'), 'a a a b b b ');
  // One that waits from the start is expected once, in vain.
  assert.equal(stepsOf('aaabbb'), 'aa a b b b ');
});

test('what an optimizer made begins with each round', () => {
  const rounds = new Rounds();
  const [a, b] = [{}, {}];
  assert.deepEqual(
    [a, b, a, b, b].map((each) => rounds.stepped(each).begins),
    [true, false, true, false, true],
  );
});
