/** S3: a few bytes are read back and awaited in every step while the GPU is idle. Signal: maps <= 1 KB in most steps. */
import { formatNs, formatShare } from '../../base/format.ts';
import { stepTransfers } from '../../analysis/step-transfers.ts';
import type { Rule } from '../rule.ts';
import { advise, idleNsOf, idleShareOf, predictSaving, stepNsOf } from '../saving.ts';

const SMALL_BYTES = 1024;
const IDLE = 0.05;
const DOMINATES = 0.5;
/** Reading every tenth step keeps a usable loss curve. */
const EVERY = 10;

export const lossReadback: Rule = {
  id: 'loss-readback',
  title: 'Read the loss back less often',
  keepsResults: true,
  hides: (facts) => (idleShareOf(facts, 'readback') >= DOMINATES ? ['batch-size'] : []),
  inspect(facts, source) {
    const small = stepTransfers(facts.trace, 'readback', SMALL_BYTES);
    const share = idleShareOf(facts, 'readback');
    if (small.count < 0.9 || share < IDLE) return [];
    const waited = Math.min(idleNsOf(facts, 'readback'), small.ns);
    const saved = waited * (1 - 1 / EVERY);
    const at = facts.trace.locations[small.location] ?? null;
    return advise({
      rule: 'loss-readback',
      title: `The GPU waits ${formatShare(share)} of the step for a value to be read back`,
      at,
      evidence: [
        {
          text: `${small.count.toFixed(1)} readbacks of ${Math.round(small.bytes / small.count)} bytes a step, ${formatNs(waited)} a step with the GPU idle`,
          basis: 'measured',
          value: share,
          unit: 'share',
        },
      ],
      advice: `Read the value every ${EVERY} steps, or without awaiting it in the loop:\n  if (step % ${EVERY} === 0) console.log(await loss.item());`,
      ...(at ? { edit: source.everyNth(at, EVERY) } : {}),
      predicted: predictSaving(
        stepNsOf(facts),
        { ns: saved, low: 0.5 * saved, high: waited },
        `waited x (1 - 1/${EVERY})`,
      ),
    });
  },
};
