/**
 * Text in the language of the editor. The English text is its own key (l10n/bundle.l10n.<language>.json, the same bundle as the
 * extension's); the page carries the bundle as JSON. Pages without one (the HTML report, tests) speak English.
 */

import { translateText } from '../src/base/translate-text.ts';

type Values = readonly (string | number)[];

/** Id of the element that carries the bundle; src/extension/views/page.ts writes it. */
const ELEMENT = 'kernelscope-words';

let bundle: Readonly<Record<string, unknown>> | null = null;

function read(): Readonly<Record<string, unknown>> {
  const text = typeof document === 'undefined' ? null : document.getElementById(ELEMENT)?.textContent;
  try {
    return text ? ((JSON.parse(text) as Record<string, unknown> | null) ?? {}) : {};
  } catch {
    return {};
  }
}

/** `{0}`, `{1}` ... stand for the values. The message must be a literal: the keys are read from the source. */
export function t(message: string, ...values: Values): string {
  bundle ??= read();
  const found = bundle[message];
  const text = typeof found === 'string' ? found : message;
  return text.replaceAll(/\{(\d+)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));
}

/** The translation of a text that came with its values already in it, such as the title of a suggestion. */
export function translated(text: string): string {
  return translateText(text, (bundle ??= read()));
}
