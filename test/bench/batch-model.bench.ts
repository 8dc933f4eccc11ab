/**
 * The batch model against the truth on the examples: fitted at 1x, 2x and 4x of a small batch, asked for 8x and 16x (four times the
 * largest measured). Steps are processor time, which other processes do not disturb, or wall time with WALL=1. NETWORKS=lstm,gpt
 * runs some, ROUNDS=n are the trials of each batch.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { median, quantile } from '../../src/base/stats.ts';
import { findBatchSize } from '../../src/edit/index.ts';
import { chooseAdapter } from '../../src/run/adapter-choice.ts';
import { createTrials } from '../../src/run/trials.ts';
import type { BatchFit } from '../../src/suggest/batch-fit.ts';
import {
  fitBatches,
  fittedDoubt,
  fittedPeakBytes,
  fittedStepNs,
  measuredBatch,
} from '../../src/suggest/batch-fit.ts';
import { stairsOf } from '../../src/suggest/batch-stairs.ts';
import type { TrialResult } from '../../src/suggest/suggestion.ts';
import { processorTrials } from './quiet/processor-trials.ts';

const root = process.cwd();
const programs = path.join(root, 'dist');
const STEPS = Number(process.env['STEPS'] ?? 24);
const ROUNDS = Number(process.env['ROUNDS'] ?? 2);
/** Wall time, on a machine that does nothing else. */
const WALL = process.env['WALL'] !== undefined;

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
  within: number;
}

export async function run(): Promise<void> {
  const adapter = await chooseAdapter({ programs });
  if (!adapter.ok) throw new Error(adapter.error.message);
  const wanted = process.env['NETWORKS']?.split(',');
  const errors: Errors = { line: [], chosen: [], memory: [], within: 0 };
  for (const { name, script: file, base } of NETWORKS.filter(
    ({ name }) => !wanted || wanted.includes(name),
  )) {
    const script = path.join(root, 'examples', file);
    const literal = findBatchSize({ read: (at) => readFileSync(at, 'utf8') }, script);
    if (!literal.ok) throw new Error(`${file}: ${literal.error}`);
    const trials = (WALL ? createTrials : processorTrials)({
      script,
      adapter: adapter.value,
      programs,
      steps: STEPS,
      timeoutMs: 120_000,
    });
    const batches = [1, 2, 4, 8, 16].map((factor) => factor * base);
    const results = new Map<number, TrialResult[]>(batches.map((batch) => [batch, []]));
    for (let round = 0; round < ROUNDS; round++)
      for (const batch of round % 2 === 0 ? batches : batches.toReversed())
        results.get(batch)?.push(await trials.run(literal.value.edit(batch)));
    const timed = async (batch: number) => ({
      batch,
      launches: (await trials.kernels?.(literal.value.edit(batch))) ?? [],
    });
    const stairs = stairsOf([await timed(base), await timed(4 * base)]) ?? undefined;
    // A script that cuts its batches itself does not tell their rows.
    const measured = batches.map((batch) => ({ ...measuredBatch(results.get(batch) ?? []), batch }));
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
    `${WALL ? 'wall' : 'processor'} time: ${summary(errors.chosen)} (plain line: ${summary(errors.line)}); memory: ${summary(errors.memory)}; ` +
      `${errors.within} of ${errors.chosen.length} within the 80 % interval`,
  );
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
