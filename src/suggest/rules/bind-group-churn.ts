/** S25: bind groups made again with the same layout and buffers, 8 or more a step; their calls at least 1 % of the step. */
import { formatNs, formatShare } from '../../base/format.ts';
import { stepBindGroups } from '../../analysis/step-bind-groups.ts';
import type { Rule } from '../rule.ts';
import { advise, exposedNsOf, predictSaving, stepNsOf } from '../saving.ts';

const MANY = 8;

export const bindGroupChurn: Rule = {
  id: 'bind-group-churn',
  title: 'Keep bind groups',
  keepsResults: true,
  inspect(facts) {
    const { made, repeated, cpuNs, location } = stepBindGroups(facts.trace);
    if (repeated < MANY) return [];
    const ns = (cpuNs * repeated) / made;
    const stepNs = stepNsOf(facts);
    // A call that overlaps work of the GPU costs nothing.
    const exposed = exposedNsOf(facts, ns);
    return advise({
      rule: 'bind-group-churn',
      title: `${Math.round(repeated)} bind groups of a step were made before`,
      at: facts.trace.locations[location] ?? null,
      evidence: [
        {
          text: `${made.toFixed(1)} bind groups a step, ${repeated.toFixed(1)} of them with the layout and buffers of an earlier one; the calls take ${formatNs(ns)} (${formatShare(ns / stepNs)} of the step)`,
          basis: 'measured',
          value: repeated,
          unit: 'bind groups',
        },
      ],
      advice:
        'Make each group once and keep it, by pipeline and buffers:\n' +
        '  const groups = new Map();\n' +
        '  function groupOf(key, make) { let g = groups.get(key); if (!g) groups.set(key, (g = make())); return g; }\n' +
        'Values that change from launch to launch go through a dynamic offset into one uniform buffer. (TVM keeps 256 groups.)',
      predicted: predictSaving(
        stepNs,
        { ns: 0.8 * exposed, low: 0.3 * exposed, high: ns },
        'repeated groups x time of createBindGroup',
      ),
    });
  },
};
