/** S17: two or more element-wise launches in a row over equally many elements, in one phase; at most 15 (TraceLens). */
import { formatNs } from '../../base/format.ts';
import { sum } from '../../base/stats.ts';
import type { StepLaunch } from '../../analysis/step-launches.ts';
import type { Facts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import { advise, predictSaving, stepNsOf } from '../saving.ts';

const MOST = 15;

/** Runs of neighboring element-wise launches that could be one. */
function chains(facts: Facts): StepLaunch[][] {
  const found: StepLaunch[][] = [];
  let chain: StepLaunch[] = [];
  const invocations = (l: StepLaunch): number =>
    l.workgroups * (facts.trace.kernels[l.kernel]?.workgroupSize.reduce((a, b) => a * b, 1) ?? 0);
  const end = (): void => {
    if (chain.length >= 2 && chain.length <= MOST) found.push(chain);
    chain = [];
  };
  for (const launch of facts.stepLaunches) {
    const family = facts.trace.kernels[launch.kernel]?.family;
    const previous = chain.at(-1);
    if (family !== 'element-wise') end();
    else {
      if (previous && (previous.phase !== launch.phase || invocations(previous) !== invocations(launch)))
        end();
      chain.push(launch);
    }
  }
  end();
  return found;
}

export const unfusedChain: Rule = {
  id: 'unfused-chain',
  title: 'Fuse element-wise kernels',
  keepsResults: true,
  inspect(facts) {
    return chains(facts).flatMap((chain, i) => {
      const total = sum(chain.map((l) => l.medianNs * l.perStep));
      const longest = Math.max(...chain.map((l) => l.medianNs * l.perStep));
      // One kernel reads and writes once; 15 % of the rest stays (TraceLens's overlap term).
      const ns = 0.85 * (total - longest);
      const names = chain.map((l) => facts.trace.kernels[l.kernel]?.name ?? '');
      const location = facts.trace.tables.launches.location[chain[0]?.launch ?? 0] as number;
      return advise({
        rule: 'unfused-chain',
        key: `${i}`,
        title: `${chain.length} element-wise kernels in a row could be one`,
        at: facts.trace.locations[location] ?? null,
        evidence: [
          {
            text: `${names.join(', ')}: ${formatNs(total)} a step`,
            basis: 'measured',
            value: total,
            unit: 'ns',
          },
        ],
        advice:
          'Write them as one kernel, or as one expression where the library fuses (activation inside the linear layer).',
        predicted: predictSaving(
          stepNsOf(facts),
          { ns: 0.6 * ns, low: 0.2 * ns, high: ns },
          'chain - longest kernel',
        ),
      });
    });
  },
};
