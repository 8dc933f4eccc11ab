/**
 * L5: a streaming kernel of 5 % of the step or more that reads and writes single words side by side, where this device is seen to
 * move more: by its measured roof, or by a kernel of the same trace that moves vec4. Ratio from 1.2; without such a comparison silent.
 */
import { formatShare } from '../../base/format.ts';
import { sum } from '../../base/stats.ts';
import type { KernelStats } from '../../analysis/kernels.ts';
import type { Facts } from '../facts.ts';
import { isOwnKernel, kernelAdvice, kernelStepNs, threadsOf } from '../kernel-advice.ts';
import type { Rule } from '../rule.ts';
import { stepNsOf } from '../saving.ts';

const SHARE = 0.05;
const WORTH = 1.2;
const WORD = 4;
const VECTOR = 16;

/** Bytes a second of a kernel whose invocations each move the same bytes once, side by side; NaN for other kernels. */
function streamingRate(facts: Facts, kernel: KernelStats, bytesEach: number): number {
  const accesses = facts.accesses(kernel)?.filter((access) => !access.stride.shared);
  if (!accesses?.length) return NaN;
  const streams = accesses.every(
    ({ depth, bytes, stride }) => depth === 0 && bytes === bytesEach && stride.elements === 1,
  );
  const [x, y, z] = kernel.workgroups;
  const bytes = sum(accesses.map((access) => access.bytes)) * x * y * z * threadsOf(kernel);
  return streams ? (bytes / kernel.medianNs) * 1e9 : NaN;
}

export const vectorLoads: Rule = {
  id: 'vector-loads',
  title: 'Read and write four words at a time',
  keepsResults: true,
  inspect(facts) {
    const stepNs = stepNsOf(facts);
    const candidates = new Set(
      facts.kernels.filter(
        (kernel) => isOwnKernel(facts, kernel) && kernelStepNs(facts, kernel.kernel) / stepNs >= SHARE,
      ),
    );
    if (candidates.size === 0) return [];
    const vectors = facts.kernels.map((kernel) => streamingRate(facts, kernel, VECTOR)).filter((r) => r > 0);
    const roof = facts.ceilings?.basis === 'measured' ? facts.ceilings.bytes : NaN;
    const reachable = Math.max(...vectors, ...(roof > 0 ? [roof] : []));
    if (!(reachable > 0)) return [];
    const ratioOf = (kernel: KernelStats): number => reachable / streamingRate(facts, kernel, WORD);
    return kernelAdvice(facts, {
      rule: 'vector-loads',
      saving(kernel) {
        const ratio = candidates.has(kernel) ? ratioOf(kernel) : NaN;
        if (!(ratio >= WORTH)) return null;
        const share = 1 - 1 / ratio;
        return { share: 0.6 * share, low: 0.2 * share, high: share };
      },
      title: ({ name }) => `${name} moves single words`,
      text: (kernel) =>
        `Each invocation reads and writes 4 bytes side by side; ${vectors.length > 0 ? 'a kernel of this run that moves 16 at a time' : "the device's measured roof"} is ${ratioOf(kernel).toFixed(1)} times as fast (${formatShare(1 / ratioOf(kernel))} of it reached)`,
      advice:
        'Declare the buffers as array<vec4f>, launch a quarter of the invocations, and let the last one guard the rest where the length is no multiple of 4:\n' +
        '  @group(0) @binding(0) var<storage, read> x: array<vec4f>;\n' +
        '  if (id.x >= arrayLength(&x)) { return; }',
      formula: 'kernel time x (1 - 1/ratio)',
    });
  },
};
