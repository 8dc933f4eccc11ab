/**
 * S14: a kernel of 10 % of the step or more that reaches 80 % of the memory roof (Nsight Compute's bound): it cannot go faster as it
 * is, only less traffic helps. Says so instead of promising a gain. Speaks of measured and data-sheet roofs only: beside the best
 * rate of its own trace the best kernel would always be near the roof.
 */
import { formatShare } from '../../base/format.ts';
import type { Rule } from '../rule.ts';
import { kernelStepNs } from '../kernel-advice.ts';
import { NO_GAIN, advise, stepNsOf } from '../saving.ts';

const NEAR = 0.8;
const SHARE = 0.1;

const rate = (bytesPerSecond: number): string => `${(bytesPerSecond / 1e9).toPrecision(3)} GB/s`;

export const nearRoof: Rule = {
  id: 'near-roof',
  title: 'Move fewer bytes',
  keepsResults: true,
  inspect(facts) {
    const roofs = facts.ceilings;
    const stepNs = stepNsOf(facts);
    if (!roofs) return [];
    return facts.kernels.flatMap((kernel) => {
      const { roofline, name, bytesPerSecond } = kernel;
      const share = kernelStepNs(facts, kernel.kernel) / stepNs;
      if (roofline.bound !== 'memory' || !(roofline.efficiency >= NEAR) || !(share >= SHARE)) return [];
      const location = facts.trace.tables.launches.location[kernel.launch] as number;
      return advise({
        rule: 'near-roof',
        key: name,
        title: `${name} is as fast as the memory lets it`,
        at: facts.trace.locations[location] ?? null,
        evidence: [
          {
            text:
              roofs.basis === 'measured'
                ? `It moves ${rate(bytesPerSecond)}, ${formatShare(roofline.efficiency)} of the ${rate(roofs.bytes)} that the device was measured to reach`
                : `It moves ${rate(bytesPerSecond)}, ${formatShare(roofline.efficiency)} of the ${rate(roofs.bytes)} of the device's data sheet`,
            basis: 'computed',
            value: roofline.efficiency,
            unit: 'share',
          },
          {
            text: `It takes ${formatShare(share)} of the step`,
            basis: 'measured',
            value: share,
            unit: 'share',
          },
        ],
        advice:
          'Writing this kernel better gains nothing. Let it move less: fuse it with the kernel before or after it, so that its input or output stays in registers; store in f16 what allows it.',
        predicted: NO_GAIN,
      });
    });
  },
};
