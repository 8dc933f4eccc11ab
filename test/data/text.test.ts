import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteTokenizer, CharacterTokenizer } from '../../src/data/text.ts';

test('any text survives its bytes', () => {
  const text = 'Größe: 3 µm, 猫 🐈';
  assert.equal(byteTokenizer.decode(byteTokenizer.encode(text)), text);
  assert.ok(byteTokenizer.encode(text).every((code) => code >= 0 && code < byteTokenizer.vocabularySize));
  assert.equal(byteTokenizer.decode([72, 255]), 'H\uFFFD');
});

test('characters are numbered in order, and strangers are named', () => {
  const tokenizer = new CharacterTokenizer('banana 🐈');
  assert.deepEqual(tokenizer.characters, [' ', 'a', 'b', 'n', '🐈']);
  assert.deepEqual([...tokenizer.encode('ban🐈')], [2, 1, 3, 4]);
  assert.equal(tokenizer.decode(tokenizer.encode('nab 🐈')), 'nab 🐈');
  assert.throws(() => tokenizer.encode('bat'), /character 't' was not in/);
});
