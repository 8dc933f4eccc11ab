/**
 * Reads the Chrome trace event format (JSON array or object form) from pieces of bytes into columns, in one pass, with
 * no object per event. What follows a broken event is lost and said so; what came before it is kept.
 */
import { EVENT_FORM_MEMBER, EVENT_ROW, EVENT_ROW_SIZE } from '../../trace/event-form.ts';
import { EventColumns, ARG, PH } from './columns.ts';
import type { EventRow } from './columns.ts';
import {
  eachElement,
  INCOMPLETE,
  KIND,
  readObject,
  scanValue,
  skipCommas,
  skipSpace,
  value,
} from '../json/scan.ts';
import { SLICE_ARGUMENTS } from './keys.ts';
import { parseMicros, parseNumber, time } from '../json/number.ts';
import { Window } from './window.ts';

/** More than this and the columns alone are past 3 GB. */
const MAX_EVENTS = 40_000_000;
/** A header member larger than this is not kept (embedded logs, system traces). */
const MAX_HEADER_BYTES = 1 << 22;

export interface EventFile {
  readonly events: EventColumns;
  /** Members of the object beside traceEvents, as JSON text. */
  readonly header: ReadonlyMap<string, string>;
  /** One line for everything that is missing or was left out. */
  readonly notes: readonly string[];
  /** Where reading stopped early, or null. */
  readonly stoppedAt: { readonly at: number; readonly message: string } | null;
  readonly sawEvents: boolean;
}

/** Arguments kept as arrays of numbers, and how many of them: each element becomes `key.0`, `key.1`, ... */
const VECTORS: Readonly<Record<string, number>> = { grid: 3, block: 3, columns: 8 };
export class EventReader {
  readonly #events: EventColumns;
  readonly #header = new Map<string, string>();
  readonly #window = new Window();
  /** Unread bytes below which reading again is of no use. */
  #needed = 0;
  #state: 'start' | 'object' | 'array' | 'done' = 'start';
  #bare = false;
  #sawEvents = false;
  #ignored = 0;
  #broken = 0;
  #skippedHeaders: string[] = [];
  #stopped: { at: number; message: string } | null = null;

  readonly #row: EventRow = {
    phase: 0,
    name: 0,
    category: 0,
    process: 0,
    thread: 0,
    startNs: NaN,
    durationNs: NaN,
    id: 0,
  };
  readonly #vectorKeys = new Map<number, readonly number[]>();
  readonly #sliceKeys = new Set<number>();
  readonly #bindingKey: number;
  /** Keys of the entries of our own member of an event. */
  readonly #rowKeys: readonly number[];
  #timeStart = 0;
  #timeEnd = 0;
  readonly #mayGoOn: (position: number) => boolean;

  /** `expectedBytes`: about how much text will come. `mayGoOn` is asked now and then with the position reached; false stops the reading. */
  constructor(expectedBytes = 0, mayGoOn: (position: number) => boolean = () => true) {
    this.#events = new EventColumns(expectedBytes);
    this.#mayGoOn = mayGoOn;
    const { strings } = this.#events;
    this.#bindingKey = strings.known('bp');
    this.#rowKeys = Array.from({ length: EVENT_ROW_SIZE }, (_, i) => strings.known(`${EVENT_ROW}.${i}`));
    for (const [key, size] of Object.entries(VECTORS))
      this.#vectorKeys.set(
        strings.known(key),
        Array.from({ length: size }, (_, i) => strings.known(`${key}.${i}`)),
      );
    for (const key of SLICE_ARGUMENTS) this.#sliceKeys.add(strings.known(key));
  }

  /** The whole text at once, without copying it. */
  whole(text: Uint8Array): void {
    this.#window.fill(text);
    this.#run();
  }

  /** The next piece; its memory may be used again afterwards. */
  push(piece: Uint8Array): void {
    if (this.#stopped || this.#state === 'done') return;
    this.#window.append(piece);
    // A value longer than the window is scanned again only when twice as much of it is there: linear over all.
    if (this.#window.unread >= this.#needed) this.#run();
  }

  end(problem: string | null = null): EventFile {
    if (!this.#stopped && this.#state !== 'done') this.#run();
    const where = this.#window.position;
    // The format allows the bracket of a bare array to be missing: programs that crash cannot write it.
    if (this.#bare && this.#state === 'array' && this.#window.unread === 0) this.#state = 'done';
    if (problem) this.#stopped ??= { at: where, message: problem };
    else if (this.#state === 'array' || this.#state === 'object')
      this.#stopped ??= { at: where, message: 'the file ends in the middle' };
    else if (this.#state === 'start') this.#stopped ??= { at: where, message: 'the file is empty' };
    const notes: string[] = [];
    if (this.#stopped) {
      const count = this.#events.length;
      notes.push(
        `The file is cut or damaged at byte ${this.#stopped.at} (${this.#stopped.message}). What came before is shown; events: ${count}.`,
      );
    }
    if (this.#ignored > 0)
      notes.push(`Entries of traceEvents that are no events (no phase), left out: ${this.#ignored}.`);
    if (this.#broken > 0) notes.push(`Events that are broken inside, left out: ${this.#broken}.`);
    if (this.#skippedHeaders.length > 0)
      notes.push(`Left out: ${this.#skippedHeaders.join(', ')} (longer than ${MAX_HEADER_BYTES} bytes).`);
    return {
      events: this.#events,
      header: this.#header,
      notes,
      stoppedAt: this.#stopped,
      sawEvents: this.#sawEvents,
    };
  }

  /** Reads as far as the window goes. */
  #run(): void {
    for (;;) {
      const next =
        this.#state === 'array'
          ? this.#readElement()
          : this.#state === 'object'
            ? this.#readMember()
            : this.#readStart();
      if (next === INCOMPLETE) {
        this.#needed = 2 * this.#window.unread;
        return;
      }
      if (next < 0) {
        this.#stopped ??= { at: this.#window.position, message: 'not JSON' };
        return;
      }
      this.#window.at = next;
      if (this.#state === 'done') return;
    }
  }

  #readStart(): number {
    let at = this.#window.at;
    const bytes = this.#window.bytes;
    if (bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3;
    at = skipSpace(bytes, at);
    const c = bytes[at];
    if (c === undefined) return INCOMPLETE;
    if (c === 123) this.#state = 'object';
    else if (c === 91) {
      this.#state = 'array';
      this.#bare = true;
      this.#sawEvents = true;
    } else return this.#fail(at, 'neither a JSON object nor an array');
    return at + 1;
  }

  #readMember(): number {
    const bytes = this.#window.bytes;
    let at = skipCommas(bytes, this.#window.at);
    if (bytes[at] === undefined) return INCOMPLETE;
    if (bytes[at] === 125) {
      this.#state = 'done';
      return at + 1;
    }
    if (bytes[at] !== 34) return this.#fail(at, 'expected a member name in quotes');
    at = scanValue(bytes, at);
    if (at < 0) return at;
    const key = decode(bytes.subarray(value.start, value.end));
    at = skipSpace(bytes, at);
    if (bytes[at] === undefined) return INCOMPLETE;
    if (bytes[at] !== 58) return this.#fail(at, `expected ':' after ${JSON.stringify(key)}`);
    at = skipSpace(bytes, at + 1);
    if (key === 'traceEvents' && bytes[at] === 91) {
      this.#state = 'array';
      this.#sawEvents = true;
      return at + 1;
    }
    const end = scanValue(bytes, at);
    if (end < 0) return end === INCOMPLETE ? end : this.#fail(at, `no value after ${JSON.stringify(key)}`);
    if (end - at > MAX_HEADER_BYTES && key !== EVENT_FORM_MEMBER) this.#skippedHeaders.push(key);
    else this.#header.set(key, decode(bytes.subarray(at, end)));
    return end;
  }

  #readElement(): number {
    const bytes = this.#window.bytes;
    const at = skipCommas(bytes, this.#window.at);
    const c = bytes[at];
    if (c === undefined) {
      // White space before the end of the file is progress: a bare array may simply not be closed.
      this.#window.at = at;
      return INCOMPLETE;
    }
    if (c === 93) {
      this.#state = this.#bare ? 'done' : 'object';
      return at + 1;
    }
    if (c !== 123) {
      const end = scanValue(bytes, at);
      if (end < 0) return end === INCOMPLETE ? end : this.#fail(at, 'expected an event');
      this.#ignored++;
      return end;
    }
    const { length } = this.#events;
    if ((length & 0xffff) === 0xffff && !this.#mayGoOn(this.#window.offset + at))
      return this.#fail(at, 'reading was stopped');
    if (length >= MAX_EVENTS) return this.#fail(at, `more than ${MAX_EVENTS} events`);
    return this.#readEvent(at);
  }

  #readEvent(at: number): number {
    const bytes = this.#window.bytes;
    const row = this.#row;
    row.phase = 0;
    row.name = row.category = row.process = row.thread = row.id = 0;
    row.startNs = NaN;
    row.durationNs = NaN;
    this.#timeStart = 0;
    let end = readObject(bytes, at, this.#field, this.#argument);
    if (end > 0 && row.phase !== 0) {
      if (this.#timeStart > 0) row.startNs = this.#time();
      this.#events.push(row);
      return end;
    }
    this.#events.dropArgs();
    if (end === INCOMPLETE) return end;
    if (end < 0) {
      // Broken inside: the event is lost, but if its brackets match what follows is not.
      end = scanValue(bytes, at);
      if (end < 0) return end;
      this.#broken++;
    } else if (skipSpace(bytes, at + 1) < end - 1) this.#ignored++; // XProf ends its list with an empty object.
    return end;
  }

  readonly #field = (keyStart: number, keyEnd: number): void => {
    const bytes = this.#window.bytes;
    const row = this.#row;
    const { kind, start, end } = value;
    switch (keyEnd - keyStart) {
      case 2:
        if (isKey(bytes, keyStart, 'ph'))
          row.phase = kind === KIND.text && end > start ? (bytes[start] as number) : 0;
        else if (isKey(bytes, keyStart, 'ts') && (kind === KIND.number || kind === KIND.text)) {
          this.#timeStart = start;
          this.#timeEnd = end;
        } else if (isKey(bytes, keyStart, 'id')) row.id = this.#token();
        else if (isKey(bytes, keyStart, 'bp'))
          this.#events.pushArg(this.#bindingKey, ARG.text, this.#token());
        return;
      case 3:
        if (isKey(bytes, keyStart, 'pid')) row.process = this.#token();
        else if (isKey(bytes, keyStart, 'tid')) row.thread = this.#token();
        else if (isKey(bytes, keyStart, 'dur')) row.durationNs = microsToNs(bytes, start, end, kind);
        else if (isKey(bytes, keyStart, 'cat')) row.category = this.#token();
        else if (isKey(bytes, keyStart, 'id2')) row.id = this.#token();
        else if (kind === KIND.array && isKey(bytes, keyStart, EVENT_ROW)) this.#entries(this.#rowKeys);
        return;
      case 4:
        if (isKey(bytes, keyStart, 'name')) row.name = this.#token();
        return;
    }
  };

  readonly #argument = (keyStart: number, keyEnd: number, keyEscaped: boolean): void => {
    const { kind, start, end, escaped } = value;
    const bytes = this.#window.bytes;
    const events = this.#events;
    const key = events.strings.intern(bytes, keyStart, keyEnd, keyEscaped);
    if (this.#row.phase === PH.complete && !this.#sliceKeys.has(key)) return;
    if (kind === KIND.number) {
      events.pushArg(key, ARG.number, parseNumber(bytes, start, end));
      return;
    }
    if (kind === KIND.array) {
      const parts = this.#vectorKeys.get(key);
      if (parts) return this.#entries(parts);
    }
    events.pushArg(
      key,
      ARG.text,
      events.strings.intern(bytes, start, end, kind === KIND.escapedText && escaped),
    );
  };

  /** Keeps the elements of the current value, an array: text as text, a number as itself, anything else as NaN. */
  #entries(keys: readonly number[]): void {
    const bytes = this.#window.bytes;
    eachElement(bytes, value.start, value.end, (i) => {
      const key = keys[i];
      if (key === undefined) return;
      if (value.kind === KIND.text) this.#events.pushArg(key, ARG.text, this.#token());
      else
        this.#events.pushArg(
          key,
          ARG.number,
          value.kind === KIND.number ? parseNumber(bytes, value.start, value.end) : NaN,
        );
    });
  }

  /** The id of the text of the current value: 7, "7" and '7' are one. Ids given as objects keep their JSON. */
  #token(): number {
    return this.#events.strings.intern(
      this.#window.bytes,
      value.start,
      value.end,
      value.kind === KIND.escapedText,
    );
  }

  #time(): number {
    parseMicros(this.#window.bytes, this.#timeStart, this.#timeEnd);
    if (!Number.isFinite(time.whole)) return NaN;
    // Metadata and marks may stand at time zero while the rest is at wall-clock time: they must not set the origin.
    if (Number.isNaN(this.#events.originUs)) {
      if (this.#row.phase === PH.metadata) return NaN;
      this.#events.originUs = time.whole;
    }
    return (time.whole - this.#events.originUs) * 1000 + time.nanos;
  }

  #fail(at: number, message: string): number {
    this.#stopped = { at: this.#window.offset + at, message };
    return -2;
  }
}

function microsToNs(bytes: Uint8Array, start: number, end: number, kind: number): number {
  if (kind !== KIND.number && kind !== KIND.text) return NaN;
  parseMicros(bytes, start, end);
  return time.whole * 1000 + time.nanos;
}

function isKey(bytes: Uint8Array, at: number, key: string): boolean {
  for (let i = 0; i < key.length; i++) if (bytes[at + i] !== key.charCodeAt(i)) return false;
  return true;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
