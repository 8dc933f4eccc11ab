/**
 * L8: a nearby batch whose products come out in whole rounds of workgroups. Each product takes as long as its rounds
 * (109 workgroups on 108 units take two); all else grows with the rows. Speaks from 3 % more rows a second, for a batch between half
 * and one and a half times this one; needs the units of the device and the sizes of the products.
 */
import { formatShare } from '../../base/format.ts';
import { sum } from '../../base/stats.ts';
import { batchCaution } from '../batch-caution.ts';
import type { Facts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import { advise, stepNsOf } from '../saving.ts';

const WORTH = 1.03;
const LEAST = 0.5;
const MOST = 1.5;
/** Beyond this many rounds the last one hardly counts. */
const FEW_ROUNDS = 8;

interface Grown {
  readonly ns: number;
  /** Rounds of workgroups at a batch, in parts. */
  readonly rounds: (batch: number) => number;
}

/** The products of a step whose rows grow with the batch, and the time of all else. */
function productsOf(
  facts: Facts,
  batch: number,
): { readonly products: Grown[]; readonly fixedNs: number; readonly growingNs: number } {
  const products: Grown[] = [];
  let growingNs = 0;
  let fixedNs = 0;
  for (const launch of facts.stepLaunches) {
    const ns = launch.medianNs * launch.perStep;
    const product = facts.products.get(launch.launch);
    const { units, workgroupsPerUnit } = facts.occupancies[launch.launch] ?? {};
    const places = (units ?? NaN) * (workgroupsPerUnit ?? NaN);
    if (launch.phase === 'optimizer') fixedNs += ns;
    else if (product && product.m % batch === 0 && product.tileM > 0 && places > 0) {
      const across = launch.workgroups / Math.ceil(product.m / product.tileM);
      const rows = product.m / batch;
      products.push({ ns, rounds: (b) => (Math.ceil((rows * b) / product.tileM) * across) / places });
    } else growingNs += ns;
  }
  return { products, fixedNs, growingNs };
}

export const waveFilling: Rule = {
  id: 'wave-filling',
  title: 'Choose a batch that fills the last round',
  keepsResults: false,
  inspect(facts, source) {
    const batch = facts.steps.samplesPerStep;
    if (!Number.isInteger(batch) || batch < 2) return [];
    const { products, fixedNs, growingNs } = productsOf(facts, batch);
    const staircase = products.filter(({ rounds }) => rounds(batch) > 1 && rounds(batch) <= FEW_ROUNDS);
    if (staircase.length === 0) return [];
    const idleNs = Math.max(0, stepNsOf(facts) - fixedNs - growingNs - sum(products.map(({ ns }) => ns)));
    // As stairs, and as a line: between the two lies how whole the rounds really are.
    const timeOf = (b: number, round: (rounds: number) => number): number =>
      idleNs +
      fixedNs +
      (growingNs * b) / batch +
      sum(products.map(({ ns, rounds }) => (ns * round(rounds(b))) / round(rounds(batch))));
    const gainOf = (b: number): number => (b / batch) * (timeOf(batch, Math.ceil) / timeOf(b, Math.ceil));
    // What a larger batch gains anyway, by sharing the fixed part, is the batch rule's affair.
    const lineOf = (b: number): number => (b / batch) * (timeOf(batch, (r) => r) / timeOf(b, (r) => r));
    const ownOf = (b: number): number => gainOf(b) / Math.max(1, lineOf(b));
    let best = batch;
    // Of the batches whose rounds come out better, the fastest: one that leaves the rounds as they are but fills its tiles, too.
    for (let b = Math.ceil(LEAST * batch); b <= MOST * batch; b++)
      if (ownOf(b) >= WORTH && gainOf(b) > gainOf(best) + 1e-9) best = b;
    if (best === batch || gainOf(best) < WORTH) return [];
    const literal = source.batchSize(batch);
    const worst = staircase.reduce((a, b) => (b.ns > a.ns ? b : a));
    return advise({
      rule: 'wave-filling',
      title: `A batch of ${best} fills the device's rounds better than ${batch}`,
      at: literal.ok ? literal.value.at : null,
      evidence: [
        {
          text: `${staircase.length} products of a step take ${[...new Set(staircase.map(({ rounds }) => rounds(batch).toFixed(2)))].slice(0, 4).join(', ')} rounds of workgroups; at ${best} the longest takes ${worst.rounds(best).toFixed(2)} instead of ${worst.rounds(batch).toFixed(2)}`,
          basis: 'computed',
          value: worst.rounds(batch),
          unit: 'rounds',
        },
        {
          text: `These products take ${formatShare(sum(staircase.map(({ ns }) => ns)) / stepNsOf(facts))} of the step`,
          basis: 'measured',
        },
      ],
      advice: `Set the batch size to ${best}: the rows then come out in whole rounds.`,
      edit: literal.ok ? { ok: true, value: literal.value.edit(best) } : literal,
      caution:
        best > batch
          ? batchCaution({ from: batch, to: best, speedup: gainOf(best) })
          : `A batch of ${best} makes ${formatShare(batch / best - 1)} more updates an epoch: the learning rate may want to be lower by as much.`,
      predicted: {
        speedup: 1 + 0.6 * (gainOf(best) - 1),
        low: Math.min(1, lineOf(best)),
        high: gainOf(best),
        formula: '(B/b) x time of the rounds at b / time of the rounds at B',
      },
    });
  },
  checkTrial(before, after) {
    return before.samplesPerStep === after.samplesPerStep
      ? `the edit did not change the rows of a step (${before.samplesPerStep})`
      : null;
  },
};
