/** The part of a text that is in memory: pieces come in at its end, what has been read goes at its front. */
export class Window {
  bytes: Uint8Array = new Uint8Array(0);
  /** How far `bytes` has been read. */
  at = 0;
  /** Position of the first of `bytes` in the whole text. */
  offset = 0;
  #own = new Uint8Array(0);

  get unread(): number {
    return this.bytes.length - this.at;
  }

  /** Position reached in the whole text. */
  get position(): number {
    return this.offset + this.at;
  }

  /** The whole text, used as it is. */
  fill(text: Uint8Array): void {
    this.bytes = text;
  }

  /** Adds a piece by copying it: the giver may use its memory again. One buffer serves the whole text. */
  append(piece: Uint8Array): void {
    const rest = this.unread;
    const size = rest + piece.length;
    const unread = this.bytes.subarray(this.at);
    if (size > this.#own.length) {
      const larger = new Uint8Array(Math.max(size, this.#own.length * 2));
      larger.set(unread);
      this.#own = larger;
    } else this.#own.set(unread);
    this.#own.set(piece, rest);
    this.offset += this.at;
    this.at = 0;
    this.bytes = this.#own.subarray(0, size);
  }
}
