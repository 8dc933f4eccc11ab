/** S7: fewer workgroups than units. Up to (U - G)/U of the kernel's time (Nsight Compute, launch statistics). */
import { gridAdvice } from '../grid-advice.ts';
import type { Rule } from '../rule.ts';

export const smallGrid: Rule = {
  id: 'small-grid',
  title: 'Spread a small launch over the device',
  keepsResults: true,
  inspect: (facts) =>
    gridAdvice(facts, {
      rule: 'small-grid',
      wasted: ({ fill }) => (fill < 1 ? 1 - fill : 0),
      title: (kernel) => `${kernel} leaves units of the device without work`,
      text: ({ workgroups }, { units }) => `${workgroups} workgroups on ${units} units`,
      advice:
        'Use smaller workgroups or tiles, split the reduction (split-K), or give it more rows (a larger batch).',
    }),
};
