/** Runs the script of a performance test and holds it against its limits; a broken limit of time must break three times. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { PerfCheck, PerfLimits } from '../analysis/perf-limits.ts';
import { checkLimits, grownLayers } from '../analysis/perf-limits.ts';
import { stepStats } from '../analysis/steps.ts';
import { readTraceFile } from '../trace/codec.ts';
import type { RunError, Trace } from '../trace/model.ts';
import type { ProfileCallbacks, ProfileOptions } from './profile.ts';
import { profileScript } from './profile.ts';

export interface PerfJob extends Omit<ProfileOptions, 'mode' | 'edits' | 'traceFile'> {
  readonly limits: PerfLimits;
  /** Absolute path of the trace to compare with; null where the test names none. */
  readonly baseline: string | null;
}

export interface PerfOutcome {
  readonly passed: boolean;
  readonly checks: readonly PerfCheck[];
  /** The run that was judged: the fastest of those that were made. */
  readonly trace: Trace;
  readonly runs: number;
  /** Why nothing could be judged: the script failed, or there is no baseline yet. */
  readonly error: RunError | null;
  /** Layers that grew most, where the baseline's limit is broken. */
  readonly grown: readonly string[];
}

/** Other work of a machine makes runs slower, never faster: a limit that one run of three keeps is kept. */
const MOST_RUNS = 3;

export async function runPerf(
  job: PerfJob,
  callbacks: ProfileCallbacks,
  signal: AbortSignal,
): Promise<PerfOutcome> {
  const baseline = job.baseline === null ? null : readBaseline(job.baseline);
  let best: Trace | null = null;
  for (let run = 1; ; run++) {
    const { trace } = await profileScript(job, callbacks, signal);
    const { status, error } = trace.meta;
    const bad = (message: string, more: Partial<RunError> = {}): PerfOutcome => ({
      passed: false, checks: [], trace, runs: run, error: { message, ...more }, grown: [],
    }); // prettier-ignore
    if (status !== 'ok') return bad(error?.message ?? `the run ended as ${status}`, error ?? {});
    if (!(stepStats(trace).durationNs.median > 0)) return bad('the script made no steady step to measure');
    if (typeof baseline === 'string') return bad(baseline);
    best = best && stepStats(best).durationNs.median <= stepStats(trace).durationNs.median ? best : trace;
    const checks = checkLimits(best, job.limits, baseline);
    const failed = checks.filter(({ verdict }) => verdict === 'failed');
    const isTime = failed.some(({ what }) => what !== 'memory');
    if (isTime && run < MOST_RUNS && !signal.aborted) continue;
    const grown =
      baseline && failed.some(({ what }) => what === 'baseline') ? grownLayers(best, baseline) : [];
    return { passed: failed.length === 0, checks, trace: best, runs: run, error: null, grown };
  }
}

function readBaseline(file: string): Trace | string {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    return `there is no baseline ${path.basename(file)} yet: record it with "kernelscope perf --update-baselines", or with Record Baselines in the Test Explorer`;
  const read = readTraceFile(new Uint8Array(readFileSync(file)));
  return read.ok ? read.value : `${file}: ${read.error.message}`;
}
