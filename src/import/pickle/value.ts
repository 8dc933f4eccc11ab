/** What a pickle holds, as plain data. */

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

export function isObject(value: PickleValue): value is PickleObject {
  return typeof value === 'object' && value !== null && 'className' in value;
}

/** The file contradicts itself. */
export class Broken extends Error {}

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
