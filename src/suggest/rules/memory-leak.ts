/** S23: buffers born in at least five steady steps, in nearly every one, that nothing destroys. */
import { formatBytes } from '../../base/format.ts';
import { forecastText, memoryForecast } from '../../analysis/memory-forecast.ts';
import { stepBirths } from '../../analysis/step-births.ts';
import type { Rule } from '../rule.ts';
import { NO_GAIN, advise } from '../saving.ts';

const STEPS = 5;

export const memoryLeak: Rule = {
  id: 'memory-leak',
  title: 'Free what every step leaves behind',
  keepsResults: true,
  inspect(facts) {
    const { kept, steps } = stepBirths(facts.trace);
    const leaking = kept.filter((k) => k.steps >= STEPS && k.steps >= 0.9 * steps);
    const [worst] = leaking;
    if (!worst || steps < STEPS) return [];
    const perStep = leaking.reduce((total, k) => total + k.bytes, 0) / steps;
    const forecast = memoryForecast(facts.trace);
    const layer = facts.trace.layers[worst.layer]?.path;
    return advise({
      rule: 'memory-leak',
      title: `Every step leaves ${formatBytes(perStep)} behind`,
      at: facts.trace.locations[worst.location] ?? null,
      evidence: [
        {
          text: `${worst.count} buffers of ${formatBytes(worst.bytes)} made in ${worst.steps} of ${steps} steps${layer ? ` by ${layer}` : ''} were never freed`,
          basis: 'measured',
          value: perStep,
          unit: 'bytes',
        },
        ...(forecast === null
          ? []
          : [
              {
                text: forecastText(forecast),
                basis: 'estimated' as const,
                value: forecast.stepsLeft,
                unit: 'steps',
              },
            ]),
      ],
      advice:
        'Destroy the buffer (dispose the tensor) at the end of the step, or move its creation out of the loop. A tensor that is kept in a list or a closure keeps its memory.',
      predicted: NO_GAIN,
    });
  },
};
