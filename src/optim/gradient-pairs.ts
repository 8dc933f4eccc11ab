/**
 * For measuring the noise of gradients: two batches at the same parameters. The gradient of the first is kept and its update left
 * out, the second one is compared with it and updates as ever; training goes on at the script's own batch and rate, with
 * half of the updates. Only in runs made for this (`annotations.study`).
 */
import type { DeviceArray } from '../gpu/array.ts';
import { gradientMemory } from '../nn/utils.ts';
import type { Parameter } from '../nn/parameter.ts';
import { accumulate, sumOfSquares } from '../ops/in-place.ts';
import { annotations } from '../probe/annotate.ts';
import { theEngine } from '../tensor/engine.ts';

/** Names of the values a run tells; src/analysis/gradient-noise.ts reads them. */
const VALUES = ['gradient noise: first', 'gradient noise: second', 'gradient noise: sum'] as const;

export class GradientPairs {
  #first: DeviceArray[] | null = null;

  /** Takes the gradients that a batch gave. @returns whether the update is to be left out. */
  isFirst(parameters: readonly Parameter[]): boolean {
    const memory = gradientMemory(parameters.filter(({ grad }) => grad !== null));
    const first = this.#first;
    const matches =
      first?.length === memory.length && memory.every((array, i) => array.sizeBytes === first[i]?.sizeBytes);
    if (!first || !matches) {
      this.#release();
      this.#first = memory.map((array) => copyOf(array));
      return true;
    }
    this.#compare(first, memory);
    this.#release();
    return false;
  }

  #compare(first: readonly DeviceArray[], second: readonly DeviceArray[]): void {
    const engine = theEngine();
    const squares = (arrays: readonly DeviceArray[]) => arrays.map((array) => sumOfSquares(engine, array));
    const before = [squares(first), squares(second)];
    for (const [i, array] of first.entries()) accumulate(engine, array, second[i] as DeviceArray);
    const all = [...before, squares(first)];
    void engine.readAll(all.flat()).then(
      (values) => {
        for (const [kind, name] of VALUES.entries()) {
          const own = values.slice(kind * first.length, (kind + 1) * first.length);
          annotations.listener?.value(
            name,
            own.reduce((total, [value]) => total + (value as number), 0),
          );
        }
        for (const array of all.flat()) array.release();
      },
      // The device is gone: the script hears of it at its own next call.
      () => undefined,
    );
  }

  #release(): void {
    for (const array of this.#first ?? []) array.release();
    this.#first = null;
  }
}

function copyOf(array: DeviceArray): DeviceArray {
  const engine = theEngine();
  const copy = engine.empty(array.shape, 'f32', 'workspace');
  engine.copy(array, copy);
  return copy;
}
