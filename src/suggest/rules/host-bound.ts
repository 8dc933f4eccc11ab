/** The script itself keeps the GPU waiting, outside data, uploads, readbacks and compilation: 15 % of the step or more (XProf's "all other"). */
import { formatNs, formatShare } from '../../base/format.ts';
import type { Rule } from '../rule.ts';
import { advise, idleNsOf, idleShareOf, predictSaving, stepNsOf } from '../saving.ts';

const HIGH = 0.15;

export const hostBound: Rule = {
  id: 'host-bound',
  title: 'Do less on the script’s thread in every step',
  keepsResults: true,
  inspect(facts) {
    const share = idleShareOf(facts, 'host');
    if (share < HIGH) return [];
    const ns = idleNsOf(facts, 'host');
    const gaps = facts.idle.gaps.filter((gap) => gap.cause === 'host');
    const longest = Math.max(...gaps.map((gap) => gap.endNs - gap.startNs));
    return advise({
      rule: 'host-bound',
      title: `The GPU waits ${formatShare(share)} of the step for the script`,
      evidence: [
        {
          text: `${formatNs(ns)} a step pass without GPU work, data, uploads, readbacks or compilation; the longest wait is ${formatNs(longest)}`,
          basis: 'measured',
          value: share,
          unit: 'share',
        },
      ],
      advice:
        'Take out of the loop what need not run in every step (logging, metrics, building the graph again); do not await anything but the data; ' +
        'record the step once and replay it. A larger batch shares what remains among more rows.',
      predicted: predictSaving(
        stepNsOf(facts),
        { ns: 0.5 * ns, low: 0.1 * ns, high: ns },
        'step / (step - part of the wait)',
      ),
    });
  },
};
