/** Byte-pair encodings: text as numbers of frequent pieces of words. */

/** What encodes and decodes, as the packages do: `gpt-tokenizer/encoding/...`, for example. */
export interface BytePairEncoding {
  encode(text: string): ArrayLike<number>;
  decode(codes: Iterable<number>): string;
  readonly vocabularySize: number;
}

/** Text as numbers of a byte-pair encoding. */
export class BpeTokenizer {
  readonly #encoding: BytePairEncoding;

  /** @param encoding An encoding of a package, such as `await import('gpt-tokenizer/encoding/o200k_base')`. */
  constructor(encoding: BytePairEncoding) {
    this.#encoding = encoding;
  }

  /** Numbers that can occur. */
  get vocabularySize(): number {
    return this.#encoding.vocabularySize;
  }

  encode(text: string): Int32Array {
    return Int32Array.from(this.#encoding.encode(text));
  }

  /** @throws Error naming a number that is none of the vocabulary. */
  decode(codes: Iterable<number>): string {
    const all = [...codes];
    const wrong = all.find((code) => !(Number.isInteger(code) && code >= 0 && code < this.vocabularySize));
    if (wrong !== undefined)
      throw new Error(`${wrong} is no number of a vocabulary of ${this.vocabularySize}`);
    return this.#encoding.decode(all);
  }
}

/** GPT-2's tokenizer (50,257 numbers), which ships with the library. */
export async function gpt2Tokenizer(): Promise<BpeTokenizer> {
  return new BpeTokenizer(await import('./bpe-gpt2.mjs'));
}
