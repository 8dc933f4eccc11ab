/** S28: the peak is above 90 % of the device's memory (torch-tb-profiler). */
import { formatBytes, formatShare } from '../../base/format.ts';
import { memoryLimit, memoryOfTrace } from '../batch-model.ts';
import type { Rule } from '../rule.ts';
import { NO_GAIN, advise } from '../saving.ts';

const NEAR = 0.9;

export const memoryLimitRule: Rule = {
  id: 'memory-limit',
  title: 'Make room in device memory',
  keepsResults: true,
  inspect(facts) {
    const limit = memoryLimit(facts);
    const used = Math.max(facts.memory.bytes, facts.memory.reservedBytes);
    if (limit === null || used < NEAR * limit) return [];
    const { activation } = facts.memory.byRole;
    const line = memoryOfTrace(facts);
    const micro = facts.steps.samplesPerStep / 2;
    return advise({
      rule: 'memory-limit',
      title: `${formatShare(used / limit)} of the device's memory is in use`,
      evidence: [
        {
          text: `The peak is ${formatBytes(used)} of ${formatBytes(limit)}; ${formatBytes(activation)} of it are activations`,
          basis: 'measured',
          value: used / limit,
          unit: 'share',
        },
        ...(Number.isFinite(micro)
          ? [
              {
                text: `With half the rows a step the peak would be about ${formatBytes(line.fixedBytes + line.perSampleBytes * micro)}`,
                basis: 'estimated' as const,
              },
            ]
          : []),
      ],
      advice:
        'Halve the batch and accumulate the gradients of two steps before the update: the result is the same, the time a row grows a little. ' +
        'Or recompute activations in the backward pass (checkpointing): about 20 to 40 % more time for memory that grows with the root of the depth.',
      predicted: NO_GAIN,
    });
  },
};
