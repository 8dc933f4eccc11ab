/** S5: many submits a step (more than 8, under 4 dispatches each); each costs a trip through the driver. */
import { formatNs } from '../../base/format.ts';
import { stepSubmits } from '../../analysis/step-submits.ts';
import type { Rule } from '../rule.ts';
import { advise, exposedNsOf, predictSaving, stepNsOf } from '../saving.ts';

const MANY = 8;
const FEW_DISPATCHES = 4;

export const submitPerOp: Rule = {
  id: 'submit-per-op',
  title: 'Submit the step once',
  keepsResults: true,
  inspect(facts) {
    const { submits, dispatches, callNs } = stepSubmits(facts.trace);
    if (submits <= MANY || dispatches / submits >= FEW_DISPATCHES) return [];
    const calls = (submits - 1) * callNs;
    // What the calls cost shows as idle time; a call that overlaps GPU work costs nothing.
    const exposed = exposedNsOf(facts, calls);
    return advise({
      rule: 'submit-per-op',
      title: `A step makes ${Math.round(submits)} submits`,
      evidence: [
        {
          text: `${submits.toFixed(1)} submits a step with ${(dispatches / submits).toFixed(1)} dispatches each; a submit takes ${formatNs(callNs)} of the script's thread`,
          basis: 'measured',
          value: submits,
          unit: 'submits',
        },
      ],
      advice:
        'Record the whole step into one command encoder and submit it once:\n' +
        '  const encoder = device.createCommandEncoder();\n' +
        '  for (const op of step) op.encode(encoder);\n' +
        '  device.queue.submit([encoder.finish()]);',
      predicted: predictSaving(
        stepNsOf(facts),
        { ns: 0.8 * exposed, low: 0.3 * exposed, high: calls },
        '(submits - 1) x time of a submit',
      ),
    });
  },
};
