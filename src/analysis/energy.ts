/**
 * Energy of a step, where something measured it: from a counter of energy, else from power integrated over the steps. Never from a
 * data sheet. Both are of the whole device, whoever uses it.
 */
import type { SeriesInfo, Trace } from '../trace/model.ts';
import { STEP_FLAGS } from '../trace/model.ts';

export interface StepEnergy {
  readonly joules: number;
  /** Bound on the error of `joules`. */
  readonly errorJoules: number;
  /** Steps that it is the mean of. */
  readonly steps: number;
  readonly method: 'counter' | 'integrated power';
}

/** Power meters tell a trailing average of about so long (NVIDIA/DCGM#157). */
const AVERAGED_NS = 1e9;

/** The mean over the steps after warm-up; null where nothing measured it, or not at both of their ends. */
export function stepEnergy(trace: Trace): StepEnergy | null {
  const { steps: rows } = trace.tables;
  const span = { startNs: Infinity, endNs: -Infinity, steps: 0 };
  for (let i = 0; i < rows.length; i++) {
    if ((rows.flags[i] as number) & STEP_FLAGS.warmup) continue;
    span.startNs = Math.min(span.startNs, rows.startNs[i] as number);
    span.endNs = Math.max(span.endNs, rows.endNs[i] as number);
    span.steps++;
  }
  if (span.steps === 0) return null;
  return byCounter(curve(trace, 'joules'), span) ?? byPower(curve(trace, 'watts'), span);
}

interface Span {
  readonly startNs: number;
  readonly endNs: number;
  readonly steps: number;
}

interface Curve {
  readonly atNs: readonly number[];
  readonly value: readonly number[];
}

function curve(trace: Trace, unit: SeriesInfo['unit']): Curve {
  const { samples } = trace.tables;
  const series = trace.series.findIndex((each) => each.unit === unit);
  const rows = Array.from(samples.series.keys()).filter((i) => samples.series[i] === series);
  return {
    atNs: rows.map((i) => samples.atNs[i] as number),
    value: rows.map((i) => samples.value[i] as number),
  };
}

/** The counter between its samples is taken to rise evenly; at either end it may have risen anywhere between two samples. */
function byCounter({ atNs, value }: Curve, { startNs, endNs, steps }: Span): StepEnergy | null {
  const at = (ns: number): { readonly value: number; readonly slack: number } | null => {
    const next = atNs.findIndex((each) => each >= ns);
    if (next < 1) return null;
    const [t0, t1, v0, v1] = [atNs[next - 1], atNs[next], value[next - 1], value[next]] as [
      number,
      number,
      number,
      number,
    ];
    return { value: v0 + ((v1 - v0) * (ns - t0)) / (t1 - t0), slack: v1 - v0 };
  };
  const [first, last] = [at(startNs), at(endNs)];
  if (!first || !last || !(last.value >= first.value)) return null;
  return {
    joules: (last.value - first.value) / steps,
    errorJoules: (first.slack + last.slack) / steps,
    steps,
    method: 'counter',
  };
}

/** Trapezoids; a trailing average may hold back as much as one of its lengths at the widest swing of power. */
function byPower({ atNs, value }: Curve, { startNs, endNs, steps }: Span): StepEnergy | null {
  const within = atNs.flatMap((ns, i) => (ns >= startNs && ns <= endNs ? [i] : []));
  const [first, last] = [within[0], within.at(-1)] as [number | undefined, number | undefined];
  if (first === undefined || last === undefined || last - first < 2) return null;
  let joules = 0;
  for (let i = first; i < last; i++)
    joules +=
      (((value[i] as number) + (value[i + 1] as number)) / 2) *
      (((atNs[i + 1] as number) - (atNs[i] as number)) / 1e9);
  const measuredNs = (atNs[last] as number) - (atNs[first] as number);
  const watts = within.map((i) => value[i] as number);
  const swing = Math.max(...watts) - Math.min(...watts);
  // The ends without samples go on at the mean.
  const whole = joules * ((endNs - startNs) / measuredNs);
  return {
    joules: whole / steps,
    errorJoules: (whole - joules + (2 * swing * AVERAGED_NS) / 1e9) / steps,
    steps,
    method: 'integrated power',
  };
}
