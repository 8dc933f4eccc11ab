/** S22: buffers created in every steady step; WebGPU clears each new one and the driver allocates it. */
import { formatBytes } from '../../base/format.ts';
import { stepBirths } from '../../analysis/step-births.ts';
import type { Rule } from '../rule.ts';
import { advise, exposedNsOf, predictSaving, stepNsOf } from '../saving.ts';

/** A buffer or two a step (a staging buffer) is no churn worth a word. */
const MANY = 4;
/** Ns of createBuffer and destroy through Dawn for Node, measured on this project's reference machine. */
const CREATE_NS = 4_000;
/** Bytes a second that clearing a new buffer writes, at least. */
const CLEAR_BYTES_PER_SECOND = 3e9;

export const bufferChurn: Rule = {
  id: 'buffer-churn',
  title: 'Reuse buffers instead of creating them in every step',
  keepsResults: true,
  inspect(facts) {
    const { created, createdBytes, steps, kept } = stepBirths(facts.trace);
    const leaking = kept
      .filter((k) => k.steps >= 0.9 * steps)
      .reduce((total, k) => total + k.count / steps, 0);
    if (steps < 5 || created - leaking < MANY) return [];
    const calls = created * CREATE_NS;
    const clearing = (createdBytes / CLEAR_BYTES_PER_SECOND) * 1e9;
    const ns = exposedNsOf(facts, calls) + 0.5 * clearing;
    return advise({
      rule: 'buffer-churn',
      title: `${Math.round(created)} buffers are created in every step`,
      evidence: [
        {
          text: `${created.toFixed(1)} buffers of ${formatBytes(createdBytes)} together are created a step after warm-up`,
          basis: 'measured',
          value: created,
          unit: 'buffers',
        },
      ],
      advice:
        'Create them once before the loop, or take them from a pool; destroy() what is not reused:\n' +
        '  const free = new Map();  // buffers by size\n' +
        '  const take = (size) => free.get(size)?.pop() ?? device.createBuffer({ size, usage });\n' +
        '  const giveBack = (buffer) => free.set(buffer.size, [...(free.get(buffer.size) ?? []), buffer]);',
      predicted: predictSaving(
        stepNsOf(facts),
        { ns, low: 0.2 * ns, high: calls + clearing },
        'buffers x time of createBuffer + bytes cleared',
      ),
    });
  },
};
