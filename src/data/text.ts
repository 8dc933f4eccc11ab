/** Text as numbers, one a byte of UTF-8: every text can be written, no vocabulary is needed. */
export const byteTokenizer = {
  /** Numbers that can occur. */
  vocabularySize: 256,

  encode: (text: string): Int32Array => Int32Array.from(new TextEncoder().encode(text)),

  /** What is not valid UTF-8 (a model may write anything) becomes the replacement character. */
  decode: (codes: Iterable<number>): string => new TextDecoder().decode(Uint8Array.from(codes)),
} as const;

/** Text as numbers, one for each character that occurs in a sample of it. */
export class CharacterTokenizer {
  /** The characters, by their numbers. */
  readonly characters: readonly string[];
  readonly #codes: ReadonlyMap<string, number>;

  constructor(sample: string) {
    this.characters = [...new Set(sample)].toSorted();
    this.#codes = new Map(this.characters.map((character, code) => [character, code]));
  }

  get vocabularySize(): number {
    return this.characters.length;
  }

  /** @throws Error naming a character that was not in the sample. */
  encode(text: string): Int32Array {
    return Int32Array.from(text, (character) => {
      const code = this.#codes.get(character);
      if (code === undefined)
        throw new Error(`the character '${character}' was not in the tokenizer's sample`);
      return code;
    });
  }

  decode(codes: Iterable<number>): string {
    return Array.from(codes, (code) => this.characters[code] ?? '').join('');
  }
}
