/** S4: large readbacks that the script awaits with the GPU idle, more than 5 % of the step (TraceLens: D2H > 5 %). */
import { formatBytes, formatNs, formatShare } from '../../base/format.ts';
import { stepTransfers } from '../../analysis/step-transfers.ts';
import type { Rule } from '../rule.ts';
import { advise, idleNsOf, idleShareOf, predictSaving, stepNsOf } from '../saving.ts';

const SMALL_BYTES = 1024;
const IDLE = 0.05;

export const mapStall: Rule = {
  id: 'map-stall',
  title: 'Read back into alternating buffers',
  keepsResults: true,
  inspect(facts) {
    const all = stepTransfers(facts.trace, 'readback');
    const small = stepTransfers(facts.trace, 'readback', SMALL_BYTES);
    const share = idleShareOf(facts, 'readback');
    const bytes = all.bytes - small.bytes;
    if (bytes <= 0 || all.ns - small.ns < small.ns || share < IDLE) return [];
    const waited = idleNsOf(facts, 'readback');
    return advise({
      rule: 'map-stall',
      title: `The GPU waits ${formatShare(share)} of the step for ${formatBytes(bytes)} to be read back`,
      at: facts.trace.locations[all.location] ?? null,
      evidence: [
        {
          text: `${formatBytes(bytes)} a step are mapped and awaited, ${formatNs(waited)} with the GPU idle`,
          basis: 'measured',
          value: share,
          unit: 'share',
        },
      ],
      advice:
        'Compute on the GPU what is read back (a sum, an arg-max) and read only that; or copy into one of two staging buffers and await the one of the step before:\n' +
        '  encoder.copyBufferToBuffer(result, 0, staging[step % 2], 0, bytes);\n' +
        '  queue.submit([encoder.finish()]);\n' +
        '  if (step > 0) await staging[(step - 1) % 2].mapAsync(GPUMapMode.READ);',
      predicted: predictSaving(
        stepNsOf(facts),
        { ns: 0.8 * waited, low: 0.4 * waited, high: waited },
        'step / (step - wait)',
      ),
    });
  },
};
