/**
 * The batch model against the truth on the examples: fitted at 1x, 2x and 4x of a small batch, asked for 8x and 16x (four times the
 * largest measured). All batches run in turns where the adapter allows it, ROUNDS=n times with processes of their own, each with a fit of
 * its own. Beside the errors stands how far 8x and 16x over the smaller ones differ from round to round: no model can be nearer than
 * that. NETWORKS=lstm,gpt runs some.
 */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { mean, median, quantile } from '../../src/base/stats.ts';
import { findBatchSize } from '../../src/edit/index.ts';
import { chooseAdapter } from '../../src/run/adapter-choice.ts';
import { createTrials } from '../../src/run/trials.ts';
import type { BatchFit, MeasuredBatch } from '../../src/suggest/batch-fit.ts';
import {
  fitBatches,
  fittedDoubt,
  fittedPeakBytes,
  fittedStepNs,
  measuredBatch,
} from '../../src/suggest/batch-fit.ts';
import { stairsOf } from '../../src/suggest/batch-stairs.ts';
import { batchesInTurns } from '../../src/suggest/batches-in-turns.ts';
import type { Edit, TrialResult, Trials } from '../../src/suggest/suggestion.ts';

const root = process.cwd();
const programs = path.join(root, 'dist');
const STEPS = Number(process.env['STEPS'] ?? 24);
const ROUNDS = Number(process.env['ROUNDS'] ?? 2);

/** Small first batches, so that sixteen times as much still runs on a processor in seconds. */
const NETWORKS = [
  { name: 'mlp', script: 'mnist-mlp.ts', base: 32 },
  { name: 'cnn', script: 'mnist-cnn.ts', base: 8 },
  { name: 'gpt', script: 'char-gpt.ts', base: 4 },
  { name: 'lstm', script: 'lstm-names.ts', base: 8 },
  { name: 'autoencoder', script: 'autoencoder.ts', base: 16 },
] as const;

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
  const wanted = process.env['NETWORKS']?.split(',');
  const errors: Errors = { line: [], chosen: [], memory: [], noise: [], within: 0 };
  for (const { name, script: file, base } of NETWORKS.filter(
    ({ name }) => !wanted || wanted.includes(name),
  )) {
    const script = path.join(root, 'examples', file);
    const literal = findBatchSize({ read: (at) => readFileSync(at, 'utf8') }, script);
    if (!literal.ok) throw new Error(`${file}: ${literal.error}`);
    const editFor = (batch: number): Edit => literal.value.edit(batch);
    const trials = createTrials({
      script,
      adapter: adapter.value,
      programs,
      steps: STEPS,
      timeoutMs: 120_000,
    });
    const batches = [1, 2, 4, 8, 16].map((factor) => factor * base);
    const rounds: MeasuredBatch[][] = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await measuredOnce(trials, batches, editFor));
    const timed = async (batch: number) => ({
      batch,
      launches: (await trials.kernels?.(editFor(batch))) ?? [],
    });
    const stairs = stairsOf([await timed(base), await timed(4 * base)]) ?? undefined;
    for (const at of [3, 4]) {
      const noise = spreadOf(rounds.map((points) => overTheFirst(points, at)));
      errors.noise.push(noise);
      for (const points of rounds) {
        const truth = points[at] as MeasuredBatch;
        const fitted = points.slice(0, 3);
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
  return logs[at]! - mean(logs.slice(0, 3));
}

/** Standard deviation. NaN of one. */
function spreadOf(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((total, x) => total + (x - middle) ** 2, 0) / (values.length - 1));
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
