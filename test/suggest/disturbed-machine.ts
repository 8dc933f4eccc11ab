/** A machine on which other programs come and go, on a clock of its own: trials of a script whose step takes a known time. */
import { seededRandom } from '../../src/base/random.ts';
import { mean } from '../../src/base/stats.ts';
import type { Edit, Trials } from '../../src/suggest/suggestion.ts';

/** Cores that other programs want at each moment (seconds): made anew for each machine. */
export type Load = (random: () => number) => (atSeconds: number) => number;

const STEP_MS = 50;
const STEPS = 24;
/** From the start of a process to its first step. */
const START_SECONDS = 1.2;
/** Of trials in turns: windows of each, and steps in a window. */
const ROUNDS = 8;
const WINDOW_STEPS = 8;
const TRIAL_SECONDS = START_SECONDS + (STEPS * STEP_MS) / 1000;

/** On and off, each for a time drawn with the given mean. */
const telegraph =
  (onSeconds: number, offSeconds: number, cores: number): Load =>
  (random) => {
    let on = random() < onSeconds / (onSeconds + offSeconds);
    let until = 0;
    return (at) => {
      while (at >= until) {
        on = !on;
        until += -Math.log(1 - random()) * (on ? onSeconds : offSeconds);
      }
      return on ? cores : 0;
    };
  };

/** Repeats itself in so many trials, at a phase of its own. */
const rhythm =
  (trials: number, cores: number): Load =>
  (random) => {
    const phase = random();
    return (at) => ((((at / (trials * TRIAL_SECONDS) + phase) % 1) + 1) % 1 < 0.5 ? cores : 0);
  };

/** A walk of small steps, reflected at nothing and at the given cores. */
const walk =
  (cores: number): Load =>
  (random) => {
    let level = random() * cores;
    let until = 0;
    return (at) => {
      for (; at >= until; until += 0.25) {
        level = Math.abs(level + 0.06 * cores * (2 * random() - 1));
        if (level > cores) level = 2 * cores - level;
      }
      return level;
    };
  };

const climb =
  (coresPerMinute: number): Load =>
  () =>
  (at) =>
    (coresPerMinute * at) / 60;

export const LOADS: Readonly<Record<string, Load>> = {
  quiet: () => () => 0,
  'steady neighbor': () => () => 0.7,
  'slow drift': climb(1),
  'wandering load': walk(1),
  'short bursts': telegraph(0.6, 1.5, 1),
  'bursts as long as trials': telegraph(3, 4, 1),
  'long bursts': telegraph(15, 15, 1),
  'a rhythm of two trials': rhythm(2, 0.6),
  'a rhythm of three trials': rhythm(3, 0.6),
  'a rhythm of four trials': rhythm(4, 0.6),
  'a rhythm of two windows': rhythm((2 * WINDOW_STEPS * STEP_MS) / 1000 / TRIAL_SECONDS, 0.6),
};

/**
 * Two cores, a script that keeps both busy: with `l` cores wanted by others a step takes 1 + l/2 as long. `gain` is how much
 * faster the edited script really is. `software`: the processor's use is told; `turns`: trials in turns are offered as well.
 */
export function disturbedTrials(
  load: Load,
  gain: number,
  seed: number,
  kind: 'gpu' | 'software' | 'turns',
): Trials {
  const random = seededRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(random() || 1e-12)) * Math.cos(2 * Math.PI * random());
  const loadAt = load(random);
  let now = 10 * random();
  /** What a process has of its own: where its memory lies. */
  const newPlace = (): number => Math.exp(0.008 * normal());
  const step = (place: number, edit: Edit | null): { ms: number; cores: number } => {
    const cores = loadAt(now);
    const ms = ((STEP_MS * place * Math.exp(0.03 * normal())) / (edit ? gain : 1)) * (1 + cores / 2);
    now += ms / 1000;
    return { ms, cores };
  };
  const besides = { samplesPerStep: 8, peakBytes: 1, losses: [] };
  /** As src/run/in-turns.ts runs them: windows in an order that is drawn. */
  const inTurns: Trials['inTurns'] = async (edits) => {
    now += START_SECONDS;
    const places = edits.map(newPlace);
    const stepMs: number[][] = edits.map(() => []);
    const rounds = Array.from({ length: ROUNDS }, () => {
      const means = edits.map(() => NaN);
      for (const i of random() < 0.5 ? [0, 1] : [1, 0]) {
        const made = Array.from({ length: WINDOW_STEPS }, () => step(places[i]!, edits[i]!).ms);
        stepMs[i]!.push(...made);
        means[i] = mean(made);
      }
      return means;
    });
    return {
      results: stepMs.map((each) => ({ stepMs: each, ...besides })),
      rounds,
      roundOfStep: stepMs.map((each) => each.map((_, i) => Math.floor(i / WINDOW_STEPS))),
    };
  };
  return {
    ...(kind === 'turns' ? { inTurns } : {}),
    async run(edit) {
      now += START_SECONDS;
      const place = newPlace();
      const began = now;
      let others = 0;
      const stepMs: number[] = [];
      for (let i = 0; i < STEPS; i++) {
        const { ms, cores } = step(place, edit);
        stepMs.push(ms);
        // What is left of a core that is shared.
        others += (ms / 1000) * ((2 * cores) / (2 + cores));
      }
      const otherCores = others / (now - began);
      return {
        stepMs,
        ...besides,
        ...(kind === 'software' ? { processor: { ownCores: 2 - otherCores, otherCores } } : {}),
      };
    },
  };
}
