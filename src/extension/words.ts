/**
 * Text in the language of the editor. The English text is its own key (l10n/bundle.l10n.<language>.json); `main.ts` puts the
 * editor's translations in place at the start, and the pure parts, which know no editor, speak English without it.
 */

import { translateText } from '../base/translate-text.ts';
import type { Bundle } from '../base/translate-text.ts';

type Values = readonly (string | number)[];

let translate = (message: string, ...values: Values): string =>
  message.replaceAll(/\{(\d+)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));

let bundle: Bundle = {};

/** `{0}`, `{1}` ... stand for the values. The message must be a literal: the keys are read from the source. */
export function t(message: string, ...values: Values): string {
  return translate(message, ...values);
}

/** The translation of a text that came with its values already in it, such as the title of a suggestion. */
export function translated(text: string): string {
  return translateText(text, bundle);
}

export function useTranslations(
  translations: (message: string, ...values: Values) => string,
  translatedTexts: Bundle,
): void {
  translate = translations;
  bundle = translatedTexts;
}
