/**
 * Finds its way through JSON as bytes, without making objects of it: a trace of 500 MB cannot be one string in a
 * JavaScript engine, and most of its fields are never looked at. Lenient where real files are wrong: bare words
 * (NaN, Infinity, N/A), control characters in strings, doubled and trailing commas.
 *
 * Every function takes a position and returns the position after what it read, or a negative code.
 */

/** More bytes are needed to know where this ends. */
export const INCOMPLETE = -1;
/** Not JSON here. */
export const MALFORMED = -2;

export const KIND = { none: 0, number: 1, text: 2, escapedText: 3, object: 4, array: 5, word: 6 } as const;

const QUOTE = 34;
const BACKSLASH = 92;
const MINUS = 45;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

export function skipSpace(bytes: Uint8Array, at: number): number {
  let i = at;
  while (i < bytes.length && (bytes[i] as number) <= 32) i++;
  return i;
}

/** Skips white space and commas: between the members of an array or object. */
export function skipCommas(bytes: Uint8Array, at: number): number {
  let i = at;
  while (i < bytes.length && ((bytes[i] as number) <= 32 || bytes[i] === COMMA)) i++;
  return i;
}

/** `at` is after the opening quote; returns the position of the closing one. Sets `sawEscape`. */
function stringEnd(bytes: Uint8Array, at: number): number {
  const length = bytes.length;
  let i = at;
  while (i < length) {
    const c = bytes[i] as number;
    if (c === QUOTE) return i;
    if (c === BACKSLASH) {
      value.escaped = true;
      i++;
    }
    i++;
  }
  return INCOMPLETE;
}

/** What the last call of `scanValue` found. One shared record: this runs millions of times. */
export const value = { kind: 0 as number, start: 0, end: 0, escaped: false };

/** Reads one value. For text, start and end are inside the quotes. Containers are measured, not looked into. */
export function scanValue(bytes: Uint8Array, at: number): number {
  const c = bytes[at];
  if (c === undefined) return INCOMPLETE;
  if (c === QUOTE) {
    value.escaped = false;
    const end = stringEnd(bytes, at + 1);
    if (end < 0) return end;
    value.kind = value.escaped ? KIND.escapedText : KIND.text;
    value.start = at + 1;
    value.end = end;
    return end + 1;
  }
  if (c === OPEN_BRACE || c === OPEN_BRACKET) {
    const end = containerEnd(bytes, at);
    if (end < 0) return end;
    value.kind = c === OPEN_BRACE ? KIND.object : KIND.array;
    value.start = at;
    value.end = end;
    return end;
  }
  if (c === CLOSE_BRACE || c === CLOSE_BRACKET || c === COLON || c === COMMA) return MALFORMED;
  // A number, or a word: both end at a delimiter.
  let i = at;
  while (i < bytes.length && !isDelimiter(bytes[i] as number)) i++;
  if (i === bytes.length) return INCOMPLETE;
  value.kind = (c >= 48 && c <= 57) || (c === MINUS && isDigit(bytes[at + 1])) ? KIND.number : KIND.word;
  value.start = at;
  value.end = i;
  return i;
}

function isDigit(c: number | undefined): boolean {
  return c !== undefined && c >= 48 && c <= 57;
}

function isDelimiter(c: number): boolean {
  return (
    c <= 32 ||
    c === COMMA ||
    c === CLOSE_BRACE ||
    c === CLOSE_BRACKET ||
    c === COLON ||
    c === QUOTE ||
    c === OPEN_BRACE ||
    c === OPEN_BRACKET
  );
}

/** The end of the object or array that opens at `at`. Counts depth instead of recursing: depth is the file's choice. */
function containerEnd(bytes: Uint8Array, at: number): number {
  let depth = 0;
  for (let i = at; i < bytes.length; i++) {
    const c = bytes[i] as number;
    if (c === QUOTE) {
      i = stringEnd(bytes, i + 1);
      if (i < 0) return INCOMPLETE;
    } else if (c === OPEN_BRACE || c === OPEN_BRACKET) depth++;
    else if (c === CLOSE_BRACE || c === CLOSE_BRACKET) {
      depth--;
      if (depth === 0) return i + 1;
    }
  }
  return INCOMPLETE;
}

/** Told of each member of an object; `value` holds the member's value. */
export type VisitMember = (keyStart: number, keyEnd: number, keyEscaped: boolean) => void;

/**
 * Reads the object that opens at `at` in one pass and returns the position after it. Members of a member named `args`
 * go to `visitArgs` instead.
 */
export function readObject(
  bytes: Uint8Array,
  at: number,
  visit: VisitMember,
  visitArgs: VisitMember | null,
): number {
  let i = at + 1;
  for (;;) {
    i = skipCommas(bytes, i);
    const c = bytes[i];
    if (c === CLOSE_BRACE) return i + 1;
    if (c !== QUOTE) return c === undefined ? INCOMPLETE : MALFORMED;
    value.escaped = false;
    const keyStart = i + 1;
    const keyEnd = stringEnd(bytes, keyStart);
    if (keyEnd < 0) return keyEnd;
    const keyEscaped = value.escaped;
    i = skipSpace(bytes, keyEnd + 1);
    if (bytes[i] !== COLON) return bytes[i] === undefined ? INCOMPLETE : MALFORMED;
    i = skipSpace(bytes, i + 1);
    if (visitArgs && bytes[i] === OPEN_BRACE && isArgs(bytes, keyStart, keyEnd)) {
      i = readObject(bytes, i, visitArgs, null);
      if (i < 0) return i;
      continue;
    }
    i = scanValue(bytes, i);
    if (i < 0) return i;
    visit(keyStart, keyEnd, keyEscaped);
  }
}

function isArgs(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start === 4 &&
    bytes[start] === 97 &&
    bytes[start + 1] === 114 &&
    bytes[start + 2] === 103 &&
    bytes[start + 3] === 115
  );
}

/** Calls `visit` for each element of the array at `start`..`end`; `value` holds the element. */
export function eachElement(
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: (index: number) => void,
): void {
  let at = start + 1;
  for (let index = 0; ; index++) {
    at = skipCommas(bytes, at);
    if (at >= end - 1) return;
    at = scanValue(bytes, at);
    if (at < 0 || at > end) return;
    visit(index);
  }
}
