/** Values over time that are neither memory nor occupancy: the loss of each step, and series a recorder stored. */
import { formatBytes, formatCount, formatShare } from '../src/base/format.ts';
import type { SeriesInfo, Trace } from '../src/trace/model.ts';
import type { Steps } from './marks/curve.ts';
import { capital } from './terms.ts';
import { t } from './translate.ts';

export interface Series {
  readonly id: 'loss' | `series-${number}`;
  readonly title: string;
  readonly steps: Steps;
  /** The value holds until the next one, as with bytes; a loss is only known at its points. */
  readonly holds: boolean;
  /** Range of the values; the bottom is zero unless some are negative. */
  readonly low: number;
  readonly high: number;
  format(value: number): string;
}

const FORMATS: Readonly<Record<SeriesInfo['unit'], (value: number) => string>> = {
  bytes: (value) => formatBytes(value),
  share: formatShare,
  watts: (value) => `${value.toPrecision(3)} W`,
  joules: (value) => `${value.toPrecision(3)} J`,
  count: formatCount,
  loss: (value) => value.toPrecision(3),
};

/** Fewer values than this make no curve. */
const FEWEST = 2;

export function seriesOf(trace: Trace): Series[] {
  const { samples, steps } = trace.tables;
  const rows: number[][] = trace.series.map(() => []);
  for (let i = 0; i < samples.length; i++) rows[samples.series[i] as number]?.push(i);
  const stored = trace.series.map((info, n): Series => {
    const list = (rows[n] as number[]).sort(
      (a, b) => (samples.atNs[a] as number) - (samples.atNs[b] as number),
    );
    return made(`series-${n}`, capital(info.name), FORMATS[info.unit], {
      atNs: Float64Array.from(list, (i) => samples.atNs[i] as number),
      values: Float64Array.from(list, (i) => samples.value[i] as number),
    });
  });
  const known = Array.from({ length: steps.length }, (_, i) => i).filter((i) =>
    Number.isFinite(steps.loss[i]),
  );
  const loss = made('loss', t('Loss'), FORMATS.loss, {
    atNs: Float64Array.from(known, (i) => steps.endNs[i] as number),
    values: Float64Array.from(known, (i) => steps.loss[i] as number),
  });
  // The losses a script reads are a series too; told step by step they are the same curve, drawn once.
  const others = known.length >= FEWEST ? stored.filter((_, n) => trace.series[n]?.unit !== 'loss') : stored;
  return [loss, ...others].filter((series) => series.steps.atNs.length >= FEWEST);
}

function made(id: Series['id'], title: string, format: Series['format'], steps: Steps): Series {
  let low = 0;
  let high = 0;
  for (const value of steps.values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { id, title, format, steps, holds: id !== 'loss', low, high: high > low ? high : low + 1 };
}
