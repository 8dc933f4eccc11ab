/**
 * NCHW against NHWC on convolutional networks: does the verdict of a proof agree with a long measurement of its own, run after run?
 * NETWORKS=mnist-cnn,residual-cnn runs some (default: those two), RUNS=n proofs a network in this call (0: the long measurement only),
 * BUDGET=seconds a proof as in the settings, LONG=n pairs of long runs, SECONDS=n ends the call before the next proof. What was measured is kept in .cache/layout and
 * counted in the next call, for as long as script and library are the same; FRESH=1 forgets it.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { mean } from '../../src/base/stats.ts';
import { sourceFinder } from '../../src/edit/index.ts';
import type { AdapterChoice } from '../../src/run/adapter-choice.ts';
import { chooseAdapter } from '../../src/run/adapter-choice.ts';
import { profileInTurns } from '../../src/run/in-turns.ts';
import type { ProfileOptions } from '../../src/run/profile.ts';
import { createTrials, turnsResult } from '../../src/run/trials.ts';
import { layout } from '../../src/suggest/rules/layout.ts';
import type { Edit, Suggestion, Trials, VerdictKind } from '../../src/suggest/suggestion.ts';
import { ratioInterval, rowsOf } from '../../src/suggest/trial-stats.ts';
import type { RatioInterval } from '../../src/suggest/trial-stats.ts';
import { judge, verifySuggestion } from '../../src/suggest/verify.ts';
import { layoutNetworks } from './layout/networks.ts';

const root = process.cwd();
const programs = path.join(root, 'dist');
const folder = path.join(root, '.cache/layout');
const RUNS = Number(process.env['RUNS'] ?? 10);
const BUDGET_MS = 1000 * Number(process.env['BUDGET'] ?? 150);
const LONG_PAIRS = Math.max(3, Math.min(16, Number(process.env['LONG'] ?? 10)));
const LONG_ACTIVE_MS = 8000;
const STEPS = 40;
const NOISE_FLOOR = 0.02;
const until = Date.now() + 1000 * Number(process.env['SECONDS'] ?? Infinity);

interface Proof extends RatioInterval {
  readonly kind: VerdictKind;
  readonly trials: number;
  readonly seconds: number;
}

interface Kept {
  readonly long: number[];
  readonly proofs: Proof[];
}

export async function run(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  if (!existsSync(path.join(folder, 'data')))
    symlinkSync(path.join(root, 'examples/data'), path.join(folder, 'data'));
  const adapter = await chooseAdapter({ programs });
  if (!adapter.ok) throw new Error(adapter.error.message);
  const wanted = (process.env['NETWORKS'] ?? 'mnist-cnn,residual-cnn').split(',');
  let [agreed, proofs] = [0, 0];
  for (const { name, source } of layoutNetworks(root).filter((each) => wanted.includes(each.name))) {
    const script = path.join(folder, `${name}.ts`);
    writeFileSync(script, source);
    const { truth, kept } = await measured(script, source, adapter.value);
    if (truth === null) continue;
    const kinds = kept.proofs.map(({ kind }) => kind === judge(truth, NOISE_FLOOR));
    agreed += kinds.filter(Boolean).length;
    proofs += kinds.length;
    console.log(`${name}: ${kinds.filter(Boolean).length} of ${kinds.length} proofs agree`);
  }
  console.log(`${agreed} of ${proofs} proofs agree with the long measurement`);
}

async function measured(
  script: string,
  source: string,
  adapter: AdapterChoice,
): Promise<{ truth: RatioInterval | null; kept: Kept }> {
  const name = path.basename(script, '.ts');
  const edit = layoutEdit(script);
  const hash = createHash('sha256')
    .update(source)
    .update(readFileSync(path.join(programs, 'api.mjs')));
  const file = path.join(folder, `${name}-${hash.digest('hex').slice(0, 12)}.json`);
  const known = existsSync(file) && process.env['FRESH'] === undefined;
  const kept: Kept = known ? (JSON.parse(readFileSync(file, 'utf8')) as Kept) : { long: [], proofs: [] };
  const keep = (): void => writeFileSync(file, JSON.stringify(kept));
  const options = { script, adapter, programs, timeoutMs: 240_000 };
  while (kept.long.length < LONG_PAIRS && Date.now() < until) {
    kept.long.push(await longPair(options, edit));
    keep();
  }
  if (kept.long.length < LONG_PAIRS) {
    console.log(`${name}: ${kept.long.length} of ${LONG_PAIRS} long pairs measured; call again`);
    return { truth: null, kept };
  }
  const truth = ratioInterval(kept.long);
  const expected = judge(truth, NOISE_FLOOR);
  console.log(
    `${name}: ${edit.oldText} → ${edit.newText}, ${LONG_PAIRS} long pairs ${text(truth)}: ${expected}`,
  );
  const say = (proof: Proof, i: number): void =>
    console.log(
      `  proof ${i + 1}: ${proof.kind} ${text(proof)} in ${proof.trials} trials, ${proof.seconds.toFixed(0)} s` +
        (proof.kind === expected ? '' : '  DIFFERS'),
    );
  kept.proofs.forEach(say);
  for (let i = 0; i < RUNS && Date.now() < until; i++) {
    kept.proofs.push(await prove(createTrials({ ...options, steps: STEPS }), edit));
    keep();
    say(kept.proofs.at(-1) as Proof, kept.proofs.length - 1);
  }
  console.log(`  load ${loadavg()[0]!.toFixed(2)}`);
  return { truth, kept };
}

function layoutEdit(script: string): Edit {
  const literal = sourceFinder(
    { read: (file) => (file.startsWith(folder) ? readFileSync(file, 'utf8') : null) },
    script,
  ).sharedOption('layout', ['Conv2d', 'MaxPool2d', 'BatchNorm2d', 'AdaptiveAvgPool2d']);
  if (!literal.ok) throw new Error(`${script}: ${literal.error}`);
  return literal.value.edit(literal.value.value === 'nchw' ? 'nhwc' : 'nchw');
}

/** Runs that no proof sees, longer, and by another measure: all the time of all the steps. */
async function longPair(options: ProfileOptions, edit: Edit): Promise<number> {
  const variants = [[], [edit]].map((edits) => ({ ...options, mode: 'off' as const, edits }));
  const { results } = turnsResult(await profileInTurns(variants, { activeMs: LONG_ACTIVE_MS }));
  const [before, after] = results.map((result) => rowsOf(result) / mean(result.stepMs));
  return (after as number) / (before as number);
}

async function prove(trials: Trials, edit: Edit): Promise<Proof> {
  const began = Date.now();
  const verdict = await verifySuggestion(suggestionOf(edit), layout, lossless(trials), {
    noiseFloor: NOISE_FLOOR,
    isSpent: () => Date.now() - began > BUDGET_MS,
  });
  const { kind, speedup: ratio, low, high } = verdict;
  return { kind, ratio, low, high, trials: verdict.trials, seconds: (Date.now() - began) / 1000 };
}

/** Losses take runs of their own, and are not what is asked here. */
function lossless({ run: runTrial, inTurns }: Trials): Trials {
  return { run: runTrial, ...(inTurns ? { inTurns } : {}) };
}

function suggestionOf(edit: Edit): Suggestion {
  return {
    id: 'layout',
    rule: 'layout',
    title: '',
    at: null,
    evidence: [],
    edit,
    predicted: { speedup: 1, low: 1, high: 1 },
    verdict: null,
  };
}

const text = ({ ratio, low, high }: RatioInterval): string =>
  `${ratio.toFixed(2)}x (${low.toFixed(2)}..${high.toFixed(2)})`;
