/**
 * The batch model against the truth on the examples: fitted at 1x, 2x and 4x of a small batch, asked for 8x and 16x, which it has not
 * seen: up to four times the largest measured. All batches run in turns where the adapter allows it, ROUNDS=n times with processes of
 * their own, each with a fit of its own. Beside the errors stands how far 8x and 16x over the smaller ones differ from round to
 * round: no model can be nearer than that. Scripts train on until they are stopped, and memory is that of their training steps: what
 * an evaluation takes has nothing to do with the batch.
 * NETWORKS=lstm,gpt runs some; what was measured is kept in .cache/batch-model, and KEPT=1 fits that again. SECONDS=n ends the call
 * before the next round; MORE=1 goes on with what is kept.
 */
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { mean, median, quantile } from '../../src/base/stats.ts';
import { findBatchSize } from '../../src/edit/index.ts';
import { chooseAdapter } from '../../src/run/adapter-choice.ts';
import { createTrials } from '../../src/run/trials.ts';
import type { BatchFit, MeasuredBatch } from '../../src/suggest/batch-fit.ts';
import { fitBatches, fittedDoubt, fittedStepNs, measuredBatch } from '../../src/suggest/batch-fit.ts';
import { batchesInTurns } from '../../src/suggest/batches-in-turns.ts';
import type { TimedBatch } from '../../src/suggest/kernel-work.ts';
import { kernelWork } from '../../src/suggest/kernel-work.ts';
import { timedKernels } from '../../src/suggest/measure-batches.ts';
import type { Edit, TrialResult, Trials } from '../../src/suggest/suggestion.ts';

const root = process.cwd();
const programs = path.join(root, 'dist');
const STEPS = Number(process.env['STEPS'] ?? 24);
const ROUNDS = Number(process.env['ROUNDS'] ?? 2);
const KEPT = process.env['KEPT'] !== undefined;
const MORE = KEPT || process.env['MORE'] !== undefined;
const until = Date.now() + 1000 * Number(process.env['SECONDS'] ?? Infinity);
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
  { name: 'residual', script: 'residual-cnn.ts', base: 4 },
  { name: 'factors', script: 'matrix-factorization.ts', base: 128 },
] as const;

/** What was measured of a network at one time. */
interface Round {
  readonly points: readonly MeasuredBatch[];
  /** The kernels of the batches that the model is fitted to. */
  readonly timed: readonly TimedBatch[];
  readonly load: number;
}

interface Errors {
  readonly line: number[];
  readonly kernels: number[];
  readonly memory: number[];
  /** Standard deviation of one round, as a share, of a batch relative to the three that the model is fitted to. */
  readonly noise: number[];
  within: number;
}

type Network = (typeof NETWORKS)[number];

export async function run(): Promise<void> {
  const adapter = await chooseAdapter({ programs });
  if (!adapter.ok) throw new Error(adapter.error.message);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(path.join(folder, 'data')))
    symlinkSync(path.join(root, 'examples/data'), path.join(folder, 'data'));
  const wanted = process.env['NETWORKS']?.split(',');
  const errors: Errors = { line: [], kernels: [], memory: [], noise: [], within: 0 };
  for (const network of NETWORKS.filter(({ name }) => !wanted || wanted.includes(name))) {
    const { name, base } = network;
    const kept = path.join(folder, `${name}.json`);
    const rounds = MORE && existsSync(kept) ? (JSON.parse(readFileSync(kept, 'utf8')) as Round[]) : [];
    const script = endless(network);
    const literal = findBatchSize({ read: (at) => readFileSync(at, 'utf8') }, script);
    if (!literal.ok) throw new Error(`${script}: ${literal.error}`);
    const batches = FACTORS.map((factor) => factor * base);
    const options = { script, adapter: adapter.value, programs, steps: STEPS, timeoutMs: 120_000 };
    const trials = createTrials(options);
    while (!KEPT && rounds.length < ROUNDS && Date.now() < until) {
      rounds.push(await measure(trials, batches, literal.value.edit));
      writeFileSync(kept, JSON.stringify(rounds));
    }
    for (let at = FITTED; at < batches.length; at++)
      for (const round of rounds) judge(network, round, at, spreadOf(rounds.map(({ points }) => overTheFirst(points, at))), errors); // prettier-ignore
    if (rounds.length < ROUNDS) console.log(`${name}: ${rounds.length} of ${ROUNDS} rounds; call again with MORE=1`); // prettier-ignore
  }
  const summary = (list: readonly number[]): string =>
    `median ${percent(median(list))}, 90 % under ${percent(quantile(Float64Array.from(list).sort(), 0.9))}`;
  console.log(
    `time (load ${loadavg()[0]!.toFixed(2)}): ${summary(errors.kernels)} (line through the rows: ${summary(errors.line)}); memory: ${summary(errors.memory)}; between rounds: ${summary(errors.noise)}; ` +
      `${errors.within} of ${errors.kernels.length} within the 80 % interval`,
  );
}

/** The example with so many epochs or steps that no trial reaches its end. */
function endless({ name, script }: Network): string {
  const text = readFileSync(path.join(root, 'examples', script), 'utf8');
  const changed = text.replace(/^const (epochs|steps) = \d+;/m, 'const $1 = 5000;');
  if (changed === text) throw new Error(`examples/${script} has no number of epochs or steps to change`);
  const file = path.join(folder, `${name}.ts`);
  writeFileSync(file, changed);
  return file;
}

/** Prints how far the model of a round is off at a batch that it has not seen. */
function judge(
  { name, base }: Network,
  { points, timed, load }: Round,
  at: number,
  noise: number,
  errors: Errors,
): void {
  // prettier-ignore
  const truth = points[at] as MeasuredBatch;
  const knee = fitBatches(points.slice(0, FITTED)).kind === 'hinge';
  const fitted = points.slice(0, knee ? FITTED + 1 : FITTED);
  if (fitted.includes(truth)) return;
  const line = fitBatches(fitted);
  const fit = fitBatches(fitted, kernelWork(timed) ?? undefined);
  const off = (of: BatchFit): number => fittedStepNs(of, truth.batch) / truth.stepNs - 1;
  const memory = (fit.fixedBytes + fit.perSampleBytes * truth.batch) / truth.steadyPeakBytes - 1;
  const doubt = fittedDoubt(fit, truth.batch);
  errors.noise.push(noise);
  errors.line.push(Math.abs(off(line)));
  errors.kernels.push(Math.abs(off(fit)));
  errors.memory.push(Math.abs(memory));
  if (Math.abs(off(fit)) <= doubt) errors.within++;
  console.log(
    `${name.padEnd(11)} ${points.map((p) => `${p.batch}: ${(p.stepNs / 1e6).toFixed(2)}`).join(', ')} ms (load ${load.toFixed(1)}); ` +
      `${truth.batch} (${truth.batch / base}x, ±${percent(noise)} between rounds): ` +
      `by ${fit.basis}${fit.kind === 'line' ? '' : ` (${fit.kind})`} off by ${percent(off(fit))} (80 % interval ±${percent(doubt)}), line through the rows ${percent(off(line))}; ` +
      `peak of a step ${(truth.steadyPeakBytes / 1e6).toFixed(1)} MB, off by ${percent(memory)}`,
  );
}

/** All batches alive at once and in turns where that can be had, else one by one. */
async function measure(
  trials: Trials,
  batches: readonly number[],
  editFor: (batch: number) => Edit,
): Promise<Round> {
  const alone = async (): Promise<TrialResult[]> => {
    const made: TrialResult[] = [];
    for (const batch of batches) made.push(await trials.run(editFor(batch)));
    return made;
  };
  const results = (await batchesInTurns(trials, batches.map(editFor))) ?? (await alone());
  const fitted = batches.slice(0, FITTED);
  const launches = (await timedKernels(fitted.map(editFor), trials)) ?? [];
  return {
    // A script that cuts its batches itself does not tell their rows.
    points: results.map((result, i) => ({ ...measuredBatch([result]), batch: batches[i]! })),
    timed: fitted.map((batch, i) => ({ batch, launches: launches[i] ?? [] })),
    load: loadavg()[0]!,
  };
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
