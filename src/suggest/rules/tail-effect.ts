/** S9: a last wave that is nearly empty after few full ones: 1/(whole + 1) of the time, from 20 % (Nsight Compute's tail rule). */
import { gridAdvice } from '../grid-advice.ts';
import type { Rule } from '../rule.ts';

const WORTH = 0.2;

export const tailEffect: Rule = {
  id: 'tail-effect',
  title: 'Fill the last wave',
  keepsResults: true,
  inspect: (facts) =>
    gridAdvice(facts, {
      rule: 'tail-effect',
      wasted: ({ waves }) => {
        const whole = Math.floor(waves);
        const part = waves - whole;
        if (whole < 1 || part === 0 || 1 / (whole + 1) < WORTH) return 0;
        return (1 - part) / (whole + 1);
      },
      title: (kernel) => `${kernel} ends with a nearly empty wave`,
      text: ({ workgroups }, { waves }) =>
        `${workgroups} workgroups make ${waves.toFixed(2)} waves: the last one is ${Math.round((waves % 1) * 100)} % full`,
      advice: 'Choose the tile, the workgroup size or the batch so that the waves come out whole.',
    }),
};
