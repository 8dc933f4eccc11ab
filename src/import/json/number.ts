/** Numbers from bytes. The fast path is exact (Clinger): digits below 2^53 and a power of ten up to 10^22 round once. */

const POWERS = Array.from({ length: 23 }, (_, i) => 10 ** i);

/** The number written at start..end; NaN where it is none. */
export function parseNumber(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  const negative = bytes[i] === 45;
  if (negative || bytes[i] === 43) i++;
  let mantissa = 0;
  let digits = 0;
  let fraction = -1;
  for (; i < end; i++) {
    const c = bytes[i] as number;
    if (c >= 48 && c <= 57) {
      mantissa = mantissa * 10 + (c - 48);
      if (mantissa > 0) digits++;
      if (fraction >= 0) fraction++;
    } else if (c === 46 && fraction < 0) fraction = 0;
    else break;
  }
  if (
    i < end ||
    digits > 16 ||
    mantissa > Number.MAX_SAFE_INTEGER ||
    fraction > 22 ||
    (fraction <= 0 && i === start + Number(negative))
  )
    return slowNumber(bytes, start, end);
  const magnitude = fraction > 0 ? mantissa / (POWERS[fraction] as number) : mantissa;
  return negative ? -magnitude : magnitude;
}

function slowNumber(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 64 || end === start) return NaN;
  const text = String.fromCharCode(...bytes.subarray(start, end)).trim();
  if (/^[-+]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return text === '' ? NaN : Number(text);
}

/**
 * A time in microseconds, split so that none of it is lost: `whole` microseconds and `nanos` below 1000 (with a
 * fraction). Wall-clock microseconds with three decimals do not fit into a float64; their parts do.
 */
export const time = { whole: NaN, nanos: 0 };

export function parseMicros(bytes: Uint8Array, start: number, end: number): void {
  let i = start;
  const negative = bytes[i] === 45;
  if (negative) i++;
  let whole = 0;
  const first = i;
  for (; i < end; i++) {
    const c = bytes[i] as number;
    if (c < 48 || c > 57) break;
    whole = whole * 10 + (c - 48);
  }
  let nanos = 0;
  if (i > first && i < end && bytes[i] === 46) {
    let scale = 100;
    for (i++; i < end; i++) {
      const c = bytes[i] as number;
      if (c < 48 || c > 57) break;
      nanos += (c - 48) * scale;
      scale /= 10;
    }
  }
  if (i < end || i === first) {
    const slow = parseNumber(bytes, start, end);
    time.whole = Math.floor(slow);
    time.nanos = (slow - time.whole) * 1000;
    return;
  }
  time.whole = negative ? -whole : whole;
  time.nanos = negative ? -nanos : nanos;
}

/** Whole nanoseconds, split the same way: nanoseconds since 1970 do not fit into a float64 either. */
export function parseNanos(bytes: Uint8Array, start: number, end: number): void {
  const NANO_DIGITS = 3;
  const plain = end - start > NANO_DIGITS + 1 && bytes.subarray(start, end).every((c) => c >= 48 && c <= 57);
  const cut = plain ? end - NANO_DIGITS : end;
  const whole = parseNumber(bytes, start, cut);
  time.whole = plain ? whole : Math.floor(whole / 1000);
  time.nanos = plain ? parseNumber(bytes, cut, end) : whole - time.whole * 1000;
}
