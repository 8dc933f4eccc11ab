/**
 * S20, L9: f32 products on a device whose f16 is measured or specified at 1.2 times its f32 or more; gain f(1 - 1/ratio) over
 * their share f. A GTX 10 runs f16 at 1/64: the feature alone says nothing.
 */
import { formatShare } from '../../base/format.ts';
import { sum } from '../../base/stats.ts';
import type { Rule } from '../rule.ts';
import { advise, predictSaving, stepNsOf } from '../saving.ts';

const WORTH = 1.2;
const SHARE = 0.3;
const PRODUCTS = new Set(['gemm', 'convolution', 'attention']);

export const halfPrecision: Rule = {
  id: 'half-precision',
  title: 'Compute the products in f16',
  keepsResults: false,
  inspect(facts) {
    const { fp32, fp16 } = facts.device.facts?.tflops ?? { fp32: null, fp16: null };
    if (!facts.trace.meta.adapter?.features.includes('shader-f16') || !fp32 || !fp16 || fp16 / fp32 < WORTH)
      return [];
    const stepNs = stepNsOf(facts);
    const products = facts.stepLaunches.filter((l) => {
      const kernel = facts.trace.kernels[l.kernel];
      return kernel !== undefined && PRODUCTS.has(kernel.family) && !/f16|half/i.test(kernel.name);
    });
    const ns = sum(products.map((l) => l.medianNs * l.perStep));
    if (!(ns / stepNs >= SHARE)) return [];
    const saved = ns * (1 - fp32 / fp16);
    return advise({
      rule: 'half-precision',
      title: `Products in f32 take ${formatShare(ns / stepNs)} of the step`,
      evidence: [
        {
          text: `${facts.device.facts?.name}: f16 ${(fp16 / fp32).toFixed(1)} times f32 on the data sheet`,
          basis: 'computed',
          value: fp16 / fp32,
          unit: 'ratio',
        },
        {
          text: `${products.length} kernels of a step compute products in f32`,
          basis: 'measured',
          value: products.length,
          unit: 'kernels',
        },
      ],
      advice: 'Store and multiply in f16, add up in f32, keep master weights in f32 and scale the loss.',
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
