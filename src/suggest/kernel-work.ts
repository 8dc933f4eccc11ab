/**
 * The work of a step at any batch, launch by launch, from the timed steps of a few batches: t = a + b g(B), where g is what the launch's
 * time grows with. Most grow with the rows; some (a search of each row among all rows) with their square; and on a device with many
 * places for workgroups time comes in whole rounds of them (occupancy: waves). Each launch is known better than the step is: what
 * disturbs a step hits few of its launches, so that each of them has undisturbed times.
 */
import { sum } from '../base/stats.ts';
import type { Line } from './weighted-line.ts';
import { lineThrough, lineThroughOrigin } from './weighted-line.ts';

/** What a batch costs, in any unit: its rows, or the time of its kernels. */
export type Work = (batch: number) => number;

/** A launch of a step of one batch, timed. */
export interface TimedLaunch {
  /** Tells the launch of one batch from the others of its step, and is the same at another batch. */
  readonly key: string;
  /** Name of its kernel: another one may do its work at another batch. */
  readonly kernel: string;
  /** Rounds of workgroups on the device, in parts: 2.25. Workgroups, where the device's units are not known. */
  readonly waves: number;
  /** Time of a dispatch, ns. */
  readonly ns: number;
  readonly perStep: number;
}

export interface TimedBatch {
  readonly batch: number;
  readonly launches: readonly TimedLaunch[];
}

export interface KernelWork {
  /** Kernel time of a step, ns. */
  readonly work: Work;
  /** True where whole rounds of workgroups come nearer to the measured times than rows do. */
  readonly inRounds: boolean;
}

/** One launch as it was timed at a batch. */
interface Sample {
  readonly batch: number;
  readonly launch: TimedLaunch;
}

interface Growth {
  readonly ns: Work;
  /** Sum of the squared relative residuals. */
  readonly misfit: number;
}

/** Rounds that a float's last bit makes one more are none. */
const WHOLE = 1e-6;
/** Whole rounds are believed where they leave less than this of the rows' squared residuals: where rounds are many, the two hardly differ. */
const CLEARLY_NEARER = 0.5;
/** A square is believed where rows are off by more than this (root mean square) and the square by less than half of that. */
const CLEARLY_OFF = 0.1;

/** Least squares of relative residuals. Time neither falls with more work nor starts below nothing: noise would extrapolate to either. */
function growthBy(samples: readonly Sample[], units: Work): Growth {
  const points = samples.map(({ batch, launch: { ns } }) => ({ x: units(batch), y: ns, error: ns }));
  const line = lineThrough(points);
  const level = (): Line => lineThrough(points.map((point) => ({ ...point, x: 0 })));
  const { c, s } = line.s < 0 ? level() : line.c < 0 ? lineThroughOrigin(points) : line;
  return {
    ns: (batch) => c + s * units(batch),
    misfit: sum(points.map(({ x, y }) => ((c + s * x) / y - 1) ** 2)),
  };
}

const rows: Work = (batch) => batch;

function growthByRows(samples: readonly Sample[]): Growth {
  const byRows = growthBy(samples, rows);
  if (Math.sqrt(byRows.misfit / samples.length) < CLEARLY_OFF) return byRows;
  const bySquare = growthBy(samples, (batch) => batch * batch);
  return bySquare.misfit < byRows.misfit / 4 ? bySquare : byRows;
}

/** In whole rounds, where their number grows with the batch; else (more work in each workgroup) as by rows. */
function growthByRounds(samples: readonly Sample[]): Growth {
  const [small, large] = [samples[0] as Sample, samples.at(-1) as Sample];
  const slope = (large.launch.waves - small.launch.waves) / (large.batch - small.batch);
  const rounds = (batch: number): number =>
    Math.max(1, Math.ceil(small.launch.waves + slope * (batch - small.batch) - WHOLE));
  return rounds(large.batch) > rounds(small.batch) ? growthBy(samples, rounds) : growthByRows(samples);
}

/**
 * From timed steps of at least two different batches; null without. A launch that only the largest batch has grows with the rows, and
 * where another kernel did its work at smaller batches, only those with the same kernel count (if there are two).
 */
export function kernelWork(timed: readonly TimedBatch[]): KernelWork | null {
  const batches = [...timed].sort((a, b) => a.batch - b.batch);
  const largest = batches.at(-1);
  if (!largest || batches[0]?.batch === largest.batch || largest.launches.length === 0) return null;
  const known = batches.map(({ batch, launches }) => ({
    batch,
    byKey: new Map(launches.map((launch) => [launch.key, launch])),
  }));
  const launches = largest.launches.map((launch) => {
    const samples = known.flatMap(({ batch, byKey }) => {
      const same = byKey.get(launch.key);
      return same ? [{ batch, launch: same }] : [];
    });
    const ofKernel = samples.filter((sample) => sample.launch.kernel === launch.kernel);
    const used = ofKernel.length > 1 ? ofKernel : samples;
    const alone: Growth = { ns: (batch) => (launch.ns * batch) / largest.batch, misfit: 0 };
    const one = used.length < 2;
    return {
      weight: (launch.perStep * launch.ns) ** 2,
      perStep: launch.perStep,
      byRows: one ? alone : growthByRows(used),
      byRounds: one ? alone : growthByRounds(used),
    };
  });
  const misfit = (of: 'byRows' | 'byRounds'): number =>
    sum(launches.map((launch) => launch.weight * launch[of].misfit));
  const inRounds = misfit('byRounds') < CLEARLY_NEARER * misfit('byRows');
  const kind = inRounds ? 'byRounds' : 'byRows';
  return {
    work: (batch) => sum(launches.map((launch) => launch.perStep * launch[kind].ns(batch))),
    inRounds,
  };
}
