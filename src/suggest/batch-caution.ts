/**
 * What a larger batch means for training itself: another number of updates, another learning rate, and, where the noise of the
 * gradients was measured, what the extra rows are worth. Rates: linear for SGD (Goyal et al. 2017), the square root for Adam
 * (Malladi et al. 2022); with a measured noise scale the rule of McCandlish et al. 2018, which is the first one far below it.
 */
import type { NoiseScale } from '../analysis/gradient-noise.ts';
import { rateFactor, rowsFactor } from '../analysis/gradient-noise.ts';
import { formatCount } from '../base/format.ts';

export interface BatchChange {
  readonly from: number;
  readonly to: number;
  /** Rows a second at the new batch over those at the old one, where known. */
  readonly speedup?: number;
  /** Measured in a run of its own; null where the script's library does not allow it. */
  readonly noise?: NoiseScale | null;
}

const times = (x: number): string => (Number.isInteger(x) ? String(x) : x.toFixed(x < 1.995 ? 2 : 1));

export function batchCaution({ from, to, speedup, noise = null }: BatchChange): string {
  const factor = to / from;
  const updates = `A batch ${times(factor)}x as large makes ${times(factor)}x fewer updates an epoch, so training itself changes.`;
  const accumulate =
    'Gradient accumulation is the other way round: it gives the updates of a large batch at the memory of a small one, but no speed.';
  return [updates, ...(noise ? measured(from, to, speedup, noise) : [guessed(factor)]), accumulate].join(' ');
}

function guessed(factor: number): string {
  return (
    `Scale the learning rate by ${times(factor)} (SGD, with some warm-up steps) or about ${times(Math.sqrt(factor))} (Adam), and compare ` +
    'the loss at equal epochs.'
  );
}

/** The noise scale in words, with its interval. */
export function noiseText({ rows, low, high, pairs }: NoiseScale): string {
  const end = Number.isFinite(high) ? `${shown(low)} to ${shown(high)}` : `${shown(low)} or more`;
  const middle = Number.isFinite(rows) ? `${shown(rows)} rows (${end})` : end.replace(' or', ' rows or');
  return `Gradient noise scale ${middle}, measured on ${pairs} pairs of batches early in training; it grows as the loss falls`;
}

const shown = (rows: number): string => formatCount(Math.max(1, Math.round(rows)));

function measured(from: number, to: number, speedup: number | undefined, noise: NoiseScale): string[] {
  // More noise is kinder to large batches: the low end of the scale gives the most rows.
  const [rows, most, least] = [noise.rows, noise.low, noise.high].map((scale) => rowsFactor(scale, from, to)) as [number, number, number]; // prettier-ignore
  const rate = rateFactor(noise.rows, from, to);
  const sentences = [
    `By the measured noise of the gradients the same loss takes about ${times(rows)}x the rows (${times(least)} to ${times(most)})` +
      (speedup === undefined
        ? '.'
        : `, so ${speedup / rows >= 1 ? `${times(speedup / rows)}x less` : `${times(rows / speedup)}x more`} time than now, the learning rate fitted.`),
    `Scale the learning rate by about ${times(rate)} (SGD, with some warm-up steps) or ${times(Math.sqrt(rate))} (Adam), and check the loss.`,
  ];
  if (to > noise.high)
    sentences.push(
      'The batch is above the noise scale: most of the extra rows are wasted at this point of training.',
    );
  return sentences;
}
