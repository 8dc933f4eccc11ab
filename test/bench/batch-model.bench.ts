/**
 * The batch model against the truth on the examples: fitted at 1x, 2x and 4x of a small batch, asked for 8x and 16x (four times the
 * largest measured). All batches run in turns where the adapter allows it, ROUNDS=n times with processes of their own, each with a fit of
 * its own. Beside the errors stands how far 8x and 16x over the smaller ones differ from round to round: no model can be nearer than
 * that. NETWORKS=lstm,gpt runs some; what was measured is kept in .cache/batch-model, and KEPT=1 fits that again.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { mean, median, quantile } from '../../src/base/stats.ts';
import { findBatchSize } from '../../src/edit/index.ts';
import { chooseAdapter } from '../../src/run/adapter-choice.ts';
import { createTrials } from '../../src/run/trials.ts';
import type { TrialOptions } from '../../src/run/trials.ts';
import type { BatchFit, MeasuredBatch } from '../../src/suggest/batch-fit.ts';
import {
  fitBatches,
  fittedDoubt,
  fittedPeakBytes,
  fittedStepNs,
  measuredBatch,
} from '../../src/suggest/batch-fit.ts';
import { stairsOf } from '../../src/suggest/batch-stairs.ts';
import type { TimedBatch } from '../../src/suggest/batch-stairs.ts';
import { batchesInTurns } from '../../src/suggest/batches-in-turns.ts';
import type { Edit, TrialResult, Trials } from '../../src/suggest/suggestion.ts';

const root = process.cwd();
const programs = path.join(root, 'dist');
const STEPS = Number(process.env['STEPS'] ?? 24);
const ROUNDS = Number(process.env['ROUNDS'] ?? 2);
const KEPT = process.env['KEPT'] !== undefined;
const FACTORS = [1, 2, 4, 8, 16] as const;
/** The model is fitted to so many of them; to one more where they show a knee, as before a proof. */
const FITTED = 3;
const folder = path.join(root, '.cache/batch-model');

/** Small first batches, so that sixteen times as much still runs on a processor in seconds. */
const NETWORKS = [
  { name: 'mlp', script: 'mnist-mlp.ts', base: 32 },
  { name: 'cnn', script: 'mnist-cnn.ts', base: 8 },
  { name: 'gpt', script: 'char-gpt.ts', base: 4 },
  { name: 'lstm', script: 'lstm-names.ts', base: 8 },
  { name: 'autoencoder', script: 'autoencoder.ts', base: 16 },
] as const;

/** What was measured of a network. */
interface Measured {
  readonly rounds: readonly (readonly MeasuredBatch[])[];
  /** The kernels of the smallest and the largest batch that the model is fitted to. */
  readonly timed: readonly TimedBatch[];
}

interface Errors {
  readonly line: number[];
  readonly chosen: number[];
  readonly memory: number[];
  /** Standard deviation of one round, as a share, of a batch relative to the three that the model is fitted to. */
  readonly noise: number[];
  within: number;
}

export async function run(): Promise<void> {
  const adapter = await chooseAdapter({ programs });
  if (!adapter.ok) throw new Error(adapter.error.message);
  mkdirSync(folder, { recursive: true });
  const wanted = process.env['NETWORKS']?.split(',');
  const errors: Errors = { line: [], chosen: [], memory: [], noise: [], within: 0 };
  for (const { name, script: file, base } of NETWORKS.filter(
    ({ name }) => !wanted || wanted.includes(name),
  )) {
    const script = path.join(root, 'examples', file);
    const literal = findBatchSize({ read: (at) => readFileSync(at, 'utf8') }, script);
    if (!literal.ok) throw new Error(`${file}: ${literal.error}`);
    const kept = path.join(folder, `${name}.json`);
    const batches = FACTORS.map((factor) => factor * base);
    const options = { script, adapter: adapter.value, programs, steps: STEPS, timeoutMs: 120_000 };
    if (!KEPT) writeFileSync(kept, JSON.stringify(await measure(options, batches, literal.value.edit)));
    const { rounds, timed } = JSON.parse(readFileSync(kept, 'utf8')) as Measured;
    const stairs = stairsOf([timed[0]!, timed[1]!]) ?? undefined;
    for (let at = FITTED; at < batches.length; at++) {
      const noise = spreadOf(rounds.map((points) => overTheFirst(points, at)));
      errors.noise.push(noise);
      for (const points of rounds) {
        const truth = points[at] as MeasuredBatch;
        const knee = fitBatches(points.slice(0, FITTED)).kind === 'hinge';
        const fitted = points.slice(0, knee ? FITTED + 1 : FITTED);
        if (fitted.includes(truth)) continue;
        const fits = { line: fitBatches(fitted), chosen: fitBatches(fitted, stairs) };
        const off = (fit: BatchFit): number => fittedStepNs(fit, truth.batch) / truth.stepNs - 1;
        const memory = fittedPeakBytes(fits.chosen, truth.batch) / truth.peakBytes - 1;
        const doubt = fittedDoubt(fits.chosen, truth.batch);
        errors.line.push(Math.abs(off(fits.line)));
        errors.chosen.push(Math.abs(off(fits.chosen)));
        errors.memory.push(Math.abs(memory));
        if (Math.abs(off(fits.chosen)) <= doubt) errors.within++;
        console.log(
          `${name.padEnd(11)} ${points.map((p) => `${p.batch}: ${(p.stepNs / 1e6).toFixed(2)}`).join(', ')} ms; ` +
            `${truth.batch} (${truth.batch / base}x, ±${percent(noise)} between rounds): ` +
            `${fits.chosen.kind} off by ${percent(off(fits.chosen))} (80 % interval ±${percent(doubt)}), plain line ${percent(off(fits.line))}; ` +
            `peak ${(truth.peakBytes / 1e6).toFixed(1)} MB, off by ${percent(memory)}`,
        );
      }
    }
  }
  const summary = (list: readonly number[]): string =>
    `median ${percent(median(list))}, 90 % under ${percent(quantile(Float64Array.from(list).sort(), 0.9))}`;
  console.log(
    `time (load ${loadavg()[0]!.toFixed(2)}): ${summary(errors.chosen)} (plain line: ${summary(errors.line)}); memory: ${summary(errors.memory)}; between rounds: ${summary(errors.noise)}; ` +
      `${errors.within} of ${errors.chosen.length} within the 80 % interval`,
  );
}

async function measure(
  options: TrialOptions,
  batches: readonly number[],
  editFor: (batch: number) => Edit,
): Promise<Measured> {
  const trials = createTrials(options);
  const rounds: MeasuredBatch[][] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measuredOnce(trials, batches, editFor));
  const timed: TimedBatch[] = [];
  for (const batch of [batches[0]!, batches[FITTED - 1]!])
    timed.push({ batch, launches: (await trials.kernels?.(editFor(batch))) ?? [] });
  return { rounds, timed };
}

/** All batches alive at once and in turns where that can be had, else one by one. */
async function measuredOnce(
  trials: Trials,
  batches: readonly number[],
  editFor: (batch: number) => Edit,
): Promise<MeasuredBatch[]> {
  const alone = async (): Promise<TrialResult[]> => {
    const made: TrialResult[] = [];
    for (const batch of batches) made.push(await trials.run(editFor(batch)));
    return made;
  };
  const results = (await batchesInTurns(trials, batches.map(editFor))) ?? (await alone());
  // A script that cuts its batches itself does not tell their rows.
  return results.map((result, i) => ({ ...measuredBatch([result]), batch: batches[i]! }));
}

/** Logarithm of a batch's step over those that the model is fitted to. */
function overTheFirst(points: readonly MeasuredBatch[], at: number): number {
  const logs = points.map(({ stepNs }) => Math.log(stepNs));
  return logs[at]! - mean(logs.slice(0, FITTED));
}

/** Standard deviation. NaN of one. */
function spreadOf(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((total, x) => total + (x - middle) ** 2, 0) / (values.length - 1));
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
