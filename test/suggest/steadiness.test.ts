import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../src/base/random.ts';
import { textTable } from '../../src/export/text-table.ts';
import type { Edit, Suggestion, Trials, VerdictKind } from '../../src/suggest/suggestion.ts';
import { LEAST_PAIRS, MOST_PAIRS, ratioInterval, samplesPerSecond } from '../../src/suggest/trial-stats.ts';
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

interface Shares {
  readonly plain: number;
  readonly gpu: number;
  readonly software: number;
  readonly trials: number;
}

/** Share of proofs that end in 'confirmed'. */
async function confirmations(load: string, gain: number, proofs: number): Promise<Shares> {
  const confirmed = { plain: 0, gpu: 0, software: 0 };
  let trials = 0;
  for (let seed = 1; seed <= proofs; seed++) {
    const of = (software: boolean): Trials => disturbedTrials(LOADS[load]!, gain, seed, software);
    if ((await plainProof(of(false))) === 'confirmed') confirmed.plain++;
    for (const kind of ['gpu', 'software'] as const) {
      const verdict = await verifySuggestion(suggestion, undefined, of(kind === 'software'), {
        random: seededRandom(7 * seed),
      });
      if (verdict.kind === 'confirmed') confirmed[kind]++;
      trials += verdict.trials / 2;
    }
  }
  return {
    plain: confirmed.plain / proofs,
    gpu: confirmed.gpu / proofs,
    software: confirmed.software / proofs,
    trials: trials / proofs,
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

async function table(gain: number, proofs: number, loads: readonly string[]): Promise<Map<string, Shares>> {
  const found = new Map<string, Shares>();
  for (const load of loads) found.set(load, await confirmations(load, gain, proofs));
  const columns = ['load', 'plain', 'ours', 'ours, processor seen', 'trials'];
  const rows = [...found].map(([load, { plain, gpu, software, trials }]) => [
    load,
    percent(plain),
    percent(gpu),
    percent(software),
    trials.toFixed(1),
  ]);
  console.log(`confirmed of ${proofs} proofs of an edit that is ${gain}x as fast:`);
  console.log(textTable(columns.map((title) => ({ title, align: 'left' as const })), rows).join('\n')); // prettier-ignore
  return found;
}

test('on machines that others use an edit that gains nothing is hardly ever confirmed', async () => {
  const found = await table(1, 400, Object.keys(LOADS));
  for (const [load, { gpu, software }] of found) {
    assert.ok(software <= 0.01, `${load}: ${percent(software)} with the processor seen`);
    if (!load.includes('rhythm')) assert.ok(gpu <= 0.01, `${load}: ${percent(gpu)}`);
  }
  // Another proof beside this one, in step with it: where the processor tells nothing, only the drawn order helps.
  const { plain, gpu } = found.get('a rhythm of four trials') as Shares;
  assert.ok(plain > 0.2 && gpu < plain / 2, `${percent(plain)}, now ${percent(gpu)}`);
});

test('what gains is confirmed as before on a quiet machine, and beside a steady neighbor', async () => {
  for (const gain of [1.07, 1.11, 1.5]) {
    const found = await table(gain, 200, ['quiet', 'steady neighbor', 'slow drift']);
    for (const [load, { plain, gpu, software }] of found)
      assert.ok(Math.min(gpu, software) >= plain - 0.03, `${gain}x, ${load}`);
  }
});
