/**
 * The script itself keeps the GPU waiting, outside data, uploads, readbacks and compilation: 15 % of the step or more (XProf's "all other").
 * On a software adapter another program keeps both waiting: what share of the processors it had, as much of the wait is not counted.
 */
import { formatNs, formatShare } from '../../base/format.ts';
import { otherProgramsShare } from '../../analysis/processor-use.ts';
import type { Rule } from '../rule.ts';
import { advise, idleNsOf, idleShareOf, predictSaving, stepNsOf } from '../saving.ts';

const HIGH = 0.15;
/** Other programs that had less are not told of. */
const WORTH_A_WORD = 0.05;

export const hostBound: Rule = {
  id: 'host-bound',
  title: 'Do less on the script’s thread in every step',
  keepsResults: true,
  inspect(facts) {
    const waits = idleShareOf(facts, 'host');
    const others = otherProgramsShare(facts.trace);
    const share = waits - others;
    if (share < HIGH) return [];
    const ns = idleNsOf(facts, 'host') * (share / waits);
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
        ...(others >= WORTH_A_WORD
          ? [
              {
                text: `Other programs had ${formatShare(others)} of the processor time meanwhile: so much of the step is taken off, since the wait may be theirs`,
                basis: 'measured' as const,
                value: others,
                unit: 'share',
              },
            ]
          : []),
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
