/**
 * The work of a step as a staircase of its batch, kernel by kernel: a launch takes as long as the rounds of workgroups it needs, and
 * rounds come whole (occupancy: waves). Each launch of two timed batches gives t = a + b ceil(W(B)), with W(B) the line through its
 * rounds; launches that do not grow keep their time. The sum over the launches of a step says which batches fill their last
 * round, which a line over the rows cannot.
 */
import { sum } from '../base/stats.ts';
import type { Work } from './batch-fit.ts';

/** A launch of a step of one batch, timed. */
export interface TimedLaunch {
  /** Tells the launch of one batch from the others of its step, and is the same at another batch. */
  readonly key: string;
  /** Rounds of workgroups on the device, in parts: 2.25. Workgroups, where the device's units are not known. */
  readonly waves: number;
  /** Median time of a dispatch, ns. */
  readonly ns: number;
  readonly perStep: number;
}

export interface TimedBatch {
  readonly batch: number;
  readonly launches: readonly TimedLaunch[];
}

interface Stair {
  readonly rounds: (batch: number) => number;
  readonly startNs: number;
  readonly roundNs: number;
  readonly perStep: number;
}

/** Rounds that a float's last bit makes one more are none. */
const WHOLE = 1e-6;

function stairOf(small: TimedLaunch, large: TimedLaunch, from: number, to: number): Stair {
  const slope = (large.waves - small.waves) / (to - from);
  const rounds = (batch: number): number => {
    const waves = small.waves + slope * (batch - from);
    return Math.max(1, Math.ceil(waves - WHOLE));
  };
  const steps = rounds(to) - rounds(from);
  // Time cannot fall with more rounds, nor start below nothing: noise would extrapolate to either.
  const roundNs = steps > 0 ? Math.min(Math.max(0, (large.ns - small.ns) / steps), large.ns / rounds(to)) : 0;
  return { rounds, startNs: large.ns - roundNs * rounds(to), roundNs, perStep: large.perStep };
}

/**
 * Kernel time of a step, ns, from the timed steps of two batches. Launches that only one of them has (another variant was chosen)
 * grow with the rows. Null without two different batches.
 */
export function stairsOf(timed: readonly [TimedBatch, TimedBatch]): Work | null {
  const [small, large] = [...timed].sort((a, b) => a.batch - b.batch) as [TimedBatch, TimedBatch];
  if (small.batch === large.batch) return null;
  const known = new Map(small.launches.map((launch) => [launch.key, launch]));
  const stairs: Stair[] = [];
  let alone = 0;
  for (const launch of large.launches) {
    const other = known.get(launch.key);
    if (other) stairs.push(stairOf(other, launch, small.batch, large.batch));
    else alone += launch.ns * launch.perStep;
  }
  if (stairs.length === 0) return null;
  return (batch) =>
    (alone * batch) / large.batch +
    sum(stairs.map(({ rounds, startNs, roundNs, perStep }) => perStep * (startNs + roundNs * rounds(batch))));
}
