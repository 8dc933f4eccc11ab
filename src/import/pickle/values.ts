/** Looks into pickled values of unknown shape. */
import type { PickleValue } from './read.ts';
import { isObject } from './read.ts';

/** A dict's or an object's member; null when there is none. */
export function member(value: PickleValue, key: string): PickleValue {
  const dict = isObject(value) ? value.state : value;
  return dict instanceof Map ? (dict.get(key) ?? null) : null;
}

export function listOf(value: PickleValue): PickleValue[] {
  return Array.isArray(value) ? value : [];
}

/** A number (large integers rounded); NaN for anything else. */
export function numberOf(value: PickleValue): number {
  return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : NaN;
}

export function textOf(value: PickleValue): string {
  return typeof value === 'string' ? value : '';
}
