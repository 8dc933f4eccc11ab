/**
 * Reads Python pickles (protocols 0 to 5) as plain data. Nothing is ever called: a class or function in the file becomes
 * an inert `PickleObject` with its name, its arguments and its state, so a hostile file can at most be wrong.
 */
import type { Result } from '../../base/result.ts';
import { err, ok } from '../../base/result.ts';

/** Something of a class: what pickle would have built by calling `name`. */
export interface PickleObject {
  readonly className: string;
  readonly args: PickleValue;
  state: PickleValue;
}

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleObject;

export interface PickleError {
  readonly at: number;
  readonly message: string;
}

/** Objects a file may make: memory snapshots of gigabytes stay far below it. */
const MAX_OBJECTS = 100_000_000;

const MARK = Symbol('mark');
type Slot = PickleValue | typeof MARK;

class Broken extends Error {}

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

interface Ops {
  readonly u8: () => number;
  readonly u16: () => number;
  readonly i32: () => number;
  readonly u32: () => number;
  readonly u64: () => number;
  readonly f64: () => number;
  readonly skip: (count: number) => void;
  readonly bytes: (count: number) => Uint8Array;
  readonly text: (count: number) => string;
  readonly line: () => string;
  readonly push: (value: PickleValue) => void;
  readonly pop: () => PickleValue;
  readonly mark: () => void;
  readonly toMark: () => PickleValue[];
  readonly top: () => PickleValue;
  readonly put: (id: number) => void;
  readonly nextId: () => number;
  readonly get: (id: number) => PickleValue;
}

/** A signed little-endian integer of any length: a number where it is exact, else a bigint. */
function long(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let i = Math.min(bytes.length, 64) - 1; i >= 0; i--)
    value = (value << 8n) | BigInt(bytes[i] as number);
  if (bytes.length > 0 && ((bytes.at(-1) as number) & 128) !== 0)
    value -= 1n << BigInt(8 * Math.min(bytes.length, 64));
  return BigInt.asIntN(54, value) === value ? Number(value) : value;
}

function integer(text: string): number | bigint {
  if (!/^-?\d{1,400}L?$/.test(text)) throw new Broken(`${JSON.stringify(text.slice(0, 20))} is no integer`);
  const value = BigInt(text.replace('L', ''));
  return BigInt.asIntN(54, value) === value ? Number(value) : value;
}

function object(className: PickleValue, args: PickleValue): PickleObject {
  return {
    className: isObject(className) ? className.className : typeof className === 'string' ? className : '?',
    args,
    state: null,
  };
}

export function isObject(value: PickleValue): value is PickleObject {
  return typeof value === 'object' && value !== null && 'className' in value;
}

function extend(list: PickleValue, items: readonly PickleValue[]): void {
  if (Array.isArray(list)) for (const item of items) list.push(item);
  else if (!isObject(list)) throw new Broken('items for what is no list');
}

function setItems(dict: PickleValue, items: readonly PickleValue[]): void {
  // Objects that behave like a dict (OrderedDict, defaultdict) keep their items as their state.
  if (isObject(dict)) dict.state = dict.state instanceof Map ? dict.state : new Map();
  const target = isObject(dict) ? dict.state : dict;
  if (!(target instanceof Map)) throw new Broken('items for what is no dict');
  for (let i = 0; i + 1 < items.length; i += 2)
    target.set(items[i] as PickleValue, items[i + 1] as PickleValue);
}

/** The opcodes, by code (CPython's Lib/pickletools.py documents each). */
const STEPS: Readonly<Record<number, (o: Ops) => void>> = {
  0x28: (o) => o.mark(),
  0x29: (o) => o.push([]),
  0x30: (o) => void o.pop(),
  0x31: (o) => void o.toMark(),
  0x32: (o) => o.push(o.top()),
  0x42: (o) => o.push(o.bytes(o.u32())),
  0x43: (o) => o.push(o.bytes(o.u8())),
  0x46: (o) => o.push(Number(o.line())),
  0x47: (o) => o.push(o.f64()),
  0x49: (o) => {
    const text = o.line();
    o.push(text === '00' ? false : text === '01' ? true : integer(text));
  },
  0x4a: (o) => o.push(o.i32()),
  0x4b: (o) => o.push(o.u8()),
  0x4c: (o) => o.push(integer(o.line())),
  0x4d: (o) => o.push(o.u16()),
  0x4e: (o) => o.push(null),
  0x51: (o) => o.push(object('persistent id', o.pop())),
  0x52: (o) => {
    const args = o.pop();
    o.push(object(o.pop(), args));
  },
  0x53: (o) => o.push(o.line().slice(1, -1)),
  0x54: (o) => o.push(o.text(o.u32())),
  0x55: (o) => o.push(o.text(o.u8())),
  0x56: (o) => o.push(o.line()),
  0x58: (o) => o.push(o.text(o.u32())),
  0x5d: (o) => o.push([]),
  0x61: (o) => {
    const item = o.pop();
    extend(o.top(), [item]);
  },
  0x62: (o) => {
    const state = o.pop();
    const target = o.top();
    if (isObject(target)) target.state = state;
  },
  0x63: (o) => o.push(object(`${o.line()}.${o.line()}`, null)),
  0x64: (o) => {
    const dict = new Map<PickleValue, PickleValue>();
    setItems(dict, o.toMark());
    o.push(dict);
  },
  0x65: (o) => {
    const items = o.toMark();
    extend(o.top(), items);
  },
  0x67: (o) => o.push(o.get(Number(o.line()))),
  0x68: (o) => o.push(o.get(o.u8())),
  0x69: (o) => {
    const className = `${o.line()}.${o.line()}`;
    o.push(object(className, o.toMark()));
  },
  0x6a: (o) => o.push(o.get(o.u32())),
  0x6c: (o) => o.push(o.toMark()),
  0x6f: (o) => {
    const [className = null, ...args] = o.toMark();
    o.push(object(className, args));
  },
  0x70: (o) => o.put(Number(o.line())),
  0x71: (o) => o.put(o.u8()),
  0x72: (o) => o.put(o.u32()),
  0x73: (o) => {
    const value = o.pop();
    const key = o.pop();
    setItems(o.top(), [key, value]);
  },
  0x74: (o) => o.push(o.toMark()),
  0x75: (o) => {
    const items = o.toMark();
    setItems(o.top(), items);
  },
  0x7d: (o) => o.push(new Map()),
  0x80: (o) => o.skip(1),
  0x81: (o) => {
    const args = o.pop();
    o.push(object(o.pop(), args));
  },
  0x85: (o) => o.push([o.pop()]),
  0x86: (o) => {
    const second = o.pop();
    o.push([o.pop(), second]);
  },
  0x87: (o) => {
    const third = o.pop();
    const second = o.pop();
    o.push([o.pop(), second, third]);
  },
  0x88: (o) => o.push(true),
  0x89: (o) => o.push(false),
  0x8a: (o) => o.push(long(o.bytes(o.u8()))),
  0x8b: (o) => o.push(long(o.bytes(o.u32()))),
  0x8c: (o) => o.push(o.text(o.u8())),
  0x8d: (o) => o.push(o.text(o.u64())),
  0x8e: (o) => o.push(o.bytes(o.u64())),
  0x8f: (o) => o.push([]),
  0x90: (o) => {
    const items = o.toMark();
    extend(o.top(), items);
  },
  0x91: (o) => o.push(o.toMark()),
  0x92: (o) => {
    o.pop();
    const args = o.pop();
    o.push(object(o.pop(), args));
  },
  0x93: (o) => {
    const name = o.pop();
    const module = o.pop();
    o.push(object(`${String(module)}.${String(name)}`, null));
  },
  0x94: (o) => o.put(o.nextId()),
  0x95: (o) => o.skip(8),
};
