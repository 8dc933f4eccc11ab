/** S30: steps vary so much that gains under the spread cannot be told. Spread: (p84 - p16)/2 over the median, above 10 %. */
import { formatShare } from '../../base/format.ts';
import { quantile, sortedCopy } from '../../base/stats.ts';
import { selectSteps } from '../../analysis/selection.ts';
import { stepDurations } from '../../analysis/steps.ts';
import type { Rule } from '../rule.ts';
import { NO_GAIN, advise } from '../saving.ts';

const SPREAD = 0.1;
const STEPS = 10;

export const unstableTimings: Rule = {
  id: 'unstable-timings',
  title: 'Steady the timings first',
  keepsResults: true,
  validity: true,
  inspect(facts) {
    const { untimed, steady } = selectSteps(facts.trace);
    const rows = untimed.length >= STEPS ? untimed : steady;
    if (rows.length < STEPS) return [];
    const sorted = sortedCopy(stepDurations(facts.trace, rows));
    // Of a normal distribution this is its standard deviation; a few stray steps do not move it.
    const spread = (quantile(sorted, 0.84) - quantile(sorted, 0.16)) / 2 / quantile(sorted, 0.5);
    if (!(spread > SPREAD)) return [];
    return advise({
      rule: 'unstable-timings',
      title: `Steps vary by ${formatShare(spread)}`,
      evidence: [
        {
          text: `Of ${rows.length} steps, two thirds lie within ${formatShare(spread)} of the median`,
          basis: 'measured',
          value: spread,
          unit: 'share',
        },
      ],
      advice:
        'Predicted gains smaller than that are not certain before they are proved. Look for another program on the machine, a laptop on battery, a hot device, or steps that do different work.',
      predicted: NO_GAIN,
    });
  },
};
