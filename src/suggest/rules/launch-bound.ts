/** S2: short kernels with gaps between them; launching costs more than computing. Idle > 15 %, mean kernel < 10 us (TraceLens). */
import { sum } from '../../base/stats.ts';
import { formatNs, formatShare } from '../../base/format.ts';
import type { Rule } from '../rule.ts';
import { advise, idleNsOf, idleShareOf, predictSaving, stepNsOf } from '../saving.ts';

const IDLE = 0.15;
const SHORT_NS = 10_000;

export const launchBound: Rule = {
  id: 'launch-bound',
  title: 'Launch fewer, larger kernels',
  keepsResults: true,
  inspect(facts) {
    const share = idleShareOf(facts, 'launch');
    const dispatches = sum(facts.stepLaunches.map((l) => l.perStep));
    const meanNs = sum(facts.stepLaunches.map((l) => l.perStep * l.medianNs)) / dispatches;
    const gapNs = idleNsOf(facts, 'launch') / dispatches;
    if (!(share > IDLE) || !(meanNs < SHORT_NS || meanNs < gapNs)) return [];
    const ns = idleNsOf(facts, 'launch');
    return advise({
      rule: 'launch-bound',
      title: `Launching takes ${formatShare(share)} of the step`,
      evidence: [
        {
          text: `${Math.round(dispatches)} dispatches a step of ${formatNs(meanNs)} on average, with ${formatNs(gapNs)} between them`,
          basis: 'measured',
          value: share,
          unit: 'share',
        },
      ],
      advice:
        'Encode the whole step into one command encoder and submit once; keep pipelines and bind groups; fuse element-wise kernels; or give each kernel more work (a larger batch).',
      predicted: predictSaving(
        stepNsOf(facts),
        { ns: 0.5 * ns, low: 0.2 * ns, high: ns },
        'step / (step - gaps)',
      ),
    });
  },
};
