/**
 * L10: many launches that work on next to nothing: 16 or more a step whose buffers hold under 4 KB together, outside the optimizer (S18).
 * Each costs a start-up and a gap.
 */
import { formatBytes, formatNs } from '../../base/format.ts';
import { sum } from '../../base/stats.ts';
import type { Rule } from '../rule.ts';
import { advise, idleNsOf, predictSaving, stepNsOf } from '../saving.ts';

const MANY = 16;
const TINY_BYTES = 4096;

export const tinyTensors: Rule = {
  id: 'tiny-tensors',
  title: 'Merge tiny tensors',
  keepsResults: true,
  inspect(facts) {
    const { bindings, launches } = facts.trace.tables;
    const bytes = new Map<number, number>();
    for (let i = 0; i < bindings.length; i++) {
      const launch = bindings.launch[i] as number;
      bytes.set(launch, (bytes.get(launch) ?? 0) + (bindings.sizeBytes[i] as number));
    }
    const tiny = facts.stepLaunches.filter(
      (l) => l.phase !== 'optimizer' && (bytes.get(l.launch) ?? Infinity) < TINY_BYTES,
    );
    const count = sum(tiny.map((l) => l.perStep));
    if (count < MANY) return [];
    const dispatches = sum(facts.stepLaunches.map((l) => l.perStep));
    const gapNs = idleNsOf(facts, 'launch') / dispatches;
    const own = sum(tiny.map((l) => l.medianNs * l.perStep));
    // Merged they are one launch of the same work: all start-ups and gaps but one go.
    const ns = ((count - 1) / count) * own + (count - 1) * gapNs;
    const largest = tiny.reduce((a, b) => (b.medianNs * b.perStep > a.medianNs * a.perStep ? b : a));
    return advise({
      rule: 'tiny-tensors',
      title: `${Math.round(count)} launches a step work on less than ${formatBytes(TINY_BYTES)}`,
      at: facts.trace.locations[launches.location[largest.launch] as number] ?? null,
      evidence: [
        {
          text: `They take ${formatNs(own)} a step, and ${formatNs(gapNs)} between two launches, for ${formatBytes(sum(tiny.map((l) => (bytes.get(l.launch) ?? 0) * l.perStep)))} of data`,
          basis: 'measured',
          value: count,
          unit: 'launches',
        },
      ],
      advice:
        'Keep small tensors that are treated alike in one buffer (each at its offset, a multiple of 256 bytes where it is bound alone) and run one kernel over all of them; or compute the value together with its neighbor.',
      predicted: predictSaving(
        stepNsOf(facts),
        { ns: 0.6 * ns, low: 0.2 * ns, high: ns },
        '(launches - 1) x (start-up + gap)',
      ),
    });
  },
};
