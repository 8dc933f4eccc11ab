/** S10: a workgroup that is no multiple of the wave leaves lanes of its last wave idle (Nsight Compute): (1/W)(1 - last/w). */
import { kernelAdvice, threadsOf, waveSize } from '../kernel-advice.ts';
import type { Rule } from '../rule.ts';

export const raggedWorkgroup: Rule = {
  id: 'ragged-workgroup',
  title: 'Make the workgroup a multiple of the wave',
  keepsResults: true,
  inspect(facts) {
    const wave = waveSize(facts);
    if (wave === null) return [];
    return kernelAdvice(facts, {
      rule: 'ragged-workgroup',
      saving(kernel) {
        const threads = threadsOf(kernel);
        const last = threads % wave;
        if (threads <= wave || last === 0) return null;
        const share = (1 / Math.ceil(threads / wave)) * (1 - last / wave);
        return { share: 0.6 * share, low: 0.2 * share, high: share };
      },
      title: (kernel) =>
        `${kernel.name} runs ${threadsOf(kernel)} invocations a workgroup in waves of ${wave}`,
      text: (kernel) => `The last wave of each workgroup uses ${threadsOf(kernel) % wave} of ${wave} lanes`,
      advice: `Round the workgroup size up to a multiple of ${wave} (64 suits most devices) and guard the lanes beyond the data.`,
      formula: 'kernel time x (1/waves)(1 - last/wave)',
    });
  },
};
