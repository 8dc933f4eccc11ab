/**
 * L7: products of 10 % of the step or more with a size from 32 up to 4096 that is no multiple of 4: a row does not begin at 16 bytes, so
 * vector loads and stores are out. Measured on this project's own kernels (510 against 512 on the reference machine): 0 to 24 % forward,
 * up to 50 % backward. Tensor units of other stacks want multiples of 8 to 64. It changes the model, so it is said and never edited.
 */
import { formatNs, formatShare } from '../../base/format.ts';
import { sum } from '../../base/stats.ts';
import type { ProductSizes } from '../../analysis/product-sizes.ts';
import type { Rule } from '../rule.ts';
import { advise, predictSaving, stepNsOf } from '../saving.ts';

const SMALLEST = 32;
const LARGEST = 4096;
const VECTOR = 4;
const MULTIPLE = 64;
const SHARE = 0.1;
/** Shares of the products' time that aligned sizes save. */
const SAVED = { low: 0.02, middle: 0.12, high: 0.4 } as const;

/** Widths of layers that are odd; sizes that follow from the batch are the batch's affair. */
function oddSizes({ m, n, k }: ProductSizes, batch: number): number[] {
  return [m, n, k].filter(
    (size) =>
      size >= SMALLEST && size <= LARGEST && size % VECTOR !== 0 && !(batch > 1 && size % batch === 0),
  );
}

export const oddSizesRule: Rule = {
  id: 'odd-sizes',
  title: 'Choose widths that are multiples of 4, better of 64',
  keepsResults: false,
  inspect(facts) {
    const stepNs = stepNsOf(facts);
    const odd = facts.stepLaunches.flatMap((launch) => {
      const product = facts.products.get(launch.launch);
      const isProduct = facts.trace.kernels[launch.kernel]?.family === 'gemm';
      const sizes = product && isProduct ? oddSizes(product, facts.steps.samplesPerStep) : [];
      return sizes.length > 0 ? [{ launch, sizes }] : [];
    });
    const ns = sum(odd.map(({ launch }) => launch.medianNs * launch.perStep));
    if (!(ns / stepNs >= SHARE)) return [];
    const sizes = [...new Set(odd.flatMap((each) => each.sizes))].sort((a, b) => b - a);
    const better = sizes.map(
      (size) =>
        `${size} -> ${Math.ceil(size / VECTOR) * VECTOR} or ${Math.max(1, Math.round(size / MULTIPLE)) * MULTIPLE}`,
    );
    const worst = odd.reduce((a, b) =>
      b.launch.medianNs * b.launch.perStep > a.launch.medianNs * a.launch.perStep ? b : a,
    );
    const { location } = facts.trace.tables.launches;
    return advise({
      rule: 'odd-sizes',
      title: `Sizes of ${sizes.slice(0, 3).join(', ')} keep products from moving four words at a time`,
      at: facts.trace.locations[location[worst.launch.launch] as number] ?? null,
      evidence: [
        {
          text: `${odd.length} products of a step have a size that is no multiple of 4; they take ${formatNs(ns)}, ${formatShare(ns / stepNs)} of the step`,
          basis: 'measured',
          value: ns / stepNs,
          unit: 'share',
        },
      ],
      advice: `Choose the widths of layers (hidden size, heads times head size) as multiples of 4, better of 64: ${better.slice(0, 4).join('; ')}.`,
      caution: 'Another width is another model; weights saved before do not fit.',
      predicted: predictSaving(
        stepNs,
        { ns: SAVED.middle * ns, low: SAVED.low * ns, high: SAVED.high * ns },
        'time of the products x measured share of aligned sizes',
      ),
    });
  },
};
