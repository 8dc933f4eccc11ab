/** S11: workgroups smaller than a wave: lanes idle in every one of them. A bound on the gain: at most T of w lanes work. */
import { kernelAdvice, threadsOf, waveSize } from '../kernel-advice.ts';
import type { Rule } from '../rule.ts';

export const tinyWorkgroup: Rule = {
  id: 'tiny-workgroup',
  title: 'Use workgroups of at least a wave',
  keepsResults: true,
  inspect(facts) {
    const wave = waveSize(facts);
    if (wave === null) return [];
    return kernelAdvice(facts, {
      rule: 'tiny-workgroup',
      saving(kernel) {
        const threads = threadsOf(kernel);
        if (threads === 0 || threads >= wave || kernel.roofline.efficiency > 0.6) return null;
        const share = 1 - threads / wave;
        return { share: 0.6 * share, low: 0.2 * share, high: share };
      },
      title: (kernel) =>
        `${kernel.name} runs ${threadsOf(kernel)} invocations a workgroup, a wave has ${wave}`,
      text: (kernel) => `${wave - threadsOf(kernel)} of ${wave} lanes are idle in every workgroup`,
      advice: 'Choose @workgroup_size(64) or more and let each workgroup do what several did.',
      formula: 'kernel time x (1 - invocations/wave), at most',
    });
  },
};
