/**
 * Who still needs an array: tensors, the tape and gradients count themselves in and out, and the last one to leave
 * gives the memory back to the pool. An operation may return an array it was given (the identity, the gradient of a
 * sum): that is one more holder of the same array, not a second owner.
 */
import type { DeviceArray } from '../gpu/array.ts';

const holders = new WeakMap<DeviceArray, number>();

export function hold(array: DeviceArray): DeviceArray {
  holders.set(array, (holders.get(array) ?? 0) + 1);
  return array;
}

export function drop(array: DeviceArray): void {
  const left = (holders.get(array) ?? 0) - 1;
  if (left > 0) {
    holders.set(array, left);
    return;
  }
  holders.delete(array);
  array.release();
}

/** Gives up a hold without giving the memory back, even if it was the last: the next holder takes it over. */
export function handOver(array: DeviceArray): DeviceArray {
  const left = (holders.get(array) ?? 0) - 1;
  if (left > 0) holders.set(array, left);
  else holders.delete(array);
  return array;
}

/** How often memory was changed in place, by its buffer and offset. */
const changes = new WeakMap<GPUBuffer, Map<number, number>>();

/** Notes that a script changed an array where it lies. What optimizers do to parameters between steps is not counted. */
export function markChanged({ buffer, offset }: DeviceArray): void {
  let places = changes.get(buffer);
  if (!places) changes.set(buffer, (places = new Map()));
  places.set(offset, (places.get(offset) ?? 0) + 1);
}

/** Grows with every change in place. */
export const changesOf = ({ buffer, offset }: DeviceArray): number => changes.get(buffer)?.get(offset) ?? 0;
