/**
 * S20, L9: f32 products where f16 is 1.2 times as fast or more, by this run's own f16 products where it has any, else by the data sheet; gain f(1 - 1/ratio) over
 * their share f. A GTX 10 runs f16 at 1/64: the feature alone says nothing.
 */
import { formatShare } from '../../base/format.ts';
import { sum } from '../../base/stats.ts';
import type { Facts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import { advise, predictSaving, stepNsOf } from '../saving.ts';

const WORTH = 1.2;
const SHARE = 0.3;
const PRODUCTS = new Set(['gemm', 'convolution', 'attention']);

interface Ratio {
  readonly value: number;
  readonly basis: 'measured' | 'computed';
  readonly source: string;
}

/** f16 over f32: of the products of this run where it has both, else of the data sheet. */
function rateRatio(facts: Facts): Ratio | null {
  const best = (dtype: string): number =>
    Math.max(
      ...facts.kernels
        .filter((k) => PRODUCTS.has(k.family) && k.name.endsWith(`/${dtype}`) && k.flopsPerSecond > 0)
        .map((k) => k.flopsPerSecond),
    );
  const value = best('f16') / best('f32');
  if (value > 0 && Number.isFinite(value))
    return { value, basis: 'measured', source: 'among the products of this run' };
  const { fp32, fp16 } = facts.device.facts?.tflops ?? { fp32: null, fp16: null };
  return fp32 && fp16
    ? { value: fp16 / fp32, basis: 'computed', source: `on the data sheet of ${facts.device.facts?.name}` }
    : null;
}

export const halfPrecision: Rule = {
  id: 'half-precision',
  title: 'Compute the products in f16',
  keepsResults: false,
  inspect(facts) {
    const ratio = rateRatio(facts);
    if (!facts.trace.meta.adapter?.features.includes('shader-f16') || !ratio || !(ratio.value >= WORTH))
      return [];
    const stepNs = stepNsOf(facts);
    const products = facts.stepLaunches.filter((l) => {
      const kernel = facts.trace.kernels[l.kernel];
      return kernel !== undefined && PRODUCTS.has(kernel.family) && !/f16|half/i.test(kernel.name);
    });
    const ns = sum(products.map((l) => l.medianNs * l.perStep));
    if (!(ns / stepNs >= SHARE)) return [];
    const saved = ns * (1 - 1 / ratio.value);
    return advise({
      rule: 'half-precision',
      title: `Products in f32 take ${formatShare(ns / stepNs)} of the step`,
      evidence: [
        {
          text: `f16 is ${ratio.value.toFixed(1)} times as fast as f32 ${ratio.source}`,
          basis: ratio.basis,
          value: ratio.value,
          unit: 'ratio',
        },
        {
          text: `${products.length} kernels of a step compute products in f32`,
          basis: 'measured',
          value: products.length,
          unit: 'kernels',
        },
      ],
      advice:
        'Store and multiply in f16, add up in f32, keep master weights in f32 and scale the loss:\n' +
        '  const scaler = new optim.GradScaler();\n' +
        '  const loss = autocast(() => criterion.forward(model.forward(x), y));\n' +
        '  scaler.scale(loss).backward(); await scaler.step(optimizer);',
      caution:
        'f16 changes the results: watch the loss for the first hundred steps, and skip steps whose gradients overflow.',
      predicted: predictSaving(
        stepNs,
        { ns: 0.6 * saved, low: 0.2 * saved, high: saved },
        'f x (1 - 1/ratio)',
      ),
    });
  },
};
