/** S26: the GPU waits for uploads more than 5 % of the step (TraceLens: H2D > 5 %, or more than 10 transfers). */
import { formatBytes, formatNs, formatShare } from '../../base/format.ts';
import { stepTransfers } from '../../analysis/step-transfers.ts';
import type { Rule } from '../rule.ts';
import { advise, idleNsOf, idleShareOf, predictSaving, stepNsOf } from '../saving.ts';

const IDLE = 0.05;
const DOMINATES = 0.5;

export const uploadBound: Rule = {
  id: 'upload-bound',
  title: 'Upload less in every step',
  keepsResults: true,
  hides: (facts) => (idleShareOf(facts, 'upload') >= DOMINATES ? ['batch-size'] : []),
  inspect(facts) {
    const share = idleShareOf(facts, 'upload');
    if (share < IDLE) return [];
    const upload = stepTransfers(facts.trace, 'upload');
    const ns = idleNsOf(facts, 'upload');
    return advise({
      rule: 'upload-bound',
      title: `The GPU waits ${formatShare(share)} of the step for uploads`,
      at: facts.trace.locations[upload.location] ?? null,
      evidence: [
        {
          text: `${upload.count.toFixed(1)} uploads of ${formatBytes(upload.bytes)} a step, ${formatNs(ns)} of it with the GPU idle`,
          basis: 'measured',
          value: share,
          unit: 'share',
        },
      ],
      advice:
        'Keep the data set on the GPU and gather the rows there; upload bytes (u8) and convert on the GPU; write many small uploads as one. With this library a data set of tensors stays on the GPU:\n' +
        '  const set = new data.TensorDataset([images, labels]);\n' +
        '  const loader = new data.DataLoader(set, { batchSize, shuffle: true });',
      predicted: predictSaving(
        stepNsOf(facts),
        { ns: 0.7 * ns, low: 0.3 * ns, high: ns },
        'step / (step - wait)',
      ),
    });
  },
};
