/** S28: the peak is above 90 % of the device's memory (torch-tb-profiler). */
import { formatBytes, formatShare } from '../../base/format.ts';
import { memoryLimit } from '../batch-model.ts';
import {
  CHECKPOINT_SNIPPET,
  accumulationEvidence,
  accumulationSnippet,
  checkpointEvidence,
} from '../less-memory.ts';
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
    const batch = facts.steps.samplesPerStep;
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
        ...accumulationEvidence(facts),
        ...checkpointEvidence(facts),
      ],
      advice:
        `Halve the batch and accumulate the gradients of two batches before the update, which trains alike:\n${indented(accumulationSnippet(Number.isInteger(batch) ? batch : 64, 2))}\n` +
        `Or compute the activations of a deep model's blocks again in the backward pass:\n  ${CHECKPOINT_SNIPPET}`,
      predicted: NO_GAIN,
    });
  },
};

const indented = (text: string): string => text.replace(/^/gm, '  ');
