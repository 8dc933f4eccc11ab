/** When the device's memory will be full, if a run goes on as it does: before it happens, and from which line it grows. */
import { formatBytes, formatCount } from '../base/format.ts';
import { median } from '../base/stats.ts';
import type { SourceLocation, Trace } from '../trace/model.ts';
import { memoryEvents } from './memory-events.ts';
import { memoryLimitsOf } from './memory-limit.ts';
import { selectSteps } from './selection.ts';
import { stepBirths } from './step-births.ts';
import { stepStats } from './steps.ts';

export interface MemoryForecast {
  /** Live bytes at the end of the last step, and what each step adds. */
  readonly usedBytes: number;
  readonly perStepBytes: number;
  readonly limitBytes: number;
  readonly stepsLeft: number;
  readonly secondsLeft: number;
  /** The line that makes most of what stays; null unknown. */
  readonly at: SourceLocation | null;
}

const LEAST_STEPS = 8;
/** Most steps must add: a pool that grew once is no trend. */
const RISING = 0.8;
/** Slopes are taken between so many points at most. */
const POINTS = 64;

/** Null where nothing grows from step to step, or the device's memory is not known. */
export function memoryForecast(trace: Trace): MemoryForecast | null {
  const limitBytes = memoryLimitsOf(trace).deviceBytes;
  const { steady } = selectSteps(trace);
  if (limitBytes === null || steady.length < LEAST_STEPS) return null;
  const live = liveAtEnds(trace, steady);
  const rising = live.filter((bytes, i) => i > 0 && bytes > (live[i - 1] as number)).length;
  const perStepBytes = slope(live);
  if (rising < RISING * (live.length - 1) || !(perStepBytes > 0)) return null;
  const usedBytes = live.at(-1) as number;
  const stepsLeft = Math.max(0, Math.floor((limitBytes - usedBytes) / perStepBytes));
  const [worst] = stepBirths(trace).kept;
  return {
    usedBytes,
    perStepBytes,
    limitBytes,
    stepsLeft,
    secondsLeft: (stepsLeft * stepStats(trace).durationNs.median) / 1e9,
    at: trace.locations[worst?.location ?? -1] ?? null,
  };
}

/** The forecast in a sentence, without the line. */
export function forecastText({ perStepBytes, limitBytes, stepsLeft, secondsLeft }: MemoryForecast): string {
  return (
    `Memory grows by ${formatBytes(perStepBytes)} a step: ${formatBytes(limitBytes)} are full after ${formatCount(stepsLeft)} more steps` +
    (Number.isFinite(secondsLeft) ? `, in about ${longTime(secondsLeft)}` : '')
  );
}

/** A forecast further away than this is not worth a word. */
const SOON_SECONDS = 30 * 86_400;

/** The forecast with its line, where it is near enough to matter; null else. */
export function memoryWarning(trace: Trace): string | null {
  const forecast = memoryForecast(trace);
  if (!forecast || !(forecast.secondsLeft < SOON_SECONDS)) return null;
  const { at } = forecast;
  return `${forecastText(forecast)}${at ? ` (${at.file}:${at.line})` : ''}`;
}

function longTime(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

/** Live bytes at the end of each step. */
function liveAtEnds(trace: Trace, rows: readonly number[]): number[] {
  const events = memoryEvents(trace);
  let e = 0;
  let live = 0;
  return rows.map((row) => {
    const endNs = trace.tables.steps.endNs[row] as number;
    for (; e < events.length && (events.atNs[e] as number) <= endNs; e++)
      if (events.leaf[e]) live += events.delta[e] as number;
    return live;
  });
}

/** Theil and Sen: the median of the slopes of all pairs, which single jumps do not bend. */
function slope(values: readonly number[]): number {
  const every = Math.ceil(values.length / POINTS);
  const at = values.map((_, i) => i).filter((i) => i % every === 0);
  return median(
    at.flatMap((i, k) =>
      at.slice(k + 1).map((j) => ((values[j] as number) - (values[i] as number)) / (j - i)),
    ),
  );
}
