/** S18: the optimizer runs a kernel for every parameter: 16 or more dispatches of one pipeline a step. */
import { formatNs } from '../../base/format.ts';
import { sum } from '../../base/stats.ts';
import type { Rule } from '../rule.ts';
import { advise, idleNsOf, predictSaving, stepNsOf } from '../saving.ts';

const MANY = 16;

export const optimizerPerParameter: Rule = {
  id: 'optimizer-per-parameter',
  title: 'Update all parameters in one dispatch',
  keepsResults: true,
  inspect(facts, source) {
    const counts = new Map<number, number>();
    const launches = facts.stepLaunches.filter((l) => l.phase === 'optimizer');
    for (const launch of launches)
      counts.set(launch.kernel, (counts.get(launch.kernel) ?? 0) + launch.perStep);
    const [kernel, count] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [-1, 0];
    if (count < MANY) return [];
    const own = launches.filter((l) => l.kernel === kernel);
    const shortest = Math.min(...facts.stepLaunches.map((l) => l.medianNs));
    const dispatches = sum(facts.stepLaunches.map((l) => l.perStep));
    const gap = idleNsOf(facts, 'launch') / dispatches;
    // Each dispatch but one costs its start-up and the gap before it.
    const ns = (count - 1) * (Math.min(shortest, ...own.map((l) => l.medianNs)) + gap);
    const total = sum(own.map((l) => l.medianNs * l.perStep));
    return advise({
      rule: 'optimizer-per-parameter',
      title: `The optimizer launches ${Math.round(count)} kernels a step`,
      evidence: [
        {
          text: `${Math.round(count)} dispatches of ${facts.trace.kernels[kernel]?.name ?? ''} a step, ${formatNs(total)} together; the shortest kernel of the step takes ${formatNs(shortest)}`,
          basis: 'measured',
          value: count,
          unit: 'dispatches',
        },
      ],
      edit: source.oneParameterGroup(),
      advice:
        'Keep parameters, gradients and optimizer state in flat buffers and update them in one dispatch (fused optimizer). This library does so for each group of parameters: give it all that share their options as one,\n  new optim.Adam(model.parameters(), { lr: 1e-3 })',
      predicted: predictSaving(
        stepNsOf(facts),
        { ns, low: 0.3 * ns, high: Math.max(ns, Math.min(total, 1.5 * ns)) },
        '(dispatches - 1) x (start-up + gap)',
      ),
    });
  },
};
