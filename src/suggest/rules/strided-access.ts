/**
 * S16, L4: neighboring lanes read or write words that lie 4 or more elements apart, so that most of each sector that memory moves is
 * not used. Computed from the WGSL's index expressions; a gain of up to the unused share of the kernel's traffic, as caches may hide
 * much of it. For kernels that the script wrote; products are L2's, copies that transpose are S19's.
 */
import { formatShare } from '../../base/format.ts';
import type { AccessGroup } from '../../analysis/kernel-accesses.ts';
import { sectorBytes } from '../../analysis/kernel-accesses.ts';
import { strided, unusedShare } from '../access-advice.ts';
import { isOwnKernel, kernelAdvice } from '../kernel-advice.ts';
import type { Rule } from '../rule.ts';

const OTHERS = new Set(['gemm', 'attention', 'copy']);

export const stridedAccess: Rule = {
  id: 'strided-access',
  title: 'Let neighboring invocations read neighboring words',
  keepsResults: true,
  inspect: (facts) =>
    kernelAdvice(facts, {
      rule: 'strided-access',
      saving(kernel) {
        const accesses = !OTHERS.has(kernel.family) && isOwnKernel(facts, kernel) && facts.accesses(kernel);
        if (!accesses) return null;
        if (strided(facts, accesses).length === 0) return null;
        const unused = unusedShare(facts, accesses);
        return { share: 0.5 * unused, low: 0.1 * unused, high: unused };
      },
      title: ({ name }) => `Neighboring invocations of ${name} do not read neighboring words`,
      text: (kernel) => {
        const worst = strided(facts, facts.accesses(kernel) ?? [])[0] as AccessGroup;
        const every = Number.isFinite(worst.stride.elements)
          ? `${Math.abs(worst.stride.elements)} elements apart`
          : 'scattered';
        const [share, bytes] = [formatShare(worst.efficiency), sectorBytes(facts.trace)];
        return worst.kind === 'load'
          ? `Line ${worst.line} of its WGSL, \`${worst.text}\`: neighboring invocations read ${worst.name}, ${every}, and use ${share} of each ${bytes} bytes moved`
          : `Line ${worst.line} of its WGSL, \`${worst.text}\`: neighboring invocations write ${worst.name}, ${every}, and use ${share} of each ${bytes} bytes moved`;
      },
      advice:
        'Give global_invocation_id.x to the index that runs through memory one by one (swap the roles of rows and columns, or the order of the dimensions in the buffer), or read through workgroup memory: load a tile side by side, then use it in any order. Counts against it: caches hide small strides, and another kernel may want the other order.',
      formula: 'kernel time x unused share of the sectors moved',
    }),
};
