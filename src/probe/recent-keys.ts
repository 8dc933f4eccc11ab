/**
 * Has a key been met lately? Asked at every launch of a script, so keys lie flat in two tables by their own bits: a Set of numbers
 * this large would keep an object for each. The last ones and those before them: the older are forgotten all at once.
 */

/** Keys remembered at least. */
const KEEP = 8192;
/** Places of a table, a power of two; half of them stay free, so that a search is short. */
const PLACES = 2 * KEEP;
const MASK = 2 * PLACES - 1;

export class RecentKeys {
  #recent = new Int32Array(2 * PLACES);
  #before = new Int32Array(2 * PLACES);
  #count = 0;

  /** Adds a key of 64 bits, given as two integers of 32; true when it was there. */
  add(low: number, high: number): boolean {
    // Zeros mark a free place.
    if (low === 0 && high === 0) high = 1;
    const at = placeOf(this.#recent, low, high);
    if (!isFree(this.#recent, at)) return true;
    if (this.#count === KEEP) {
      [this.#recent, this.#before] = [this.#before.fill(0), this.#recent];
      this.#count = 0;
      return this.add(low, high);
    }
    this.#count++;
    this.#recent[at] = low;
    this.#recent[at + 1] = high;
    return !isFree(this.#before, placeOf(this.#before, low, high));
  }
}

/** Where the key lies, or the free place where it would. */
function placeOf(table: Int32Array, low: number, high: number): number {
  for (let at = (2 * low) & MASK; ; at = (at + 2) & MASK)
    if ((table[at] === low && table[at + 1] === high) || isFree(table, at)) return at;
}

function isFree(table: Int32Array, at: number): boolean {
  return table[at] === 0 && table[at + 1] === 0;
}
