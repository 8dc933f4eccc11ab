/** S29: kernels whose outputs nothing reads: no launch of the step, no readback, no state that the next step starts from. */
import { formatNs } from '../../base/format.ts';
import { ROLES } from '../../trace/model.ts';
import type { Rule } from '../rule.ts';
import { advise, predictSaving, stepNsOf } from '../saving.ts';

const READ = 1;
const WRITE = 2;
/** What lives on from step to step is read by the next one. */
const STATE = new Set(
  ['parameter', 'gradient', 'optimizer-state', 'staging', 'input', 'unknown'].map((role) =>
    ROLES.indexOf(role as (typeof ROLES)[number]),
  ),
);

export const deadOutput: Rule = {
  id: 'dead-output',
  title: 'Leave out what nothing reads',
  keepsResults: true,
  inspect(facts) {
    const { uses, buffers, transfers } = facts.trace.tables;
    const read = new Set<number>();
    const written = new Map<number, number[]>();
    for (let i = 0; i < uses.length; i++) {
      const [launch, buffer, access] = [
        uses.launch[i] as number,
        uses.buffer[i] as number,
        uses.access[i] as number,
      ];
      if (access & READ) read.add(buffer);
      if (access & WRITE) written.set(launch, [...(written.get(launch) ?? []), buffer]);
    }
    for (let i = 0; i < transfers.length; i++) read.add(transfers.buffer[i] as number);
    return facts.stepLaunches.flatMap((launch) => {
      const outputs = written.get(launch.launch) ?? [];
      const dead =
        outputs.length > 0 &&
        outputs.every((buffer) => !read.has(buffer) && !STATE.has(buffers.role[buffer] as number));
      if (!dead) return [];
      const ns = launch.medianNs * launch.perStep;
      const name = facts.trace.kernels[launch.kernel]?.name ?? '';
      const location = facts.trace.tables.launches.location[launch.launch] as number;
      return advise({
        rule: 'dead-output',
        key: `${launch.launch}`,
        title: `Nothing reads what ${name} writes`,
        at: facts.trace.locations[location] ?? null,
        evidence: [
          {
            text: `${name} takes ${formatNs(ns)} a step; no other launch and no readback touches its outputs`,
            basis: 'measured',
            value: ns,
            unit: 'ns',
          },
        ],
        advice: 'Take the computation out of the loop, or run it only in the steps whose result is used.',
        predicted: predictSaving(stepNsOf(facts), { ns, low: 0.5 * ns, high: ns }, 'time of the kernel'),
      });
    });
  },
};
