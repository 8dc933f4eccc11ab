/** The opcodes of pickle that data needs (CPython's Lib/pickletools.py documents each), over an abstract machine. */
import { Broken, isObject } from './value.ts';
import type { PickleObject, PickleValue } from './value.ts';

/** What an opcode may do: take from the file, and use the stack and the memo. */
export interface Ops {
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
export const STEPS: Readonly<Record<number, (o: Ops) => void>> = {
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
