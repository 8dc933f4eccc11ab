/**
 * Time. The trace's axis is the host's monotonic clock in nanoseconds since the probe started; a GPU's counter is laid on it by
 * causality alone: work cannot begin before it was submitted, nor end after its result was in hand. Every read-back gives
 * such a bracket, so the bound that follows is guaranteed, not guessed.
 */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

const START = 'kernelscope.start';
/** Threads started by this one inherit it: all count from the same moment. */
const [START_S, START_NS] = (getEnvironmentData(START) as [number, number] | undefined) ?? process.hrtime();
setEnvironmentData(START, [START_S, START_NS]);

/** Nanoseconds since the first thread's probe started, on the host's monotonic clock. */
export function nowNs(): number {
  const [s, ns] = process.hrtime();
  return (s - START_S) * 1e9 + (ns - START_NS);
}

/** The host's monotonic clock at the probe's start, the same zero as `process.hrtime.bigint()`. */
const ORIGIN = BigInt(START_S) * 1_000_000_000n + BigInt(START_NS);
/** The same, for another process that reads the same clock. */
export const ORIGIN_NS = Number(ORIGIN);

/** Brackets are thinned to the tightest of each interval. */
const BUCKET_NS = 250e6;
const KEEP_BUCKETS = 400;
/** No clock of a computer drifts more than this against another. */
const MAX_SLOPE = 300e-6;
/** Below this span a slope would be noise. */
const MIN_SPAN_NS = 2e9;
/** A counter that goes back by more than this was reset. */
export const RESET_NS = 1e9;
/** What rounding alone may do to the proof that both clocks are one. */
const IDENTITY_SLACK_NS = 1e3;

interface Fit {
  readonly slope: number;
  readonly offset: number;
  readonly halfWidth: number;
}

type Edge = readonly [at: number, value: number];

export class ClockAlignment {
  /** Lower and upper bounds on (host - GPU), by time bucket. */
  readonly #low = new Map<number, Edge>();
  readonly #high = new Map<number, Edge>();
  #gpuZero: bigint | null = null;
  #hostZero = 0;
  #latest = -Infinity;
  #fit: Fit | null = null;
  /** Host times by the fit that held until the counter started anew. */
  #before: ((gpu: bigint) => number) | null = null;
  #sameClock = true;
  /** Times the GPU's counter started anew. */
  resets = 0;

  /** The GPU began at `gpuFirst`, not before host time `hostBefore`, and ended at `gpuLast`, not after `hostAfter`. */
  bracket(hostBefore: number, gpuFirst: bigint, gpuLast: bigint, hostAfter: number): void {
    if (gpuFirst <= 0n || gpuLast < gpuFirst || hostAfter < hostBefore) return;
    if (this.#gpuZero === null) {
      this.#gpuZero = gpuFirst;
      this.#hostZero = hostBefore;
    }
    const first = Number(gpuFirst - this.#gpuZero);
    const last = Number(gpuLast - this.#gpuZero);
    if (first < this.#latest - RESET_NS) {
      this.#reset();
      this.bracket(hostBefore, gpuFirst, gpuLast, hostAfter);
      return;
    }
    this.#latest = Math.max(this.#latest, last);
    this.#sameClock &&=
      Number(gpuFirst - ORIGIN) >= hostBefore - IDENTITY_SLACK_NS &&
      Number(gpuLast - ORIGIN) <= hostAfter + IDENTITY_SLACK_NS;
    keepTighter(this.#low, first, hostBefore - this.#hostZero - first, (a, b) => a > b);
    keepTighter(this.#high, last, hostAfter - this.#hostZero - last, (a, b) => a < b);
    this.#fit = null;
  }

  /** Host time (the trace's axis) of a GPU timestamp; NaN before the first bracket. */
  toHost(gpu: bigint): number {
    if (this.#gpuZero === null) return NaN;
    if (this.#sameClock) return Number(gpu - ORIGIN);
    // A time from before the counter started anew, of a dispatch that becomes a row only now.
    if (this.#before && Number(gpu - this.#gpuZero) > this.#latest + RESET_NS) return this.#before(gpu);
    return hostTime(gpu, this.#gpuZero, this.#hostZero, (this.#fit ??= this.#solve()));
  }

  /** Bound on the error of `toHost`, ns; null when both clocks are one, or nothing is known yet. */
  get errorNs(): number | null {
    if (this.#gpuZero === null || this.#sameClock) return null;
    return (this.#fit ??= this.#solve()).halfWidth;
  }

  /** Both stamps come from the host's monotonic clock (true of software adapters). */
  get sameClock(): boolean {
    return this.#gpuZero !== null && this.#sameClock;
  }

  #reset(): void {
    const [gpuZero, hostZero, fit] = [this.#gpuZero as bigint, this.#hostZero, this.#solve()];
    this.#before = (gpu) => hostTime(gpu, gpuZero, hostZero, fit);
    this.#sameClock = false;
    this.#low.clear();
    this.#high.clear();
    this.#gpuZero = null;
    this.#latest = -Infinity;
    this.#fit = null;
    this.resets++;
  }

  /** The line that leaves the widest corridor between the bounds: its width is concave in the slope, so thirds find it. */
  #solve(): Fit {
    let from = -MAX_SLOPE;
    let to = MAX_SLOPE;
    const ats = [...this.#low.values()].map(([at]) => at);
    if (Math.max(...ats) - Math.min(...ats) < MIN_SPAN_NS) from = to = 0;
    for (let i = 0; i < 60 && to > from; i++) {
      const a = from + (to - from) / 3;
      const b = to - (to - from) / 3;
      if (this.#corridor(a).width < this.#corridor(b).width) from = a;
      else to = b;
    }
    const slope = (from + to) / 2;
    const { width, low } = this.#corridor(slope);
    return { slope, offset: low + width / 2, halfWidth: Math.abs(width) / 2 };
  }

  #corridor(slope: number): { readonly width: number; readonly low: number } {
    let low = -Infinity;
    let high = Infinity;
    for (const [at, value] of this.#low.values()) low = Math.max(low, value - slope * at);
    for (const [at, value] of this.#high.values()) high = Math.min(high, value - slope * at);
    return { width: high - low, low };
  }
}

function hostTime(gpu: bigint, gpuZero: bigint, hostZero: number, fit: Fit): number {
  const at = Number(gpu - gpuZero);
  return hostZero + at + fit.offset + fit.slope * at;
}

function keepTighter(
  edges: Map<number, Edge>,
  at: number,
  value: number,
  better: (a: number, b: number) => boolean,
): void {
  const bucket = Math.floor(at / BUCKET_NS);
  const known = edges.get(bucket);
  if (!known || better(value, known[1])) edges.set(bucket, [at, value]);
  if (edges.size > KEEP_BUCKETS) edges.delete(edges.keys().next().value as number);
}
