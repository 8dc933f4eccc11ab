/** Every step of the run as a bar: how long it took, beside the others. Pure. */
import { STEP_FLAGS } from '../../src/trace/model.ts';
import type { Trace } from '../../src/trace/model.ts';

export interface StepBar {
  /** Row of `steps`; the longest of those that share a bar. */
  readonly row: number;
  readonly ns: number;
  /** 0..1 of the height; steps longer than the top are cut there. */
  readonly tall: number;
  readonly kind: 'warmup' | 'timed' | 'untimed';
  readonly cut: boolean;
}

/** Steps beyond this many times the median would press all others to the floor. */
const TOP_OF_MEDIAN = 2.5;

export function stepBars(trace: Trace, medianNs: number, most: number): readonly StepBar[] {
  const { steps } = trace.tables;
  const count = Math.min(most, steps.length);
  const top = medianNs * TOP_OF_MEDIAN;
  const ns = (row: number) => (steps.endNs[row] as number) - (steps.startNs[row] as number);
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * steps.length) / count);
    const to = Math.max(from + 1, Math.floor(((i + 1) * steps.length) / count));
    let row = from;
    for (let next = from; next < to; next++) if (ns(next) > ns(row)) row = next;
    const flags = steps.flags[row] as number;
    return {
      row,
      ns: ns(row),
      tall: Math.min(1, Math.max(0, ns(row) / top)),
      kind: flags & STEP_FLAGS.warmup ? 'warmup' : flags & STEP_FLAGS.timed ? 'timed' : 'untimed',
      cut: ns(row) > top,
    };
  });
}
