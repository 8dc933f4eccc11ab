/** S6: a compute pass for (nearly) every dispatch. Signal: at least 8 passes a step, under 2 dispatches each, more passes than submits. */
import { formatNs } from '../../base/format.ts';
import { stepSubmits } from '../../analysis/step-submits.ts';
import type { Rule } from '../rule.ts';
import { advise, exposedNsOf, predictSaving, stepNsOf } from '../saving.ts';

const MANY = 8;
const FEW_DISPATCHES = 2;
/** Ns to begin and end a pass through Dawn for Node, measured on this project's reference machine (1000 passes against one). */
const PASS_NS = 4_000;

export const passSplit: Rule = {
  id: 'pass-split',
  title: 'Dispatch in one compute pass',
  keepsResults: true,
  inspect(facts) {
    // Passes as the script made them: those that the instrument makes to time a dispatch are not counted.
    const { passes, submits, dispatches } = stepSubmits(facts.trace);
    const spare = passes - submits;
    if (passes < MANY || dispatches / passes >= FEW_DISPATCHES || spare < MANY / 2) return [];
    const calls = spare * PASS_NS;
    const exposed = exposedNsOf(facts, calls);
    return advise({
      rule: 'pass-split',
      title: `A step begins ${Math.round(passes)} compute passes`,
      evidence: [
        {
          text: `${passes.toFixed(1)} passes a step with ${(dispatches / passes).toFixed(1)} dispatches each, in ${submits.toFixed(1)} submits`,
          basis: 'measured',
          value: passes,
          unit: 'passes',
        },
        {
          text: `Beginning and ending a pass takes about ${formatNs(PASS_NS)} of the script's thread`,
          basis: 'estimated',
          value: PASS_NS,
          unit: 'ns',
        },
      ],
      advice:
        'Begin one pass and dispatch all kernels of the step in it; WebGPU orders them where one reads what another wrote:\n' +
        '  const pass = encoder.beginComputePass();\n' +
        '  for (const { pipeline, group, workgroups } of kernels) {\n' +
        '    pass.setPipeline(pipeline); pass.setBindGroup(0, group); pass.dispatchWorkgroups(...workgroups);\n' +
        '  }\n' +
        '  pass.end();',
      predicted: predictSaving(
        stepNsOf(facts),
        { ns: 0.6 * exposed, low: 0.2 * exposed, high: calls },
        '(passes - submits) x time of a pass',
      ),
    });
  },
};
