/**
 * What the instrument costs and whether its figures are right: own cost, kernel times against wall time, waiting, long runs,
 * sudden deaths. `INSTRUMENT=cost,wall,kills,long` picks parts; `ROUNDS=5` sets how often the cost is measured,
 * `PROGRAMS=jax-mlp,...` on what, `TIMES=10` for how many times the usual steps, `DISPATCHES=1e7` the length of the long run,
 * `MODES=off,light,alternating,exact` its modes.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { median } from '../../src/base/stats.ts';
import { readTraceFile } from '../../src/trace/codec.ts';
import { DISPATCH_FLAGS, STEP_FLAGS } from '../../src/trace/model.ts';
import type { Trace } from '../../src/trace/model.ts';
import type { ProbeMode } from '../../src/wire/run-messages.ts';
import { costPrograms } from './instrument/programs.ts';
import type { Mark, Measured, Waiting } from './instrument/runs.ts';
import { profiled, profiledWithMarks, scriptOf, unprofiled } from './instrument/runs.ts';

const PARTS: Readonly<Record<string, () => Promise<void>>> = { cost, wall, kills, long };
const KILLS = 50;
const PARTS_OF_HALF = 10;
const COST_ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const LONG_TIMEOUT_MS = 3_600_000;

export async function run(): Promise<void> {
  const wanted = process.env['INSTRUMENT']?.split(',') ?? Object.keys(PARTS);
  for (const name of wanted) await PARTS[name]?.();
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** One program in turn: unobserved, unobserved and waiting as Kernelscope does, profiled at default settings. */
interface Turn {
  readonly bare: Parts;
  readonly patient: Parts;
  readonly profiled: Parts;
  readonly receivingMs: number;
  readonly trace: Trace;
}

type Span = Mark;

/**
 * The start is what a run pays once: from the process's first moment to the end of the first step. What is left has two halves. The
 * second is as long as if each of its parts (a tenth of it where the script prints so often) took what the median of them takes:
 * other programs of the machine come in bursts, and a burst would otherwise be taken for the cost.
 */
interface Parts {
  readonly start: Span;
  readonly first: Span;
  readonly second: Span;
}

/**
 * What a run costs, twice. Seen from within: timed against untimed steps of the same run, as every trace says it; recording in untimed
 * steps is not in it. Seen from without: all of it, against the same script unobserved: once for the start, which is no cost of a step,
 * and for each half of the steps, since in the first the probe's own code is still being compiled and warm-up steps are timed. The machine
 * is never quite still, so all take turns, and the median is given with the least and the most.
 */
async function cost(): Promise<void> {
  console.log(`own cost at default settings, ${COST_ROUNDS} turns each`);
  const programs = costPrograms();
  const turns = new Map<string, Turn[]>(programs.map(({ name }) => [name, []]));
  // The first turn fills caches of shaders.
  for (let round = 0; round <= COST_ROUNDS; round++)
    for (const { name, script, args } of programs) {
      const turn = await turnOf(script(), args);
      if (round > 0) turns.get(name)?.push(turn);
    }
  for (const { name, steps } of programs) {
    const of = turns.get(name) ?? [];
    console.log(`  ${name.padEnd(16)} timing: ${costOf(of.map(({ trace }) => trace))}`);
    for (const line of wholeCostOf(of, steps)) console.log(`  ${' '.repeat(16)} ${line}`);
  }
  console.log(
    `  (processes that wanted to run in the last minutes: ${loadavg()[1]?.toFixed(1)}, cores: ${availableParallelism()})`,
  );
}

async function turnOf(script: string, args: readonly string[]): Promise<Turn> {
  const bare = partsOf(await unprofiled(script, args));
  const patient = partsOf(await unprofiled(script, args, 'patient'));
  const { trace, receivingMs, ...run } = await profiledWithMarks(script, args);
  return { bare, patient, profiled: partsOf(run), receivingMs, trace };
}

function partsOf({ marks }: Measured): Parts {
  const [start, middle] = [marks[0], marks[Math.floor((marks.length - 1) / 2)]];
  if (!start || !middle || marks.length < 3) throw new Error('the script printed fewer than three lines');
  const half = marks.slice(Math.floor((marks.length - 1) / 2));
  // A script that prints at each step: parts long enough to hold what the probe does ten times a second.
  const each = Math.ceil((half.length - 1) / PARTS_OF_HALF);
  const parts = half.filter((_, i) => i % each === 0);
  const second = (of: keyof Span): number =>
    median(parts.slice(1).map((mark, i) => mark[of] - (parts[i] as Mark)[of])) * ((half.length - 1) / each);
  return {
    start,
    first: between(start, middle),
    second: { wallMs: second('wallMs'), processorMs: second('processorMs') },
  };
}

function between(from: Mark, to: Mark): Span {
  return { wallMs: to.wallMs - from.wallMs, processorMs: to.processorMs - from.processorMs };
}

function wholeCostOf(turns: readonly Turn[], steps: number): string[] {
  const against = (kind: Waiting, part: keyof Parts): string => {
    const shares = (what: keyof Span): number[] =>
      turns.map((turn) => turn.profiled[part][what] / turn[kind][part][what] - 1);
    return `wall ${range(shares('wallMs'))}, processor ${range(shares('processorMs'))}`;
  };
  const starts = turns.map(({ profiled, patient }) => profiled.start.wallMs - patient.start.wallMs);
  const stepMs = median(turns.map(({ patient }) => patient.second.wallMs)) / (steps / 2);
  const receiving = median(
    turns.map(
      ({ profiled: { first, second }, receivingMs }) =>
        receivingMs / (first.processorMs + second.processorMs),
    ),
  );
  return [
    `all of it, against an unobserved run that waits alike: start ${median(starts).toFixed(0)} ms (${Math.min(...starts).toFixed(0)} to ${Math.max(...starts).toFixed(0)})`,
    `  first half of the steps: ${against('patient', 'first')}`,
    `  second half: ${against('patient', 'second')} (${steps / 2} steps of ${stepMs.toFixed(1)} ms)`,
    `second half against plain Node: ${against('bare', 'second')}; receiving it ${percent(receiving)} of the processor time`,
  ];
}

const range = (shares: readonly number[]): string =>
  `${percent(median(shares))} (${percent(Math.min(...shares))} to ${percent(Math.max(...shares))})`;

function costOf(traces: readonly Trace[]): string {
  const costs = traces.flatMap(({ meta }) => meta.overhead ?? []);
  if (costs.length < traces.length) {
    const without = traces.find(({ meta }) => meta.overhead === null);
    return `no figure (${without?.meta.error?.message ?? `${without?.tables.steps.length} steps`})`;
  }
  const shares = costs.map(({ share }) => share);
  const extras = costs.map(({ timedMedianNs, untimedMedianNs }) => timedMedianNs / untimedMedianNs - 1);
  const timed = traces.map(({ tables: { steps } }) =>
    steps.flags.reduce(
      (sum, flags) => sum + Number((flags & STEP_FLAGS.timed) > 0 && (flags & STEP_FLAGS.warmup) === 0),
      0,
    ),
  );
  return `run ${range(shares)}; step ${range(extras)}; ${median(timed)} of ${median(traces.map(({ tables }) => tables.steps.length))} steps timed after warm-up`;
}

/** Long dispatches back to back: their times add up to the wall time, and the profiler's waiting does not slow them. */
async function wall(): Promise<void> {
  const script = scriptOf('long-kernels.mjs');
  const { trace, stdout } = await profiled(script, { mode: 'exact' });
  const walls = JSON.parse(stdout) as number[];
  const { startNs, endNs, length } = trace.tables.dispatches;
  const each = length / walls.length;
  const shares = walls.map((ms, round) => {
    let ns = 0;
    for (let i = round * each; i < (round + 1) * each; i++)
      ns += (endNs[i] as number) - (startNs[i] as number);
    return ns / 1e6 / ms;
  });
  // The first round compiles.
  console.log(
    `kernel times are ${percent(median(shares.slice(1)))} of wall time (${length} long dispatches)`,
  );
  const best = (text: string): number => Math.min(...(JSON.parse(text) as number[]).slice(1));
  const ratios: number[] = [];
  for (let round = 0; round < 3; round++) {
    const tamed = best((await profiled(script, { mode: 'off' })).stdout);
    ratios.push(tamed / best((await unprofiled(script)).stdout));
  }
  console.log(`wall time with polling tamed ${median(ratios).toFixed(2)}x of that in plain Node`);
}

/** Killed at random moments, each trace is whole up to there. */
async function kills(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-bench-'));
  const script = path.resolve('test/e2e/fixtures/killed-at.mjs');
  let valid = 0;
  const lost: number[] = [];
  for (let i = 0; i < KILLS; i++) {
    const traceFile = path.join(folder, `${i}.kscope`);
    await profiled(script, { traceFile, args: [String(Math.round(50 + 950 * Math.random()))] });
    const read = readTraceFile(readFileSync(traceFile));
    if (!read.ok || read.value.meta.status !== 'crashed' || read.value.meta.notes.length > 0) continue;
    valid++;
    lost.push(submitted(read.value) - read.value.tables.dispatches.length);
  }
  rmSync(folder, { recursive: true });
  console.log(
    `killed ${KILLS} times: ${valid} valid traces; dispatches sent and not in hand at most ${Math.max(...lost)}`,
  );
}

function submitted({ tables }: Trace): number {
  return tables.submits.dispatches.reduce((sum, count) => sum + count, 0);
}

/**
 * Real dispatches by the million: memory of both processes, and whether the trace opens. On lavapipe a tiny dispatch is mostly
 * the wake-up of worker threads, so these run on its queue's own thread.
 */
async function long(): Promise<void> {
  const dispatches = Number(process.env['DISPATCHES'] ?? 1e6);
  const modes = (process.env['MODES']?.split(',') ?? ['off', 'light', 'alternating']) as ProbeMode[];
  process.env['LP_NUM_THREADS'] = '0';
  for (const mode of modes) await longRun(dispatches, mode);
  delete process.env['LP_NUM_THREADS'];
}

async function longRun(dispatches: number, mode: ProbeMode): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-bench-'));
  const traceFile = path.join(folder, 'long.kscope');
  const start = performance.now();
  const before = process.memoryUsage.rss();
  let ours = before;
  const timer = setInterval(() => (ours = Math.max(ours, process.memoryUsage.rss())), 50);
  const { trace, stdout } = await profiled(scriptOf('tiny-steps.mjs'), {
    args: [String(dispatches / 2000), '2000'],
    traceFile,
    mode,
    timeoutMs: LONG_TIMEOUT_MS,
  });
  clearInterval(timer);
  const seconds = (performance.now() - start) / 1e3;
  const { submits, dispatches: kept } = trace.tables;
  const sent = submits.dispatches.reduce((sum, count) => sum + count, 0);
  const timed = kept.flags.reduce((sum, flags) => sum + (flags & DISPATCH_FLAGS.timed), 0);
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  const bytes = statSync(traceFile).size;
  console.log(
    `  ${mode.padEnd(12)} ${sent} dispatches in ${seconds.toFixed(0)} s, ${trace.meta.status}; ${percent(timed / kept.length)} of those in memory timed;` +
      ` script's process at most ${mb(Number(stdout))}, ours ${mb(ours)} (${mb(before)} before); ${opened(traceFile, bytes)}`,
  );
  rmSync(folder, { recursive: true });
}

function opened(file: string, bytes: number): string {
  const start = performance.now();
  const read = readTraceFile(readFileSync(file));
  if (!read.ok) return `its file of ${(bytes / 1e6).toFixed(0)} MB does not open: ${read.error.message}`;
  const seconds = (performance.now() - start) / 1e3;
  return `its file of ${(bytes / 1e6).toFixed(0)} MB opens in ${seconds.toFixed(1)} s with ${read.value.tables.dispatches.length} dispatches`;
}
