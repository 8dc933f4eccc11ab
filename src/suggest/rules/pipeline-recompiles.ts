/** S24: pipelines or shader modules compiled in steady steps. */
import { formatNs, formatShare } from '../../base/format.ts';
import { selectSteps } from '../../analysis/selection.ts';
import type { Rule } from '../rule.ts';
import { advise, predictSaving, stepNsOf } from '../saving.ts';

const IN_STEPS = 0.2;

export const pipelineRecompiles: Rule = {
  id: 'pipeline-recompiles',
  title: 'Compile each pipeline once',
  keepsResults: true,
  inspect(facts) {
    const { compiles, steps } = facts.trace.tables;
    const { steady } = selectSteps(facts.trace);
    if (steady.length < 5) return [];
    const hit = new Set<number>();
    const places = new Map<number, number>();
    let count = 0;
    let ns = 0;
    for (let i = 0; i < compiles.length; i++) {
      const at = compiles.startNs[i] as number;
      const step = steady.find((s) => at >= (steps.startNs[s] as number) && at < (steps.endNs[s] as number));
      if (step === undefined) continue;
      hit.add(step);
      count++;
      ns += (compiles.endNs[i] as number) - at;
      const location = compiles.location[i] as number;
      places.set(location, (places.get(location) ?? 0) + 1);
    }
    if (hit.size / steady.length < IN_STEPS) return [];
    const perStep = ns / steady.length;
    const [location] = [...places].sort(([, a], [, b]) => b - a)[0] ?? [-1];
    return advise({
      rule: 'pipeline-recompiles',
      title: `Pipelines are compiled in ${formatShare(hit.size / steady.length)} of the steps`,
      at: facts.trace.locations[location] ?? null,
      evidence: [
        {
          text: `${count} compilations in ${steady.length} steps after warm-up, ${formatNs(perStep)} a step`,
          basis: 'measured',
          value: perStep,
          unit: 'ns',
        },
      ],
      advice:
        'Keep pipelines by their code and constants; pass sizes in a uniform instead of writing them into the code; compile before the loop:\n' +
        '  const pipelines = new Map();\n' +
        '  async function pipelineOf(code) {\n' +
        '    if (!pipelines.has(code)) pipelines.set(code, await device.createComputePipelineAsync({ layout: "auto", compute: { module: device.createShaderModule({ code }) } }));\n' +
        '    return pipelines.get(code);\n' +
        '  }',
      predicted: predictSaving(
        stepNsOf(facts),
        { ns: perStep, low: 0.5 * perStep, high: perStep },
        'compile time a step',
      ),
    });
  },
};
