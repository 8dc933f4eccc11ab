/**
 * NCHW against NHWC on convolutional networks: does the verdict of a proof agree with a long measurement of its own, run after run?
 * RUNS=10 proofs a network, LONG=12 pairs of long runs. Steps are processor time, which other processes do not disturb; WALL=1 takes
 * the wall clock. NETWORKS=first runs those whose name holds it.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sourceFinder } from '../../src/edit/index.ts';
import { chooseAdapter } from '../../src/run/adapter-choice.ts';
import { createTrials } from '../../src/run/trials.ts';
import { layout } from '../../src/suggest/rules/layout.ts';
import type { Edit, Suggestion, Trials } from '../../src/suggest/suggestion.ts';
import { ratioInterval, samplesPerSecond } from '../../src/suggest/trial-stats.ts';
import type { RatioInterval } from '../../src/suggest/trial-stats.ts';
import { verifySuggestion } from '../../src/suggest/verify.ts';
import { CONVOLUTIONS } from './advice/scripts.ts';
import { processorTrials } from './quiet/processor-trials.ts';

const root = process.cwd();
const programs = path.join(root, 'dist');
const folder = path.join(root, '.cache/layout');
const RUNS = Number(process.env['RUNS'] ?? 10);
const LONG = Math.min(10, Number(process.env['LONG'] ?? 8));
const STEPS = 30;
const LONG_STEPS = 120;
const NOISE_FLOOR = 0.02;

export async function run(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const adapter = await chooseAdapter({ programs });
  if (!adapter.ok) throw new Error(adapter.error.message);
  const only = process.env['NETWORKS'] ?? '';
  let agreed = 0;
  let proofs = 0;
  for (const { name, source } of CONVOLUTIONS.filter((each) => each.name.includes(only))) {
    const script = path.join(folder, `${name.replace(/\W+/g, '-')}.ts`);
    writeFileSync(script, source);
    const literal = sourceFinder(
      { read: (file) => (file.startsWith(folder) ? readFileSync(file, 'utf8') : null) },
      script,
    ).sharedOption('layout', ['Conv2d', 'MaxPool2d']);
    if (!literal.ok) throw new Error(`${name}: ${literal.error}`);
    const edit = literal.value.edit(literal.value.value === 'nchw' ? 'nhwc' : 'nchw');
    const trialsOf = process.env['WALL'] === undefined ? processorTrials : createTrials;
    const of = (steps: number): Trials =>
      trialsOf({ script, adapter: adapter.value, programs, steps, timeoutMs: 120_000 });
    const truth = await longMeasurement(of(LONG_STEPS), edit);
    const expected = kindOf(truth);
    console.log(`${name}: ${edit.oldText} → ${edit.newText}, ${LONG} long pairs ${text(truth)}: ${expected}`);
    for (let i = 0; i < RUNS; i++) {
      const verdict = await verifySuggestion(suggestionOf(edit), layout, lossless(of(STEPS)), {
        noiseFloor: NOISE_FLOOR,
      });
      proofs++;
      if (verdict.kind === expected) agreed++;
      console.log(
        `  proof ${i + 1}: ${verdict.kind} ${text({ ...verdict, ratio: verdict.speedup })} in ${verdict.trials} trials${verdict.kind === expected ? '' : '  DIFFERS'}`,
      );
    }
  }
  console.log(`${agreed} of ${proofs} proofs agree with the long measurement`);
}

/** Alternating long runs, none of which a proof sees. */
async function longMeasurement(trials: Trials, edit: Edit): Promise<RatioInterval> {
  const ratios: number[] = [];
  for (let pair = 0; pair < LONG; pair++) {
    const first = pair % 2 === 0 ? null : edit;
    const [a, b] = [await trials.run(first), await trials.run(first ? null : edit)];
    const [before, after] = first ? [b, a] : [a, b];
    ratios.push(samplesPerSecond(after) / samplesPerSecond(before));
  }
  return ratioInterval(ratios);
}

/** What a proof should find: the side of the noise floor on which the middle of the long measurement lies. */
function kindOf({ ratio }: RatioInterval): 'confirmed' | 'refuted' {
  return ratio > 1 + NOISE_FLOOR ? 'confirmed' : 'refuted';
}

/** Losses take runs of their own, and are not what is asked here. */
function lossless({ run: runTrial }: Trials): Trials {
  return { run: runTrial };
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
