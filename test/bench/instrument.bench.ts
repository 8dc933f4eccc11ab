/**
 * What the instrument costs and whether its figures are right: own cost, kernel times against wall time, waiting, long runs,
 * sudden deaths. `INSTRUMENT=cost,wall,kills,long` picks parts; `ROUNDS=5` sets how often the cost is measured,
 * `DISPATCHES=1e7` the length of the long run, `MODES=off,light,alternating,exact` its modes.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { median } from '../../src/base/stats.ts';
import { readTraceFile } from '../../src/trace/codec.ts';
import { DISPATCH_FLAGS, STEP_FLAGS } from '../../src/trace/model.ts';
import type { Trace } from '../../src/trace/model.ts';
import type { ProbeMode } from '../../src/wire/run-messages.ts';
import { findPeers } from '../support/peers.ts';
import { exampleOf, longerPeer, profiled, scriptOf, unprofiled } from './instrument/runs.ts';

const PARTS: Readonly<Record<string, () => Promise<void>>> = { cost, wall, kills, long };
const KILLS = 50;
const COST_ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const LONG_TIMEOUT_MS = 3_600_000;

export async function run(): Promise<void> {
  const wanted = process.env['INSTRUMENT']?.split(',') ?? Object.keys(PARTS);
  for (const name of wanted) await PARTS[name]?.();
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

interface CostProgram {
  readonly name: string;
  /** Written anew for each run: the peers' examples share one folder. */
  readonly script: () => string;
  readonly args?: readonly string[];
  readonly steps?: number;
}

function costPrograms(): CostProgram[] {
  const ours: CostProgram[] = [
    { name: '2,000 tiny dispatches', script: () => scriptOf('tiny-steps.mjs'), args: ['120', '2000'] },
    { name: 'our MLP', script: () => exampleOf('mnist-mlp.ts'), steps: 80 },
    { name: 'our CNN', script: () => exampleOf('mnist-cnn.ts'), steps: 24 },
  ];
  const peers = findPeers();
  if ('missing' in peers) {
    console.log(`  peers: ${peers.missing}`);
    return ours;
  }
  const longer: readonly (readonly [string, string, string])[] = [
    ['tfjs-mlp', 'epochs: 4', 'epochs: 24'],
    ['tfjs-cnn', 'step < 8', 'step < 40'],
    ['tfjs-transformer', 'step < 8', 'step < 40'],
    ['jax-mlp', 'step < 8', 'step < 80'],
    ['jax-cnn', 'step < 6', 'step < 60'],
    ['jax-transformer', 'step < 6', 'step < 60'],
  ];
  return ours.concat(
    longer.map(([name, before, after]) => ({
      name,
      script: () => longerPeer(name, peers.folder, [[before, after]]),
    })),
  );
}

/**
 * Timed and untimed steps of the same run say what timing costs. A run is short and the machine never quite still, so each
 * program runs several times, all of them in turn, and the median is given with the least and the most.
 */
async function cost(): Promise<void> {
  console.log(
    `own cost at default settings, ${COST_ROUNDS} runs each: extra time of the whole run, and of a timed step against the steps around it`,
  );
  const programs = costPrograms();
  const runs = new Map<string, Trace[]>(programs.map(({ name }) => [name, []]));
  for (let round = 0; round < COST_ROUNDS; round++)
    for (const { name, script, args = [], steps = null } of programs)
      runs.get(name)?.push((await profiled(script(), { args, steps })).trace);
  for (const [name, traces] of runs) console.log(`  ${name.padEnd(24)} ${costOf(traces)}`);
  console.log(
    `  (processes that wanted to run in the last minutes: ${loadavg()[1]?.toFixed(1)}, cores: ${availableParallelism()})`,
  );
}

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
  const range = (shares: readonly number[]): string =>
    `${percent(median(shares))} (${percent(Math.min(...shares))} to ${percent(Math.max(...shares))})`;
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
    ratios.push(tamed / best(await unprofiled(script)));
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
