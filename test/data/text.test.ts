import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BpeTokenizer, gpt2Tokenizer } from '../../src/data/bpe.ts';
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

test("GPT-2's pieces of words are those of the published vocabulary, and any text survives them", async () => {
  const tokenizer = await gpt2Tokenizer();
  assert.equal(tokenizer.vocabularySize, 50_257);
  assert.deepEqual([...tokenizer.encode('Hello world')], [15496, 995]);
  const text = 'Größe: 3 µm, 猫 🐈\n\tif (x) return;';
  assert.equal(tokenizer.decode(tokenizer.encode(text)), text);
  assert.throws(() => tokenizer.decode([50_257]), /50257 is no number of a vocabulary of 50257/);
});

test('any encoding of a package can be used', () => {
  const letters = { encode: (text: string) => [...text].map((letter) => letter.charCodeAt(0) - 97), decode: (codes: Iterable<number>) => Array.from(codes, (code) => String.fromCharCode(code + 97)).join(''), vocabularySize: 26 }; // prettier-ignore
  const tokenizer = new BpeTokenizer(letters);
  assert.deepEqual(tokenizer.encode('abc'), Int32Array.of(0, 1, 2));
  assert.equal(tokenizer.decode([25]), 'z');
});
