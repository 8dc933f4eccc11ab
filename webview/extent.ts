/** The stretch of time a trace covers, and the step that shows it best. */
import { selectSteps } from '../src/analysis/selection.ts';
import type { Trace } from '../src/trace/model.ts';
import type { Range } from './axis.ts';
import { t } from './translate.ts';

/** From the first to the last moment anything happened, ns. */
export function traceExtent(trace: Trace): Range {
  const { dispatches, steps, phases, transfers, compiles, slices, submits } = trace.tables;
  let from = Infinity;
  let to = -Infinity;
  for (const table of [dispatches, steps, phases, transfers, compiles, slices, submits])
    for (let i = 0; i < table.length; i++) {
      const start = table.startNs[i] as number;
      const end = table.endNs[i] as number;
      if (start < from) from = start;
      if (end > to && end < Infinity) to = end;
    }
  return to > from ? [from, to] : [0, 1e6];
}

/** Row of the steady step whose length is the median one, timed where any is; -1 without steps. */
export function typicalStep(trace: Trace): number {
  const { steps } = trace.tables;
  const { steady, timed } = selectSteps(trace);
  const length = (row: number) => (steps.endNs[row] as number) - (steps.startNs[row] as number);
  const rows = [...(timed.length > 0 ? timed : steady)].sort((a, b) => length(a) - length(b));
  return rows[rows.length >> 1] ?? -1;
}

export function stepRange(trace: Trace, row: number): Range {
  const { steps } = trace.tables;
  return [steps.startNs[row] as number, steps.endNs[row] as number];
}

/** From where a ruler counts, and what that moment is called. */
export interface Origin {
  readonly ns: number;
  readonly name: string;
}

/** With more steps than this in view, times count from the start of the trace. */
const FEW_STEPS = 3;

/** The start of the step in the middle of what is visible, so that numbers on the ruler stay short. */
export function rulerOrigin(trace: Trace, [from, to]: Range, start: number): Origin {
  const { startNs, endNs, index, length } = trace.tables.steps;
  const middle = (from + to) / 2;
  let row = -1;
  for (let low = 0, high = length; low < high;) {
    const at = (low + high) >>> 1;
    if ((startNs[at] as number) <= middle) {
      row = at;
      low = at + 1;
    } else high = at;
  }
  const inside = row >= 0 && (endNs[row] as number) >= middle;
  if (!inside || to - from > FEW_STEPS * ((endNs[row] as number) - (startNs[row] as number)))
    return { ns: start, name: t('since start') };
  return { ns: startNs[row] as number, name: t('in step {0}', index[row] as number) };
}
