/**
 * The translation of a text that was put together before anybody knew the reader's language (what a rule says, with its figures). The
 * bundle's key is the sentence with `{0}`, `{1}` ... where values stand; the text is matched against it, and the values go where the
 * translation has them. A value that is words is translated in its turn. A text of several lines and sentences is translated sentence by
 * sentence; what no key fits (code, names) stays as it is.
 */

export type Bundle = Readonly<Record<string, unknown>>;

interface Pattern {
  /** The words between the values; the first and the last may be empty. */
  readonly words: readonly string[];
  /** The number of each value, in the order of the key. */
  readonly order: readonly number[];
  readonly translation: string;
  /** Letters that are the sentence's own: of two that fit, the one that says more is meant. */
  readonly letters: number;
}

/** Fewer letters of its own, and a key would fit anything. */
const FEWEST_LETTERS = 6;

const patternsOf = new WeakMap<Bundle, readonly Pattern[]>();

export function translateText(text: string, bundle: Bundle): string {
  if (text.includes('\n')) return text.split('\n').map((line) => translateText(line, bundle)).join('\n'); // prettier-ignore
  // Piece by piece first: a value of the first sentence could seem to reach to the end of the last.
  const sentences = sentencesOf(text);
  const known = sentences.map((sentence) => asOne(sentence, bundle));
  if (!known.includes(null)) return known.join(' ');
  return asOne(text, bundle) ?? sentences.map((sentence, i) => known[i] ?? sentence).join(' ');
}

/** The sentences of a text, without the space between them. */
export function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?]) (?=\p{Lu})/u);
}

function asOne(text: string, bundle: Bundle): string | null {
  const whole = Object.hasOwn(bundle, text) ? bundle[text] : undefined;
  if (typeof whole === 'string') return whole;
  let patterns = patternsOf.get(bundle);
  if (!patterns) patternsOf.set(bundle, (patterns = allPatterns(bundle)));
  for (const { words, order, translation } of patterns) {
    const values = valuesIn(text, words);
    if (!values) continue;
    return translation.replaceAll(/\{(\d+)\}/g, (mark, place: string) => {
      const value = values[order.indexOf(Number(place))];
      return value === undefined ? mark : value.includes(' ') ? translateText(value, bundle) : value;
    });
  }
  return null;
}

/** What stands between the words, each found at its first place: no name in a trace, however made, can make this slow. */
function valuesIn(text: string, words: readonly string[]): string[] | null {
  const [first = '', last = ''] = [words[0], words.at(-1)];
  if (!text.startsWith(first) || !text.endsWith(last)) return null;
  const values: string[] = [];
  let from = first.length;
  const end = text.length - last.length;
  for (const word of words.slice(1, -1)) {
    const at = text.indexOf(word, from);
    if (at < 0 || at + word.length > end) return null;
    values.push(text.slice(from, at));
    from = at + word.length;
  }
  return from > end ? null : [...values, text.slice(from, end)];
}

function allPatterns(bundle: Bundle): Pattern[] {
  const patterns: Pattern[] = [];
  for (const [key, translation] of Object.entries(bundle)) {
    if (typeof translation !== 'string' || !key.includes('{0}')) continue;
    const parts = key.split(/\{(\d+)\}/);
    const words = parts.filter((_, i) => i % 2 === 0);
    const letters = words.join('').replaceAll(/\W/g, '').length;
    if (letters < FEWEST_LETTERS) continue;
    patterns.push({ words, order: parts.filter((_, i) => i % 2 === 1).map(Number), translation, letters });
  }
  return patterns.sort((a, b) => b.letters - a.letters);
}
