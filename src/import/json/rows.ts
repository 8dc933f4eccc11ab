/** Arrays of events `[nanoseconds, number, number, ...]`, read from bytes without making the inner arrays. */
import { INCOMPLETE, KIND, eachElement, scanValue, skipCommas, skipSpace, value } from './scan.ts';
import { parseNanos, parseNumber, time } from './number.ts';

export interface RowsEnd {
  /** Byte at which reading stopped early; null when the array was read to its end. */
  readonly stoppedAt: number | null;
  readonly message: string;
}

/**
 * Calls `take` with each inner array's numbers (NaN for what is none; the array is reused) and with the time that stands
 * first, in whole microseconds and the nanoseconds beyond them.
 */
export function readRows(
  bytes: Uint8Array,
  take: (row: readonly number[], micros: number, nanos: number) => void,
): RowsEnd {
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== 91) return { stoppedAt: at, message: 'expected an array' };
  at++;
  const row: number[] = [];
  for (;;) {
    at = skipCommas(bytes, at);
    if (bytes[at] === 93) return { stoppedAt: null, message: '' };
    const end = scanValue(bytes, at);
    if (end < 0 || value.kind !== KIND.array)
      return {
        stoppedAt: at,
        message: end === INCOMPLETE ? 'the file ends in the middle' : 'expected an array of numbers',
      };
    row.length = 0;
    let micros = NaN;
    let nanos = 0;
    eachElement(bytes, value.start, value.end, (index) => {
      const isNumber = value.kind === KIND.number;
      row.push(isNumber ? parseNumber(bytes, value.start, value.end) : NaN);
      if (index > 0 || !isNumber) return;
      parseNanos(bytes, value.start, value.end);
      micros = time.whole;
      nanos = time.nanos;
    });
    take(row, micros, nanos);
    at = end;
  }
}
