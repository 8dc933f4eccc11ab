import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { translateText } from '../../src/base/translate-text.ts';
import { ruleTexts } from '../support/rule-texts.ts';

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

test('every title of a rule, with values in it, becomes its own translation', () => {
  for (const language of ['de', 'zh-cn']) {
    const bundle = read(language);
    for (const text of ruleTexts()) {
      const put = (sentence: string): string => sentence.replaceAll(/\{(\d)\}/g, (_, i: string) => `${i}7 %`);
      assert.equal(translateText(put(text), bundle), put(bundle[text] as string), text);
    }
  }
});
