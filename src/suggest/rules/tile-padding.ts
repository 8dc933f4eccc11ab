/**
 * S21, L3: a matrix product of 5 % of the step or more whose sizes do not fill the tiles that its kernel computes:
 * m n / (ceil(m/Tm) Tm ceil(n/Tn) Tn) under 0.9. A size below one tile, or under 32, is left alone: nothing can be done about ten
 * classes.
 */
import { formatNs, formatShare } from '../../base/format.ts';
import type { ProductSizes } from '../../analysis/product-sizes.ts';
import type { Rule } from '../rule.ts';
import { advise, predictSaving, stepNsOf } from '../saving.ts';

const SHARE = 0.05;
const FULL = 0.9;

const SMALLEST = 32;

/** Share of the tiles' places along one dimension that hold a part of the result; 1 for a size that nobody chooses. */
function filled(size: number, tile: number): number {
  return size > tile && size >= SMALLEST ? size / (Math.ceil(size / tile) * tile) : 1;
}

function advice({ m, n, tileM, tileN }: ProductSizes): string {
  const below = (size: number, tile: number): number => Math.floor(size / tile) * tile;
  const parts = [
    ...(filled(m, tileM) < FULL
      ? [
          `${m} rows (the batch, times the pixels of a convolution) would fill their tiles as ${below(m, tileM)} or ${below(m, tileM) + tileM}`,
        ]
      : []),
    ...(filled(n, tileN) < FULL
      ? [`${n} columns (the layer's width) as ${below(n, tileN)} or ${below(n, tileN) + tileN}`]
      : []),
  ];
  return `${parts.join('; ')}. The larger one computes more for the same time, the smaller one the same for less.`;
}

export const tilePadding: Rule = {
  id: 'tile-padding',
  title: 'Choose sizes that fill the tiles',
  keepsResults: false,
  inspect(facts) {
    const stepNs = stepNsOf(facts);
    return facts.stepLaunches.flatMap((launch) => {
      const product = facts.products.get(launch.launch);
      const ns = launch.medianNs * launch.perStep;
      if (!product || !(ns / stepNs >= SHARE)) return [];
      const { m, n, tileM, tileN } = product;
      const efficiency = filled(m, tileM) * filled(n, tileN);
      if (!(efficiency < FULL)) return [];
      const { location, layer } = facts.trace.tables.launches;
      const path = facts.trace.layers[layer[launch.launch] as number]?.path;
      // A layer of a Sequential is called by its place: 'a product of 0' says nothing.
      const padding = formatShare(1 - efficiency);
      const title =
        path === undefined
          ? `${padding} of a product of ${facts.trace.kernels[launch.kernel]?.name ?? 'the step'} is padding`
          : `${padding} of a product of layer ${path} is padding`;
      const wasted = (1 - efficiency) * ns;
      return advise({
        rule: 'tile-padding',
        key: `${launch.launch}`,
        title,
        at: facts.trace.locations[location[launch.launch] as number] ?? null,
        evidence: [
          {
            text: `${m} x ${n} in tiles of ${tileM} x ${tileN}: ${formatShare(efficiency)} of what is computed is kept`,
            basis: 'computed',
            value: efficiency,
            unit: 'share',
          },
          {
            text: `It takes ${formatNs(ns)} a step, ${formatShare(ns / stepNs)} of it`,
            basis: 'measured',
            value: ns / stepNs,
            unit: 'share',
          },
        ],
        advice: advice(product),
        caution: 'Another width is another model, and another batch trains differently.',
        predicted: predictSaving(
          stepNs,
          { ns: 0.5 * wasted, low: 0.1 * wasted, high: wasted },
          'kernel time x (1 - m n / tiles)',
        ),
      });
    });
  },
};
