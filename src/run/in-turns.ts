/**
 * Several variants of a script alive at once, of which one runs at a time, in short windows that alternate. What a machine is slowed by
 * (neighbors, clock rates, other programs) changes within seconds; variants that run one after the other meet different machines,
 * windows of a fifth of a second side by side meet nearly the same. Only where a halted process halts its device: on a
 * software adapter.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { TurnWindow } from '../analysis/turn-steps.ts';
import type { Trace } from '../trace/model.ts';
import { measuringTurn } from './measuring-turn.ts';
import { PausedProcess } from './paused-process.ts';
import type { ProfileCallbacks, ProfileOptions, StartedRun } from './profile.ts';
import { memoryLimit, startRun } from './profile.ts';

export interface VariantRun {
  readonly trace: Trace;
  /** One for each round. */
  readonly windows: readonly TurnWindow[];
}

export interface TurnsOptions {
  /** Each variant runs for at least so long in all... */
  readonly activeMs?: number;
  /** ...and makes at least so many steps. */
  readonly steps?: number;
  /** Draws the order within rounds, so that nothing can keep step with one of them. */
  readonly random?: () => number;
}

export interface TurnsCallbacks extends Pick<ProfileCallbacks, 'onWaiting'> {
  /** Before each round: how much is done, 0..1. */
  onShare?(share: number): void;
}

/** Steps after which a run is warm: pipelines compiled, buffers made. */
const WARM_STEPS = 4;
const WINDOW_STEPS = 8;
const LEAST_WINDOW_MS = 150;
const MOST_WINDOW_MS = 1500;
const LEAST_ROUNDS = 6;
/** However slow the steps: so many times the active time that was asked for. */
const MOST_ACTIVE = 6;

/**
 * Runs all variants when nothing else measures on this machine, until each has run long enough. A run that ends by itself (an error,
 * the script's end) ends all; its trace says how. Rejects when the signal aborts.
 */
export async function profileInTurns(
  variants: readonly ProfileOptions[],
  { activeMs = 3000, steps = 40, random = Math.random }: TurnsOptions = {},
  callbacks: TurnsCallbacks = {},
  signal?: AbortSignal,
): Promise<VariantRun[]> {
  const { onWaiting, onShare } = callbacks;
  const turn = await measuringTurn(variants[0]?.script ?? '', { signal, onWaiting });
  const runs: Variant[] = [];
  try {
    for (const options of variants) runs.push(new Variant(options, variants.length));
    await Promise.all(runs.map((run) => run.warm(signal)));
    /** How much of what was asked for has been measured. */
    const share = (): number => {
      const least = Math.min(...runs.map((run) => run.activeMs));
      const made = Math.min(...runs.map((run) => run.activeSteps));
      const rounds = runs[0]?.rounds ?? 0;
      return Math.max(
        least / (MOST_ACTIVE * activeMs),
        Math.min(least / activeMs, made / steps, rounds / LEAST_ROUNDS),
      );
    };
    for (let done = 0; !runs.some((run) => run.over) && done < 1; done = share()) {
      onShare?.(done);
      for (const run of shuffled(runs, random)) {
        const windowMs = windowOf(run);
        run.goOn();
        await Promise.race([delay(windowMs, undefined, { signal }), run.ended]);
        run.pause();
      }
    }
    return await Promise.all(runs.map((run) => run.result()));
  } finally {
    for (const run of runs) run.stop();
    await Promise.all(runs.map((run) => run.ended));
    for (const run of runs) run.dispose();
    turn();
  }
}

/** Long enough for some whole steps, and no longer: the nearer the windows of a round, the more alike is the machine they meet. */
function windowOf({ activeMs, activeSteps }: Variant): number {
  const stepMs = activeSteps > 0 ? activeMs / activeSteps : 0;
  return Math.min(MOST_WINDOW_MS, Math.max(LEAST_WINDOW_MS, WINDOW_STEPS * stepMs));
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const left = [...list];
  return Array.from(list, () => left.splice(Math.floor(random() * left.length), 1)[0] as T);
}

const nowNs = (): number => Number(process.hrtime.bigint());

class Variant {
  readonly #run: StartedRun;
  readonly #process: PausedProcess | null;
  readonly #windows: TurnWindow[] = [];
  readonly ended: Promise<unknown>;
  over = false;
  #originNs = 0;
  #steps = 0;
  #warmSteps = 0;
  #resumedNs = 0;
  activeMs = 0;
  #onStep: (() => void) | null = null;

  constructor(options: ProfileOptions, variants: number) {
    const { timeoutMs = null, memoryLimitBytes = memoryLimit() } = options;
    this.#run = startRun(
      {
        ...options,
        steps: null,
        timeoutMs: timeoutMs === null ? null : timeoutMs * variants,
        // All are in memory at once.
        memoryLimitBytes: memoryLimitBytes / variants,
      },
      {
        onStarted: (originNs) => (this.#originNs = originNs),
        onProgress: ({ step }) => {
          this.#steps = step;
          this.#onStep?.();
        },
      },
    );
    this.#process = this.#run.pid === undefined ? null : new PausedProcess(this.#run.pid);
    this.ended = this.#run.ended.then(() => {
      this.over = true;
      this.#onStep?.();
    });
  }

  get rounds(): number {
    return this.#windows.length;
  }

  /** Steps since it was warm. */
  get activeSteps(): number {
    return this.#steps - this.#warmSteps;
  }

  async warm(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const aborted = (): void => reject(signal?.reason as Error);
      signal?.addEventListener('abort', aborted, { once: true });
      this.#onStep = () => {
        if (!this.over && this.#steps < WARM_STEPS) return;
        signal?.removeEventListener('abort', aborted);
        resolve();
      };
    });
    this.#warmSteps = this.#steps;
    this.#process?.pause();
  }

  goOn(): void {
    this.#resumedNs = nowNs();
    this.#process?.goOn();
  }

  /** Ends a window. */
  pause(): void {
    this.#process?.pause();
    const window = { startNs: this.#resumedNs - this.#originNs, endNs: nowNs() - this.#originNs };
    this.#windows.push(window);
    this.activeMs += (window.endNs - window.startNs) / 1e6;
  }

  async result(): Promise<VariantRun> {
    this.stop();
    const { trace } = await this.#run.ended;
    return { trace, windows: this.#windows };
  }

  stop(): void {
    if (this.over) return;
    this.#process?.goOn();
    this.#run.stop();
  }

  dispose(): void {
    this.#process?.dispose();
  }
}
