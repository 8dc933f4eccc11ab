/** The last things that happened, as one number: equal after equal things, and hardly ever else. */

/** More would need more steps to repeat before they are known again. */
const LENGTH = 16;
const BASE = 0x01000193;
/** BASE to the power of LENGTH, 32 bits: what the oldest weighs when it leaves. */
const LEAVING = Array.from({ length: LENGTH }).reduce<number>((power) => Math.imul(power, BASE), 1);

export class Trail {
  readonly #last = new Int32Array(LENGTH);
  #at = 0;
  /** Of the last 16 serials pushed. */
  hash = 0;

  push(serial: number): void {
    const mixed = Math.imul(serial, 0x9e3779b1);
    const oldest = this.#last[this.#at] as number;
    this.#last[this.#at] = mixed;
    this.#at = (this.#at + 1) % LENGTH;
    this.hash = (Math.imul(this.hash, BASE) + mixed - Math.imul(oldest, LEAVING)) | 0;
  }
}
