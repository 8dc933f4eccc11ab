/**
 * L2: a matrix product whose operand lies across the lanes (neighboring invocations read words a row apart), or a weight that is
 * transposed again in every step. The access is computed from the WGSL; Nsight's example uses 4 of 32 bytes, practice gains 1.3 to 1.9.
 */
import { formatNs, formatShare } from '../../base/format.ts';
import { sum } from '../../base/stats.ts';
import { ROLES } from '../../trace/model.ts';
import type { AccessGroup } from '../../analysis/kernel-accesses.ts';
import { sectorBytes } from '../../analysis/kernel-accesses.ts';
import { strided, unusedShare } from '../access-advice.ts';
import type { Facts } from '../facts.ts';
import { isOwnKernel, kernelAdvice } from '../kernel-advice.ts';
import { isReorder } from '../reorders.ts';
import type { Rule } from '../rule.ts';
import { advise, predictSaving, stepNsOf } from '../saving.ts';
import type { Suggestion } from '../suggestion.ts';

const READ = 1;
const SHARE = 0.02;
const operands = (accesses: readonly AccessGroup[]): AccessGroup[] =>
  accesses.filter((access) => access.kind === 'load');

export const weightOrientation: Rule = {
  id: 'weight-orientation',
  title: 'Store the operand in the order in which it is read',
  keepsResults: true,
  inspect: (facts) => [...acrossLanes(facts), ...transposedWeights(facts)],
};

function acrossLanes(facts: Facts): Suggestion[] {
  return kernelAdvice(facts, {
    rule: 'weight-orientation',
    saving(kernel) {
      const accesses = kernel.family === 'gemm' && isOwnKernel(facts, kernel) && facts.accesses(kernel);
      if (!accesses) return null;
      if (strided(facts, operands(accesses)).length === 0) return null;
      const unused = unusedShare(facts, accesses);
      return { share: 0.5 * unused, low: 0.2 * unused, high: unused };
    },
    title: ({ name }) => `${name} reads an operand across its rows`,
    text: (kernel) => {
      const worst = strided(facts, operands(facts.accesses(kernel) ?? []))[0] as AccessGroup;
      return `Line ${worst.line} of its WGSL, \`${worst.text}\`: neighboring invocations read ${worst.name}, ${Math.abs(worst.stride.elements)} elements apart, and use ${formatShare(worst.efficiency)} of each ${sectorBytes(facts.trace)} bytes moved`;
    },
    advice: (kernel) => {
      const worst = strided(facts, operands(facts.accesses(kernel) ?? []))[0] as AccessGroup;
      return `Let global_invocation_id.x run over the columns of the result, so that ${worst.name} is read side by side; or store ${worst.name} transposed, once, when it is made. A weight that changes in every step and is read both ways (forward and backward) is better read through a tile in workgroup memory than kept twice.`;
    },
    formula: 'kernel time x unused share of the sectors moved',
  });
}

/** A parameter that a copy reorders in every step. */
function transposedWeights(facts: Facts): Suggestion[] {
  const { uses, buffers, launches } = facts.trace.tables;
  const parameter = ROLES.indexOf('parameter');
  const reads = new Set<number>();
  for (let i = 0; i < uses.length; i++)
    if ((uses.access[i] as number) & READ && buffers.role[uses.buffer[i] as number] === parameter)
      reads.add(uses.launch[i] as number);
  const again = facts.stepLaunches.filter((l) => {
    const kernel = facts.trace.kernels[l.kernel];
    return l.phase !== 'optimizer' && l.perStep >= 0.9 && isReorder(kernel) && reads.has(l.launch);
  });
  const stepNs = stepNsOf(facts);
  const ns = sum(again.map((l) => l.medianNs * l.perStep));
  if (!(ns / stepNs >= SHARE)) return [];
  const [first] = again;
  return advise({
    rule: 'weight-orientation',
    key: 'transposed',
    title: `${again.length} weights are reordered in every step`,
    at: facts.trace.locations[launches.location[first?.launch ?? 0] as number] ?? null,
    evidence: [
      {
        text: `Copies of parameters into another order take ${formatNs(ns)} a step, ${formatShare(ns / stepNs)} of it`,
        basis: 'measured',
        value: ns / stepNs,
        unit: 'share',
      },
    ],
    advice:
      'Create the weight in the order in which it is used (Linear keeps [outputs, inputs] and multiplies by its transpose without a copy), or reorder it once where it does not change.',
    predicted: predictSaving(stepNs, { ns: 0.7 * ns, low: 0.3 * ns, high: ns }, 'time of the copies'),
  });
}
