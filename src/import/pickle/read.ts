/**
 * Reads Python pickles (protocols 0 to 5) as plain data. Nothing is ever called: a class or function in the file becomes
 * an inert `PickleObject` with its name, its arguments and its state, so a hostile file can at most be wrong.
 */
import type { Result } from '../../base/result.ts';
import { err, ok } from '../../base/result.ts';
import { STEPS } from './opcodes.ts';
import type { Ops } from './opcodes.ts';
import { Broken } from './value.ts';
import type { PickleValue } from './value.ts';

export interface PickleError {
  readonly at: number;
  readonly message: string;
}

/** Objects a file may make: memory snapshots of gigabytes stay far below it. */
const MAX_OBJECTS = 100_000_000;

const MARK = Symbol('mark');
type Slot = PickleValue | typeof MARK;

export function readPickle(bytes: Uint8Array): Result<PickleValue, PickleError> {
  const machine = new Machine(bytes);
  try {
    return ok(machine.run());
  } catch (error) {
    if (!(error instanceof Broken) && !(error instanceof RangeError)) throw error;
    return err({ at: machine.at, message: error.message });
  }
}

class Machine {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #stack: Slot[] = [];
  readonly #memo = new Map<number, PickleValue>();
  readonly #text = new TextDecoder();
  #objects = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): PickleValue {
    for (;;) {
      const code = this.#byte();
      if (code === 0x2e) return this.#pop(); // STOP
      const step = STEPS[code];
      if (!step) throw new Broken(`opcode ${code} is none that data needs`);
      step(this.#ops);
      if (++this.#objects > MAX_OBJECTS) throw new Broken(`more than ${MAX_OBJECTS} objects`);
    }
  }

  readonly #ops: Ops = {
    u8: () => this.#byte(),
    u16: () => this.#number(2, (at) => this.#view.getUint16(at, true)),
    i32: () => this.#number(4, (at) => this.#view.getInt32(at, true)),
    u32: () => this.#number(4, (at) => this.#view.getUint32(at, true)),
    u64: () => Number(this.#number(8, (at) => this.#view.getBigUint64(at, true))),
    f64: () => this.#number(8, (at) => this.#view.getFloat64(at)),
    skip: (count) => void this.#take(count),
    bytes: (count) => this.#take(count),
    text: (count) => this.#text.decode(this.#take(count)),
    line: () => this.#line(),
    push: (value) => void this.#stack.push(value),
    pop: () => this.#pop(),
    mark: () => void this.#stack.push(MARK),
    toMark: () => this.#toMark(),
    top: () => {
      const top = this.#stack.at(-1);
      if (top === undefined || top === MARK) throw new Broken('the stack is empty');
      return top;
    },
    put: (id) => void this.#memo.set(id, this.#ops.top()),
    nextId: () => this.#memo.size,
    get: (id) => {
      const value = this.#memo.get(id);
      if (value === undefined) throw new Broken(`memo ${id} was never stored`);
      return value;
    },
  };

  #number<T>(size: number, read: (at: number) => T): T {
    this.#need(size);
    const value = read(this.at);
    this.at += size;
    return value;
  }

  #byte(): number {
    this.#need(1);
    return this.#bytes[this.at++] as number;
  }

  #take(count: number): Uint8Array {
    this.#need(count);
    const taken = this.#bytes.subarray(this.at, this.at + count);
    this.at += count;
    return taken;
  }

  #need(count: number): void {
    if (!(count >= 0) || this.at + count > this.#bytes.length)
      throw new Broken('the file ends in the middle');
  }

  #line(): string {
    const end = this.#bytes.indexOf(10, this.at);
    if (end < 0) throw new Broken('the file ends in the middle');
    const line = this.#text.decode(this.#bytes.subarray(this.at, end));
    this.at = end + 1;
    return line;
  }

  #pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) throw new Broken('the stack is empty');
    return value;
  }

  #toMark(): PickleValue[] {
    const at = this.#stack.lastIndexOf(MARK);
    if (at < 0) throw new Broken('there is no mark');
    return this.#stack.splice(at).slice(1) as PickleValue[];
  }
}
