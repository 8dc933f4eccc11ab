/** What a script may ask of the device it trains on. */
import { inScope } from '../tensor/lifetime.ts';
import { theEngine } from '../tensor/engine.ts';
import { valuesIn } from '../tensor/values-in.ts';

/** The device that tensors live on. */
export const device = {
  /** Bytes of tensors in use now, the most that ever were, and bytes reserved from the GPU. */
  memory(): { readonly liveBytes: number; readonly peakBytes: number; readonly reservedBytes: number } {
    const { liveBytes, peakBytes, reservedBytes } = theEngine().stats;
    return { liveBytes, peakBytes, reservedBytes };
  },

  /** Sets the most bytes of GPU memory that tensors may take; more is an error that says what would fit. */
  limitMemory: (bytes: number): void => theEngine().limitMemory(bytes),

  /** Resolves when the GPU has done everything it was given. */
  synchronize: (): Promise<void> => theEngine().idle(),
};

/**
 * Runs `body` and releases every tensor made in it except the ones it returns (by themselves, or in arrays and plain
 * objects) and those that were kept. For work outside modules and training loops.
 */
export function tidy<T>(body: () => T): T {
  return inScope('at the end of tidy()', body, valuesIn);
}
