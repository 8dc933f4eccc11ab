/** S15: under 60 % of both measured roofs with full waves (Nsight Compute): up to 1 - efficiency/target, targets 75 to 100 %. */
import { formatShare } from '../../base/format.ts';
import { ceilings } from '../../analysis/roofline.ts';
import { kernelAdvice } from '../kernel-advice.ts';
import type { Rule } from '../rule.ts';

const FAR = 0.6;

export const belowRoofline: Rule = {
  id: 'below-roofline',
  title: 'Bring a slow kernel nearer to the roof',
  keepsResults: true,
  inspect(facts) {
    // Against a data sheet every WebGPU kernel looks slow; only ceilings measured on the device say something.
    if (ceilings(facts.trace, []).basis !== 'measured') return [];
    return kernelAdvice(facts, {
      rule: 'below-roofline',
      saving({ roofline, occupancy }) {
        const { efficiency } = roofline;
        if (!(efficiency < FAR) || !(occupancy.waves >= 1) || roofline.bound === 'latency') return null;
        const saved = (target: number): number => Math.max(0, 1 - efficiency / target);
        return { share: 0.5 * saved(0.75), low: 0.2 * saved(0.75), high: saved(1) };
      },
      title: ({ name, roofline }) =>
        `${name} reaches ${formatShare(roofline.efficiency)} of the device's ${roofline.bound} roof`,
      text: ({ roofline }) =>
        `It does ${roofline.intensity.toPrecision(2)} operations a byte and is nearer to the ${roofline.bound} roof`,
      advice:
        'Let neighboring invocations read neighboring words, load vec4, keep tiles in workgroup memory or registers, give each invocation more work.',
      formula: 'kernel time x (1 - efficiency/0.75..1)',
    });
  },
};
