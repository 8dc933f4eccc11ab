/** The stretch of time a trace covers, and the step that shows it best. */
import { selectSteps } from '../src/analysis/selection.ts';
import type { Trace } from '../src/trace/model.ts';
import type { Range } from './axis.ts';

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
