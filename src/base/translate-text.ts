/**
 * The translation of a text that was put together before anybody knew the reader's language (a rule's title with its figures). The bundle's
 * key is the sentence with `{0}`, `{1}` ... where values stand; the text is matched against it, and the values go where the translation
 * has them. Values stay as they are. A text that no key fits stays English.
 */

export type Bundle = Readonly<Record<string, unknown>>;

interface Pattern {
  readonly matches: RegExp;
  readonly order: readonly number[];
  readonly translation: string;
  /** Letters that are the sentence's own: of two that fit, the one that says more is meant. */
  readonly letters: number;
}

const patternsOf = new WeakMap<Bundle, readonly Pattern[]>();

export function translateText(text: string, bundle: Bundle): string {
  const whole = Object.hasOwn(bundle, text) ? bundle[text] : undefined;
  if (typeof whole === 'string') return whole;
  let patterns = patternsOf.get(bundle);
  if (!patterns) patternsOf.set(bundle, (patterns = allPatterns(bundle)));
  for (const { matches, order, translation } of patterns) {
    const found = matches.exec(text);
    if (!found) continue;
    return translation.replaceAll(/\{(\d+)\}/g, (mark, place: string) => found[order.indexOf(Number(place)) + 1] ?? mark);
  } // prettier-ignore
  return text;
}

function allPatterns(bundle: Bundle): Pattern[] {
  const patterns: Pattern[] = [];
  for (const [key, translation] of Object.entries(bundle)) {
    if (typeof translation !== 'string' || !key.includes('{0}')) continue;
    const parts = key.split(/\{(\d+)\}/);
    const words = parts.filter((_, i) => i % 2 === 0);
    const letters = words.join('').replaceAll(/\W/g, '').length;
    // Hardly any words of its own: it would fit anything.
    if (letters < 6) continue;
    const order = parts.filter((_, i) => i % 2 === 1).map(Number);
    const source = words.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('(.+?)');
    patterns.push({ matches: new RegExp(`^${source}$`, 's'), order, translation, letters });
  }
  return patterns.sort((a, b) => b.letters - a.letters);
}
