import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { translateText } from '../../src/base/translate-text.ts';
import { suggestionsFor } from '../../src/suggest/rules/index.ts';
import { NO_SOURCE } from '../../src/suggest/source-finder.ts';
import { ruleTexts } from '../support/rule-texts.ts';
import { sampleTrace } from '../support/sample-trace.ts';

const read = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(`l10n/bundle.l10n.${language}.json`, 'utf8')) as Record<string, string>;

test('values go where the translation has them', () => {
  const bundle = { 'Try {0} instead of {1} here': 'Hier statt {1} einmal {0}', 'Keep it': 'Behalten' };
  assert.equal(translateText('Try nhwc instead of nchw here', bundle), 'Hier statt nchw einmal nhwc');
  assert.equal(translateText('Keep it', bundle), 'Behalten');
  assert.equal(translateText('Something else', bundle), 'Something else');
  assert.equal(translateText('toString', bundle), 'toString');
});

test('a value may hold anything, and the sentence that says more is meant', () => {
  const bundle = { 'The GPU waits {0}': 'kurz {0}', 'The GPU waits {0} for {1} (all)': 'lang {1} {0}', '{0}: {1}': 'nie' };
  assert.equal(translateText('The GPU waits 3 % for $1 {0} (all)', bundle), 'lang $1 {0} 3 %');
  assert.equal(translateText('The GPU waits 3 %', bundle), 'kurz 3 %');
  assert.equal(translateText('a: b', bundle), 'a: b');
}); // prettier-ignore

test('a text of several sentences and lines is translated piece by piece; code and names stay', () => {
  const bundle = { 'Keep it in {0}.': 'In {0} behalten.', 'Then go on:': 'Dann weiter:', 'the GPU time': 'der GPU-Zeit', 'Of {0} a half': 'Von {0} die Hälfte' };
  assert.equal(translateText('Keep it in f16. Keep it in f32.', bundle), 'In f16 behalten. In f32 behalten.');
  assert.equal(translateText('Then go on:\n  const it = a.b;', bundle), 'Dann weiter:\n  const it = a.b;');
  assert.equal(translateText('Of the GPU time a half', bundle), 'Von der GPU-Zeit die Hälfte');
}); // prettier-ignore

test('a name made to be slow is not', () => {
  const bundle = { '{0}, {1}, {2}, {3}, {4}, {5} and so many more': 'x' };
  const began = performance.now();
  translateText(', '.repeat(200_000), bundle);
  assert.ok(performance.now() - began < 500);
});

test('what the rules say of a trace is said in each language, evidence, advice and caution too', () => {
  const texts =
    [sampleTrace({ network: 'cnn', readbackNs: 3e6 }), sampleTrace({ batch: 8 }), sampleTrace({ network: 'cnn', stepNoise: 0.5 })] // prettier-ignore
      .flatMap((trace) => suggestionsFor(trace, NO_SOURCE))
      .flatMap(({ title, evidence, advice, caution }) => [
        title,
        ...evidence.map(({ text }) => text),
        ...(advice ?? '').split('\n'),
        caution ?? '',
      ]) // prettier-ignore
      .filter((text) => text !== '' && !text.startsWith('  '));
  assert.ok(texts.length > 12, `${texts.length} texts`);
  for (const language of ['de', 'zh-cn'])
    for (const text of texts) assert.notEqual(translateText(text, read(language)), text);
});

test('every sentence of a rule, with values in it, becomes its own translation', () => {
  for (const language of ['de', 'zh-cn']) {
    const bundle = read(language);
    for (const text of ruleTexts()) {
      const put = (sentence: string): string => sentence.replaceAll(/\{(\d)\}/g, (_, i: string) => `${i}7 %`);
      assert.equal(translateText(put(text), bundle), put(bundle[text] as string), text);
    }
  }
});
