/** Strings met as bytes, each made a JavaScript string once: names repeat millions of times in a trace. */

const EMPTY_SLOT = -1;

export class ByteStrings {
  readonly #texts: string[] = [];
  /** Raw bytes of each string, one after the other; entry i ends where entry i + 1 starts. */
  #arena = new Uint8Array(1 << 16);
  #starts = new Float64Array(1 << 10);
  #hashes = new Int32Array(1 << 10);
  #slots = new Int32Array(1 << 11).fill(EMPTY_SLOT);
  readonly #decoder = new TextDecoder();

  get size(): number {
    return this.#texts.length;
  }

  text(id: number): string {
    return this.#texts[id] as string;
  }

  /** The id of a string of our own. */
  known(text: string): number {
    const bytes = new TextEncoder().encode(text);
    return this.intern(bytes, 0, bytes.length, false);
  }

  /** The id of the string whose raw bytes (as between JSON quotes) stand at start..end. */
  intern(bytes: Uint8Array, start: number, end: number, escaped: boolean): number {
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
    // FNV's low bits are weak for table indices; one more mix spreads them.
    hash ^= hash >>> 15;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const id = this.#slots[slot] as number;
      if (id === EMPTY_SLOT) return this.#add(bytes, start, end, escaped, hash, slot);
      if (this.#hashes[id] === hash && this.#equals(id, bytes, start, end)) return id;
      slot = (slot + 1) & mask;
    }
  }

  #equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#starts[id] as number;
    if ((this.#starts[id + 1] as number) - from !== end - start) return false;
    for (let i = start, j = from; i < end; i++, j++) if (bytes[i] !== this.#arena[j]) return false;
    return true;
  }

  #add(bytes: Uint8Array, start: number, end: number, escaped: boolean, hash: number, slot: number): number {
    const id = this.#texts.length;
    const from = this.#starts[id] as number;
    const size = from + end - start;
    if (size > this.#arena.length) this.#arena = grown(this.#arena, size);
    this.#arena.set(bytes.subarray(start, end), from);
    if (id + 2 > this.#starts.length) {
      this.#starts = grown(this.#starts, id + 2);
      this.#hashes = grown(this.#hashes, id + 2);
    }
    this.#starts[id + 1] = size;
    this.#hashes[id] = hash;
    this.#slots[slot] = id;
    const raw = this.#decoder.decode(bytes.subarray(start, end));
    this.#texts.push(escaped ? unescaped(raw) : raw);
    if (this.#texts.length * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(EMPTY_SLOT);
    const mask = slots.length - 1;
    for (let id = 0; id < this.#texts.length; id++) {
      let slot = (this.#hashes[id] as number) & mask;
      while (slots[slot] !== EMPTY_SLOT) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }
}

function grown<T extends Uint8Array | Float64Array | Int32Array>(old: T, size: number): T {
  const larger = new (old.constructor as new (length: number) => T)(Math.max(old.length * 2, size));
  larger.set(old);
  return larger;
}

/** Text of a JSON string with escapes. One that JSON would refuse (an unescaped `\U` of a Windows path) is kept as written. */
export function unescaped(raw: string): string {
  try {
    // Control characters are legal in no JSON string, and present in real ones.
    const safe = Array.from(raw, (c) =>
      c < ' ' ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c,
    ).join('');
    return JSON.parse(`"${safe}"`) as string;
  } catch {
    return raw;
  }
}
