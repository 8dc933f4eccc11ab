/**
 * The batch model against the truth on the examples: fitted at 1x, 2x and 4x of a small batch, asked for 8x and 16x (four times the
 * largest measured). All batches run in turns where the adapter allows it, ROUNDS=n times with processes of their own, and what the same
 * batch differs by between the rounds is printed beside the errors; ALONE=1 runs one batch after the other and counts processor time.
 * NETWORKS=lstm,gpt runs some.
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
import type { Edit, Trials } from '../../src/suggest/suggestion.ts';
import { trimmedMean } from '../../src/suggest/trial-stats.ts';
import { processorTrials } from './quiet/processor-trials.ts';

const root = process.cwd();
const programs = path.join(root, 'dist');
const STEPS = Number(process.env['STEPS'] ?? 24);
const ROUNDS = Number(process.env['ROUNDS'] ?? 2);
/** One batch after the other even where they can run in turns. */
const ALONE = process.env['ALONE'] !== undefined;

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
  /** What measurements of one batch differ by. */
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
    const trials = (ALONE ? processorTrials : createTrials)({
      script,
      adapter: adapter.value,
      programs,
      steps: STEPS,
      timeoutMs: 120_000,
    });
    const batches = [1, 2, 4, 8, 16].map((factor) => factor * base);
    const rounds: MeasuredBatch[][] = [];
    for (let round = 0; round < ROUNDS; round++)
      rounds.push(await measuredOnce(trials, batches, (batch) => literal.value.edit(batch)));
    const timed = async (batch: number) => ({
      batch,
      launches: (await trials.kernels?.(literal.value.edit(batch))) ?? [],
    });
    const stairs = stairsOf([await timed(base), await timed(4 * base)]) ?? undefined;
    const measured = batches.map((_, i) => together(rounds.map((round) => round[i] as MeasuredBatch)));
    // What the same batch differs by from one measurement to the next: no model can be nearer.
    const floors = batches.map((_, i) => spreadOf(rounds.map((round) => (round[i] as MeasuredBatch).stepNs)));
    console.log(
      `${name.padEnd(11)} the same batch again: ${batches.map((batch, i) => `${batch}: ±${percent(floors[i] as number)}`).join(', ')}`,
    );
    errors.noise.push(...floors.slice(3));
    console.log(
      `${name.padEnd(11)} measured ${measured.map((m) => `${m.batch}: ${(m.stepNs / 1e6).toFixed(2)} ms`).join(', ')}`,
    );
    const fits = { line: fitBatches(measured.slice(0, 3)), chosen: fitBatches(measured.slice(0, 3), stairs) };
    for (const truth of measured.slice(3)) {
      const off = (fit: BatchFit): number => fittedStepNs(fit, truth.batch) / truth.stepNs - 1;
      const memory = fittedPeakBytes(fits.chosen, truth.batch) / truth.peakBytes - 1;
      const doubt = fittedDoubt(fits.chosen, truth.batch);
      errors.line.push(Math.abs(off(fits.line)));
      errors.chosen.push(Math.abs(off(fits.chosen)));
      errors.memory.push(Math.abs(memory));
      if (Math.abs(off(fits.chosen)) <= doubt) errors.within++;
      console.log(
        `${name.padEnd(11)} batch ${String(truth.batch).padStart(4)} (${truth.batch / base}x): step ${(truth.stepNs / 1e6).toFixed(2).padStart(7)} ms, ` +
          `${fits.chosen.kind} off by ${percent(off(fits.chosen))} (80 % interval ±${percent(doubt)}), plain line ${percent(off(fits.line))}; ` +
          `peak ${(truth.peakBytes / 1e6).toFixed(1)} MB, off by ${percent(memory)}`,
      );
    }
  }
  const summary = (list: readonly number[]): string =>
    `median ${percent(median(list))}, 90 % under ${percent(quantile(Float64Array.from(list).sort(), 0.9))}`;
  console.log(
    `time (load ${loadavg()[0]!.toFixed(2)}): ${summary(errors.chosen)} (plain line: ${summary(errors.line)}); memory: ${summary(errors.memory)}; the same batch measured again: ${summary(errors.noise)}; ` +
      `${errors.within} of ${errors.chosen.length} within the 80 % interval`,
  );
}

/** All batches alive at once and in turns where that can be had, each step relative to the others of its round; else one by one. */
async function measuredOnce(
  trials: Trials,
  batches: readonly number[],
  editFor: (batch: number) => Edit,
): Promise<MeasuredBatch[]> {
  if (!trials.inTurns || ALONE) {
    const made: MeasuredBatch[] = [];
    for (const batch of batches) made.push({ ...measuredBatch([await trials.run(editFor(batch))]), batch });
    return made;
  }
  const { results, rounds } = await trials.inTurns(batches.map(editFor));
  const levels = rounds.map((means) => mean(means.map(Math.log)));
  const level = trimmedMean(levels).mean;
  return results.map((result, i) => {
    const { mean: relative } = trimmedMean(rounds.map((means, r) => Math.log(means[i]!) - levels[r]!));
    // A script that cuts its batches itself does not tell their rows.
    return { ...measuredBatch([result]), batch: batches[i]!, stepNs: Math.exp(level + relative) * 1e6 };
  });
}

function together(points: readonly MeasuredBatch[]): MeasuredBatch {
  return { ...points[0]!, stepNs: Math.exp(mean(points.map(({ stepNs }) => Math.log(stepNs)))) };
}

/** Standard deviation of one measurement, as a share. NaN of one. */
function spreadOf(values: readonly number[]): number {
  const logs = values.map(Math.log);
  const middle = mean(logs);
  return Math.sqrt(logs.reduce((total, x) => total + (x - middle) ** 2, 0) / (logs.length - 1));
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
