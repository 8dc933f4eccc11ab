/** L1/S19: copies that only reorder data, 10 % or more of the time of the convolutions (TraceLens), or of the step. */
import { formatNs, formatShare } from '../../base/format.ts';
import { sum } from '../../base/stats.ts';
import type { StepLaunch } from '../../analysis/step-launches.ts';
import { isReorder } from '../reorders.ts';
import type { Rule } from '../rule.ts';
import { advise, predictSaving, stepNsOf } from '../saving.ts';

const SHARE = 0.1;

export const transposes: Rule = {
  id: 'transposes',
  title: 'Keep one memory layout',
  keepsResults: true,
  inspect(facts) {
    const nameOf = (l: StepLaunch): string => facts.trace.kernels[l.kernel]?.name ?? '';
    const familyOf = (l: StepLaunch): string => facts.trace.kernels[l.kernel]?.family ?? 'other';
    const time = (list: readonly StepLaunch[]): number => sum(list.map((l) => l.medianNs * l.perStep));
    const reorders = facts.stepLaunches.filter((l) => isReorder(facts.trace.kernels[l.kernel]));
    const convolutions = facts.stepLaunches.filter((l) => familyOf(l) === 'convolution');
    const ns = time(reorders);
    const base = convolutions.length > 0 ? time(convolutions) : facts.steps.gpuBusyNs;
    if (reorders.length === 0 || ns / base < SHARE) return [];
    const worst = reorders.reduce((a, b) => (b.medianNs * b.perStep > a.medianNs * a.perStep ? b : a));
    const location = facts.trace.tables.launches.location[worst.launch] as number;
    return advise({
      rule: 'transposes',
      title: `${Math.round(sum(reorders.map((l) => l.perStep)))} transposes a step take ${formatShare(ns / base)} of ${convolutions.length > 0 ? "the convolutions' time" : 'the GPU time'}`,
      at: facts.trace.locations[location] ?? null,
      evidence: [
        {
          text: `${[...new Set(reorders.map(nameOf))].join(', ')}: ${formatNs(ns)} a step`,
          basis: 'measured',
          value: ns / base,
          unit: 'share',
        },
      ],
      advice:
        "Give every layer of the chain the same layout (layout: 'nhwc', dataFormat: 'channelsLast'), so that nothing is reordered between them; transpose a weight once, not in every step.",
      predicted: predictSaving(
        stepNsOf(facts),
        { ns: 0.8 * ns, low: 0.4 * ns, high: ns },
        'time of the transposes',
      ),
    });
  },
};
