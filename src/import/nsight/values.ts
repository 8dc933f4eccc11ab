/** Values of SQLite columns as what a column should hold. */
import type { SqlValue } from '../sqlite/record.ts';

/** A number (large integers rounded); NaN for anything else. */
export function numberOf(value: SqlValue | undefined): number {
  return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : NaN;
}

export function textOf(value: SqlValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
