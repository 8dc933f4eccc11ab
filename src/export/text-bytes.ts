/** A long text gathered as bytes: one string cannot hold more than half a gigabyte. */

const FLUSH_LETTERS = 1 << 20;

export class TextBytes {
  readonly #encoder = new TextEncoder();
  readonly #parts: Uint8Array[] = [];
  #pending: string[] = [];
  #letters = 0;

  add(text: string): void {
    this.#pending.push(text);
    this.#letters += text.length;
    if (this.#letters >= FLUSH_LETTERS) this.#flush();
  }

  bytes(): Uint8Array {
    this.#flush();
    const all = new Uint8Array(this.#parts.reduce((size, part) => size + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  #flush(): void {
    this.#parts.push(this.#encoder.encode(this.#pending.join('')));
    this.#pending = [];
    this.#letters = 0;
  }
}
