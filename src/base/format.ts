/** Numbers as a person reads them: two to three significant digits, the unit always there. One place for all views and prints. */

const NONE = 'n/a';

/** A value as it would be written, for messages: a text in quotes is not taken for a number. */
export function formatValue(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

function digits(value: number, significant: number): string {
  if (value === 0) return '0';
  // Rounded first: 0.9996 at two digits is 1.0, not 1.00.
  const rounded = Number(value.toPrecision(significant));
  const decimals = Math.max(0, significant - 1 - Math.floor(Math.log10(Math.abs(rounded))));
  return rounded.toFixed(Math.min(decimals, 3));
}

function scaled(value: number, base: number, units: readonly string[], significant: number): string {
  if (!Number.isFinite(value)) return NONE;
  let v = value;
  let i = 0;
  while (Math.abs(v) >= base * 0.9995 && i < units.length - 1) {
    v /= base;
    i++;
  }
  return `${digits(v, significant)} ${units[i]}`;
}

/** 1234567 ns -> "1.2 ms" */
export function formatNs(ns: number, significant = 2): string {
  return scaled(ns, 1000, ['ns', 'µs', 'ms', 's'], significant);
}

/** 13212057 bytes -> "12.6 MB" (decimal units, as drives and GPU sheets use them: 1 MB = 10^6 bytes) */
export function formatBytes(bytes: number, significant = 3): string {
  return scaled(bytes, 1000, ['B', 'kB', 'MB', 'GB', 'TB'], significant);
}

/** 0.314 -> "31 %"; below one percent one decimal is kept. */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return NONE;
  const percent = share * 100;
  if (percent !== 0 && Math.abs(percent) < 0.05) return '< 0.1 %';
  return `${Math.abs(percent) < 1 && percent !== 0 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** 6.1e10 -> "61 G"; add the unit after it: formatRate(x) + 'FLOP/s'. */
export function formatRate(perSecond: number, significant = 3): string {
  return scaled(perSecond, 1000, ['', 'k', 'M', 'G', 'T', 'P'], significant);
}

/** 12345 -> "12,345" */
export function formatCount(count: number): string {
  return Number.isFinite(count) ? Math.round(count).toLocaleString('en-US') : NONE;
}
