/**
 * S12: workgroup memory is what keeps the device under half full, and the kernel is under 60 % of both roofs. Never from
 * occupancy alone: low occupancy only can hurt. The gain is a heuristic (TraceLens's 15, 30, 45 % bands).
 */
import { formatBytes, formatShare } from '../../base/format.ts';
import { kernelAdvice } from '../kernel-advice.ts';
import type { Rule } from '../rule.ts';

export const workgroupMemory: Rule = {
  id: 'workgroup-memory',
  title: 'Use less workgroup memory',
  keepsResults: true,
  inspect: (facts) =>
    kernelAdvice(facts, {
      rule: 'workgroup-memory',
      saving: ({ occupancy, roofline }) =>
        occupancy.limiter === 'workgroup memory' &&
        occupancy.theoretical.high < 0.5 &&
        roofline.efficiency < 0.6
          ? { share: 0.3, low: 0.15, high: 0.45 }
          : null,
      title: ({ name, occupancy }) =>
        `${name} fills at most ${formatShare(occupancy.theoretical.high)} of the device`,
      text: ({ kernel, occupancy }) =>
        `${formatBytes(facts.trace.kernels[kernel]?.workgroupBytes ?? 0)} of workgroup memory let a unit hold ${occupancy.workgroupsPerUnit} workgroups`,
      advice: 'Use smaller tiles, keep them in f16, or reuse one array for several stages.',
      formula: 'kernel time x 15, 30, 45 %',
    }),
};
