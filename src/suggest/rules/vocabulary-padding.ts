/**
 * L6: a product over more than 4096 words (the output of a language model) whose size is no multiple of 64, 5 % of the step or more.
 * Claims only what this project measured of its own kernels: where the size is no multiple of 4 either, they read single words (1.4 times
 * the time forward, 2.4 times backward at 5001 words on the reference machine); else only the padding of the tiles counts.
 * (nanoGPT's "25 %" for 50257 -> 50304 is of tensor cores, which WebGPU does not reach.)
 */
import { formatNs, formatShare } from '../../base/format.ts';
import { tileEfficiency } from '../../analysis/product-sizes.ts';
import type { Rule } from '../rule.ts';
import { advise, predictSaving, stepNsOf } from '../saving.ts';

const LARGE = 4096;
const MULTIPLE = 64;
const VECTOR = 4;
const SHARE = 0.05;
/** Shares of the time that aligned sizes save: least, likely, most. */
const UNALIGNED = { low: 0.05, middle: 0.25, high: 0.55 } as const;

export const vocabularyPadding: Rule = {
  id: 'vocabulary-padding',
  title: 'Pad the vocabulary',
  keepsResults: false,
  inspect(facts) {
    const stepNs = stepNsOf(facts);
    const sizes = new Map<number, { ns: number; padding: number; launch: number }>();
    for (const launch of facts.stepLaunches) {
      const product = facts.products.get(launch.launch);
      if (!product || facts.trace.kernels[launch.kernel]?.family !== 'gemm') continue;
      // Forward it is the columns of the result, in the weight's gradient the rows, in the input's gradient the sum.
      const size = [product.n, product.m, product.k].find(
        (dimension) =>
          dimension > LARGE && dimension % MULTIPLE !== 0 && dimension % facts.steps.samplesPerStep !== 0,
      );
      if (size === undefined) continue;
      const ns = launch.medianNs * launch.perStep;
      const entry = sizes.get(size) ?? { ns: 0, padding: 0, launch: launch.launch };
      const efficiency = tileEfficiency(product);
      sizes.set(size, {
        ...entry,
        ns: entry.ns + ns,
        padding: entry.padding + (efficiency > 0 ? (1 - efficiency) * ns : 0),
      });
    }
    const [size, found] = [...sizes].sort(([, a], [, b]) => b.ns - a.ns)[0] ?? [0, null];
    if (!found || !(found.ns / stepNs >= SHARE)) return [];
    const { ns, padding, launch } = found;
    const padded = Math.ceil(size / MULTIPLE) * MULTIPLE;
    const unaligned = size % VECTOR !== 0;
    const more = (padded - size) / size;
    const saved = (share: number): number => Math.max(0, (unaligned ? share * ns : padding) - more * ns);
    return advise({
      rule: 'vocabulary-padding',
      title: `Pad ${size} words to ${padded}`,
      at: facts.trace.locations[facts.trace.tables.launches.location[launch] as number] ?? null,
      evidence: [
        {
          text: `Products over ${size} words take ${formatNs(ns)} a step, ${formatShare(ns / stepNs)} of it`,
          basis: 'measured',
          value: ns / stepNs,
          unit: 'share',
        },
        {
          text: `${padded} is ${formatShare(more)} more work${unaligned ? `; ${size} is no multiple of 4, so its kernels read single words` : ''}`,
          basis: 'computed',
          value: more,
          unit: 'share',
        },
      ],
      advice: `Build the embedding and the output layer for ${padded} words and let the loss see the first ${size} only:\n  const logits = model.forward(tokens).slice(-1, 0, ${size});`,
      caution: 'The added words have weights of their own that training never uses.',
      predicted: predictSaving(
        stepNs,
        { ns: saved(UNALIGNED.middle), low: saved(UNALIGNED.low), high: saved(UNALIGNED.high) },
        'time of the products x measured share of aligned sizes - added work',
      ),
    });
  },
};
