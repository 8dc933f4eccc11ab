/** S8: each unit gets one workgroup, some a second one: up to (2U - G)/2U of the kernel's time (Nsight Compute). */
import { gridAdvice } from '../grid-advice.ts';
import type { Rule } from '../rule.ts';

export const lowWaves: Rule = {
  id: 'low-waves',
  title: 'Give every unit the same work',
  keepsResults: true,
  inspect: (facts) =>
    gridAdvice(facts, {
      rule: 'low-waves',
      wasted: ({ fill, waves, units, workgroupsPerUnit }) => {
        const rounds = waves * (workgroupsPerUnit ?? 1);
        return fill === 1 && units && rounds > 1 && rounds < 2 ? (2 - rounds) / 2 : 0;
      },
      title: (kernel) => `${kernel} gives some units twice the work of others`,
      text: ({ workgroups }, { units }) =>
        `${workgroups} workgroups on ${units} units: a second round that is not full`,
      advice:
        'Choose the tile or the batch so that the workgroups are a multiple of the units, or make them smaller.',
    }),
};
