/**
 * The events of a trace file in the Chrome format, as columns: what every dialect (Chrome, PyTorch, JAX) is made from.
 * Texts are ids of `strings`. Times are nanoseconds since `originUs`; the whole and the fraction of a timestamp are
 * parsed apart, so that microseconds since 1970 keep their nanoseconds.
 */
import { ByteStrings } from '../json/strings.ts';

/** How an argument's value is to be read. */
export const ARG = { number: 0, text: 1 } as const;

export const PH = { complete: 88, begin: 66, end: 69, instant: 105, instantOld: 73, navigation: 82, counter: 67, metadata: 77, flowStart: 115, flowStep: 116, flowEnd: 102, asyncBegin: 98, asyncInstant: 110, asyncEnd: 101, asyncBeginOld: 83, asyncStepOld: 84, asyncPastOld: 112, asyncEndOld: 70 } as const; // prettier-ignore

type Column = Uint8Array | Uint32Array | Float64Array;

function grow<T extends Column>(column: T, size: number): T {
  const larger = new (column.constructor as new (length: number) => T)(size);
  larger.set(column);
  return larger;
}

/** Bytes of text for an event and for an argument in real files, on the low side. */
const TYPICAL_EVENT_BYTES = 160;
const TYPICAL_ARGUMENT_BYTES = 40;
/** A size that a file merely claims must not ask for all memory at once. */
const MOST_EXPECTED_BYTES = 2 ** 32;

/** One event to append. A single object of this shape is reused by the reader. */
export interface EventRow {
  phase: number;
  name: number;
  category: number;
  process: number;
  thread: number;
  /** NaN when the event has none. */
  startNs: number;
  durationNs: number;
  /** String id of the flow or async id; 0 (the empty string) for none. */
  id: number;
}

export class EventColumns {
  readonly strings = new ByteStrings();
  originUs = NaN;
  length = 0;
  phase: Uint8Array;
  name: Uint32Array;
  category: Uint32Array;
  process: Uint32Array;
  thread: Uint32Array;
  startNs: Float64Array;
  durationNs: Float64Array;
  id: Uint32Array;
  /** Arguments of event i are argStart[i] .. argStart[i + 1] of the three columns below. */
  argStart: Uint32Array;
  argKey: Uint32Array;
  argKind: Uint8Array;
  argValue: Float64Array;
  argCount = 0;

  /**
   * Columns are made as large as the text suggests: memory that is never written is never there, and growing would hold
   * every column twice.
   */
  constructor(expectedBytes = 0) {
    const text = Math.min(expectedBytes, MOST_EXPECTED_BYTES);
    const events = Math.ceil(text / TYPICAL_EVENT_BYTES) + 1024;
    const args = Math.ceil(text / TYPICAL_ARGUMENT_BYTES) + 4096;
    this.phase = new Uint8Array(events);
    this.name = new Uint32Array(events);
    this.category = new Uint32Array(events);
    this.process = new Uint32Array(events);
    this.thread = new Uint32Array(events);
    this.startNs = new Float64Array(events);
    this.durationNs = new Float64Array(events);
    this.id = new Uint32Array(events);
    this.argStart = new Uint32Array(events + 1);
    this.argKey = new Uint32Array(args);
    this.argKind = new Uint8Array(args);
    this.argValue = new Float64Array(args);
    // Id 0 is the empty string, so that a column's zero means "none".
    this.strings.known('');
  }

  push(row: EventRow): void {
    const i = this.length;
    if (i === this.phase.length) this.#growEvents(i * 2);
    this.phase[i] = row.phase;
    this.name[i] = row.name;
    this.category[i] = row.category;
    this.process[i] = row.process;
    this.thread[i] = row.thread;
    this.startNs[i] = row.startNs;
    this.durationNs[i] = row.durationNs;
    this.id[i] = row.id;
    this.length = i + 1;
    this.argStart[i + 1] = this.argCount;
  }

  /** Adds an argument to the event that will be pushed next. */
  pushArg(key: number, kind: number, value: number): void {
    const i = this.argCount;
    if (i === this.argKey.length) {
      this.argKey = grow(this.argKey, i * 2);
      this.argKind = grow(this.argKind, i * 2);
      this.argValue = grow(this.argValue, i * 2);
    }
    this.argKey[i] = key;
    this.argKind[i] = kind;
    this.argValue[i] = value;
    this.argCount = i + 1;
  }

  /** Forgets arguments added since the last push: their event turned out to be broken. */
  dropArgs(): void {
    this.argCount = this.argStart[this.length] as number;
  }

  #growEvents(size: number): void {
    this.phase = grow(this.phase, size);
    this.name = grow(this.name, size);
    this.category = grow(this.category, size);
    this.process = grow(this.process, size);
    this.thread = grow(this.thread, size);
    this.startNs = grow(this.startNs, size);
    this.durationNs = grow(this.durationNs, size);
    this.id = grow(this.id, size);
    this.argStart = grow(this.argStart, size + 1);
  }

  endNs(event: number): number {
    const duration = this.durationNs[event] as number;
    return (this.startNs[event] as number) + (duration > 0 ? duration : 0);
  }

  text(id: number): string {
    return this.strings.text(id);
  }

  /** A numeric argument; NaN when it is missing or is text that is no number. */
  number(event: number, key: number): number {
    for (let a = this.argStart[event] as number; a < (this.argStart[event + 1] as number); a++)
      if (this.argKey[a] === key)
        return this.argKind[a] === ARG.number
          ? (this.argValue[a] as number)
          : toNumber(this.text(this.argValue[a] as number));
    return NaN;
  }

  /** A text argument (numbers are printed); undefined when missing. */
  argText(event: number, key: number): string | undefined {
    for (let a = this.argStart[event] as number; a < (this.argStart[event + 1] as number); a++)
      if (this.argKey[a] === key)
        return this.argKind[a] === ARG.text
          ? this.text(this.argValue[a] as number)
          : String(this.argValue[a]);
    return undefined;
  }
}

function toNumber(text: string): number {
  return text.trim() === '' ? NaN : Number(text);
}
