import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../src/base/random.ts';
import { textTable } from '../../src/export/text-table.ts';
import type { Edit, Suggestion, Trials, VerdictKind } from '../../src/suggest/suggestion.ts';
import { LEAST_PAIRS, MOST_PAIRS, ratioInterval, samplesPerSecond } from '../../src/suggest/trial-stats.ts';
import { rowsPerProcessorSecond } from '../../src/suggest/steadiness.ts';
import { judge, verifySuggestion } from '../../src/suggest/verify.ts';
import { LOADS, disturbedTrials } from './disturbed-machine.ts';

const edit: Edit = { file: '/project/train.ts', start: 0, end: 1, oldText: '8', newText: '64' };
const suggestion: Suggestion = {
  id: 'layout:1',
  rule: 'layout',
  title: '',
  at: null,
  evidence: [],
  edit,
  predicted: { speedup: 1.1, low: 1, high: 1.2 },
  verdict: null,
};
const NOISE_FLOOR = 0.02;

/** What a proof was before it looked at the machine: a fixed order, and the interval of the ratios alone. */
async function plainProof(trials: Trials): Promise<VerdictKind> {
  const ratios: number[] = [];
  for (let pair = 0; pair < MOST_PAIRS; pair++) {
    const first = pair % 2 === 0 ? null : edit;
    const [a, b] = [await trials.run(first), await trials.run(first ? null : edit)];
    const [before, after] = first ? [b, a] : [a, b];
    ratios.push(samplesPerSecond(after) / samplesPerSecond(before));
    if (ratios.length < LEAST_PAIRS) continue;
    const interval = ratioInterval(ratios);
    const half = (interval.high - interval.low) / 2;
    const kind = judge(interval, NOISE_FLOOR);
    if (half / interval.ratio <= 0.03 || kind === 'refuted') return kind;
    if (kind === 'confirmed' && half <= 0.5 * (interval.ratio - 1)) return kind;
  }
  return judge(ratioInterval(ratios), NOISE_FLOOR);
}

const KINDS = ['gpu', 'software', 'turns'] as const;

interface Shares extends Record<(typeof KINDS)[number], number> {
  readonly plain: number;
  readonly trials: number;
}

/** Others are drawn with SEED=n. */
const SEED = Number(process.env['SEED'] ?? 0);

/** Share of proofs that end in 'confirmed'. */
async function confirmations(load: string, gain: number, proofs: number): Promise<Shares> {
  const confirmed = { plain: 0, gpu: 0, software: 0, turns: 0 };
  let trials = 0;
  for (let at = 1; at <= proofs; at++) {
    const seed = at + 10_000 * SEED;
    const of = (kind: (typeof KINDS)[number]): Trials => disturbedTrials(LOADS[load]!, gain, seed, kind);
    if ((await plainProof(of('gpu'))) === 'confirmed') confirmed.plain++;
    for (const kind of KINDS) {
      const options = { random: seededRandom(7 * seed) };
      const verdict = await verifySuggestion(suggestion, undefined, of(kind), options);
      if (verdict.kind === 'confirmed') confirmed[kind]++;
      trials += verdict.trials / KINDS.length;
    }
  }
  return {
    plain: confirmed.plain / proofs,
    gpu: confirmed.gpu / proofs,
    software: confirmed.software / proofs,
    turns: confirmed.turns / proofs,
    trials: trials / proofs,
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

async function table(gain: number, proofs: number, loads: readonly string[]): Promise<Map<string, Shares>> {
  const found = new Map<string, Shares>();
  for (const load of loads) found.set(load, await confirmations(load, gain, proofs));
  const columns = ['load', 'plain', 'ours', 'ours, processor seen', 'ours, in turns', 'trials'];
  const rows = [...found].map(([load, { plain, gpu, software, turns, trials }]) => [
    load,
    percent(plain),
    percent(gpu),
    percent(software),
    percent(turns),
    trials.toFixed(1),
  ]);
  console.log(`confirmed of ${proofs} proofs of an edit that is ${gain}x as fast:`);
  console.log(textTable(columns.map((title) => ({ title, align: 'left' as const })), rows).join('\n')); // prettier-ignore
  return found;
}

test('on machines that others use an edit that gains nothing is hardly ever confirmed', async () => {
  const found = await table(1, 400, Object.keys(LOADS));
  for (const [load, { gpu, software, turns }] of found) {
    assert.ok(software <= 0.01, `${load}: ${percent(software)} with the processor seen`);
    assert.ok(turns <= 0.01, `${load}: ${percent(turns)} in turns`);
    // Another proof beside this one, in step with it: where the processor tells nothing, only the drawn order helps.
    assert.ok(gpu <= (load.includes('rhythm') ? 0.05 : 0.01), `${load}: ${percent(gpu)}`);
  }
  const { plain } = found.get('a rhythm of four trials') as Shares;
  assert.ok(plain > 0.2, `a fixed order: ${percent(plain)}`);
});

test('what gains is confirmed as before on a quiet machine, and beside a steady neighbor', async () => {
  for (const gain of [1.07, 1.11, 1.5]) {
    const found = await table(gain, 200, ['quiet', 'steady neighbor', 'slow drift']);
    for (const [load, { plain, gpu, software, turns }] of found)
      assert.ok(Math.min(gpu, software, turns) >= plain - 0.03, `${gain}x, ${load}`);
  }
});

test('where load comes and goes, trials in turns still see a gain that trials one after the other do not', async () => {
  const found = await table(1.07, 200, ['short bursts', 'bursts as long as trials', 'wandering load']);
  for (const [load, { software, turns }] of found)
    assert.ok(
      turns > 0.7 && turns > software + 0.1,
      `${load}: ${percent(turns)}, one after the other ${percent(software)}`,
    );
});

test('rows a processor second are those of all steps together: one step may work for the ones before', () => {
  // Nine steps are only handed in, the tenth waits for their work: 100 ms at two cores for ten steps of 8 rows.
  const stepMs = [...Array<number>(9).fill(1), 91];
  const trial = {
    stepMs,
    samplesPerStep: 8,
    peakBytes: 1,
    losses: [],
    processor: { ownCores: 2, otherCores: 0 },
  };
  assert.ok(Math.abs(rowsPerProcessorSecond(trial) - 80 / 0.2) < 1e-9);
  assert.ok(Number.isNaN(rowsPerProcessorSecond({ stepMs, samplesPerStep: 8, peakBytes: 1, losses: [] })));
});
