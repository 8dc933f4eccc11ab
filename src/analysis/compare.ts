/** Two traces side by side: the same layer, or the same kernel, before and after. */
import { median, medianInterval } from '../base/stats.ts';
import type { Interval } from '../base/stats.ts';
import type { Trace } from '../trace/model.ts';
import { kernelStats } from './kernels.ts';
import { layerCosts } from './layers.ts';
import { memoryPeak } from './memory.ts';
import type { MedianRatio } from './median-ratio.ts';
import { medianRatio, runsRatio } from './median-ratio.ts';
import { selectSteps } from './selection.ts';
import { stepSums } from './step-sums.ts';
import type { StepSums } from './step-sums.ts';
import type { StepStats } from './steps.ts';
import { stepDurations, stepStats } from './steps.ts';

/** `before` or `after` null: only the other trace has it. */
export interface Change {
  readonly name: string;
  readonly before: number | null;
  readonly after: number | null;
  /**
   * After over before: between the 95 % intervals of the two medians over steps, so wider than that of the ratio itself; null
   * where one is missing or a trace has no timed steps.
   */
  readonly interval: { readonly low: number; readonly high: number } | null;
}

export interface Comparison {
  /**
   * Median step, ns, and the ratio of the two with its interval: from the steps of one run of each (other runs may differ more), or
   * from the medians of several.
   */
  readonly step: { readonly before: number; readonly after: number; readonly ratio: MedianRatio };
  /** Runs of each that the ratio rests on. */
  readonly runs: { readonly before: number; readonly after: number };
  /** Runs with too few timed steps for intervals, null where there are enough. */
  readonly short: { readonly before: ShortRun | null; readonly after: ShortRun | null };
  /** Rows a step. Where they differ the ratio of steps is not the ratio of speeds. */
  readonly rows: { readonly before: number; readonly after: number };
  readonly peakBytes: { readonly before: number; readonly after: number };
  /** GPU ns a step (children included), by layer path, in the order of the model; layers of one trace only come last. */
  readonly layers: readonly Change[];
  /** GPU ns a step, by layer path and operation in it, largest change first. */
  readonly operations: readonly Change[];
  /** Mean ns of a dispatch, by kernel name, largest change in total time first. */
  readonly kernels: readonly Change[];
}

/** A run too short for intervals. */
export interface ShortRun {
  /** Steps with a time of every kernel, and how many it takes. */
  readonly timed: number;
  readonly needed: number;
  /** So many steps in all would have them: what --steps and kernelscope.steps take. */
  readonly record: number;
}

function shortRun({ count, timed, untimed }: StepStats): ShortRun | null {
  if (timed >= FEWEST_STEPS) return null;
  // Where some steps run at full speed, every other one of those to come will too.
  const each = untimed > 0 ? 2 : 1;
  return { timed, needed: FEWEST_STEPS, record: count + each * (FEWEST_STEPS - timed) };
}

/** Whether the steps of the two are of another size: then only the time of a row tells which is faster. */
export function otherBatch({ rows }: Pick<Comparison, 'rows'>): boolean {
  return rows.before > 0 && rows.after > 0 && rows.before !== rows.after;
}

/** What turns a ratio of steps, after over before, into one of rows; 1 where the batches are the same or not known. */
export function rowScale(comparison: Pick<Comparison, 'rows'>): number {
  return otherBatch(comparison) ? comparison.rows.before / comparison.rows.after : 1;
}

/** Changes as times of a row where the batches differ: a step twice as large may take longer and be faster. Else as they are. */
export function perRow(changes: readonly Change[], comparison: Pick<Comparison, 'rows'>): readonly Change[] {
  if (!otherBatch(comparison)) return changes;
  const { before, after } = comparison.rows;
  const scale = rowScale(comparison);
  return changes.map((change) => ({
    name: change.name,
    before: change.before === null ? null : change.before / before,
    after: change.after === null ? null : change.after / after,
    interval: change.interval && { low: change.interval.low * scale, high: change.interval.high * scale },
  }));
}

type Intervals = ReadonlyMap<string, Interval>;

function joined(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  spread: { readonly before: Intervals; readonly after: Intervals },
): Change[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].map((name) => {
    const [a, b] = [spread.before.get(name), spread.after.get(name)];
    const known = a && b && a.low > 0 && b.low > 0;
    return {
      name,
      before: before.get(name) ?? null,
      after: after.get(name) ?? null,
      interval: known ? { low: b.low / a.high, high: b.high / a.low } : null,
    };
  });
}

/** Fewer steps than this have no interval worth the name. */
const FEWEST_STEPS = 5;

function intervals(
  sums: ReadonlyMap<string, StepSums>,
  valueOf: (sums: StepSums) => Float64Array,
): Intervals {
  const entries = [...sums].filter(([, { ns }]) => ns.length >= FEWEST_STEPS);
  return new Map(entries.map(([key, entry]) => [key, medianInterval(valueOf(entry))]));
}

/** The layer of a launch and those above it, by path. */
function layerPaths(trace: Trace, launch: number): string[] {
  const paths: string[] = [];
  for (let at = trace.tables.launches.layer[launch] as number; at >= 0 && paths.length < 64;) {
    const layer = trace.layers[at];
    if (!layer) break;
    paths.push(layer.path);
    at = layer.parent;
  }
  return paths;
}

function operationOf(trace: Trace, launch: number): string {
  const { launches } = trace.tables;
  const kernel = trace.kernels[launches.kernel[launch] as number]?.name ?? '';
  const operation = trace.strings[launches.op[launch] as number] || (kernel.split('/')[0] as string);
  const layer = trace.layers[launches.layer[launch] as number];
  return layer ? `${layer.path} · ${operation}` : operation;
}

function kernelOf(trace: Trace, launch: number): string {
  return trace.kernels[trace.tables.launches.kernel[launch] as number]?.name ?? '';
}

const perStep = ({ ns }: StepSums): Float64Array => ns;
const perDispatch = ({ ns, count }: StepSums): Float64Array =>
  ns.map((value, step) => value / (count[step] as number)).filter((value) => Number.isFinite(value));

/** Durations of steady steps: of the untimed ones where there are any. */
function steadySteps(trace: Trace): Float64Array {
  const { untimed, steady } = selectSteps(trace);
  return stepDurations(trace, untimed.length > 0 ? untimed : steady);
}

/** What the step of `after` is beside that of `before`, when a limit is set. `uncertain`: the interval holds the limit. */
export type LimitVerdict = 'above' | 'within' | 'uncertain';

/** Whether a row of the batch takes longer by more than `limit` (0.05 = 5 %); null where there are no steps to compare. */
export function limitVerdict(comparison: Comparison, limit: number): LimitVerdict | null {
  const { ratio, low, high } = comparison.step.ratio;
  if (!Number.isFinite(ratio)) return null;
  // Steps of other batches are compared by the time of a row.
  const scale = rowScale(comparison);
  if (low * scale > 1 + limit) return 'above';
  if (high * scale < 1 + limit) return 'within';
  return 'uncertain';
}

/** `others`: more runs of the same two scripts, for an interval between runs. Layers and kernels are of the first of each. */
export function compareTraces(
  before: Trace,
  after: Trace,
  others: { readonly before: readonly Trace[]; readonly after: readonly Trace[] } = { before: [], after: [] },
): Comparison {
  const runs = { before: [before, ...others.before], after: [after, ...others.after] };
  const medians = (traces: readonly Trace[]): number[] => traces.map((trace) => median(steadySteps(trace)));
  const layers = (trace: Trace) => new Map(layerCosts(trace).layers.map((l) => [l.path, l.total.totalNs]));
  const kernels = (trace: Trace) => new Map(kernelStats(trace).map((k) => [k.name, k.meanNs]));
  const oneOperation = (trace: Trace, launch: number) => [operationOf(trace, launch)];
  const oneKernel = (trace: Trace, launch: number) => [kernelOf(trace, launch)];
  const operations = (trace: Trace) =>
    new Map(
      [...stepSums(trace, (launch) => oneOperation(trace, launch))].map(([key, { ns }]) => [key, median(ns)]),
    );
  const spreadBy = (
    keysOf: (trace: Trace, launch: number) => readonly string[],
    valueOf: (sums: StepSums) => Float64Array,
  ) => ({
    before: intervals(
      stepSums(before, (launch) => keysOf(before, launch)),
      valueOf,
    ),
    after: intervals(
      stepSums(after, (launch) => keysOf(after, launch)),
      valueOf,
    ),
  });
  const weight = (change: Change): number => Math.abs((change.after ?? 0) - (change.before ?? 0));
  const [a, b] = [stepStats(before), stepStats(after)];
  return {
    step: {
      before: a.durationNs.median,
      after: b.durationNs.median,
      ratio:
        runs.before.length > 1 && runs.after.length > 1
          ? runsRatio(medians(runs.before), medians(runs.after))
          : medianRatio(steadySteps(before), steadySteps(after)),
    },
    runs: { before: runs.before.length, after: runs.after.length },
    short: { before: shortRun(a), after: shortRun(b) },
    rows: { before: a.samplesPerStep, after: b.samplesPerStep },
    peakBytes: { before: memoryPeak(before).bytes, after: memoryPeak(after).bytes },
    layers: joined(layers(before), layers(after), spreadBy(layerPaths, perStep)),
    operations: joined(operations(before), operations(after), spreadBy(oneOperation, perStep)).sort(
      (a, b) => weight(b) - weight(a),
    ),
    kernels: joined(kernels(before), kernels(after), spreadBy(oneKernel, perDispatch)).sort(
      (a, b) => weight(b) - weight(a),
    ),
  };
}
