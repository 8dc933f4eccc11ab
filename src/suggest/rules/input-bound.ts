/** S1: the GPU waits while the script prepares data. From 5 % of the step (torch-tb-profiler), strong from 20 % (XProf). */
import { formatNs, formatShare } from '../../base/format.ts';
import { ok } from '../../base/result.ts';
import type { Rule } from '../rule.ts';
import { advise, idleNsOf, idleShareOf, predictSaving, stepNsOf } from '../saving.ts';

const MODERATE = 0.05;
const DOMINATES = 0.5;
/** Batches asked for ahead where a loader asks for fewer: its edit. PyTorch's loaders ask for two each worker. */
const PREFETCH = 4;

export const inputBound: Rule = {
  id: 'input-bound',
  title: 'Prepare the next batch while the GPU works',
  keepsResults: true,
  // A larger batch would hide the wait in larger steps and not shorten it.
  hides: (facts) => (idleShareOf(facts, 'data') >= DOMINATES ? ['batch-size'] : []),
  inspect(facts, source) {
    const share = idleShareOf(facts, 'data');
    if (share < MODERATE) return [];
    const ns = idleNsOf(facts, 'data');
    const prefetch = source.numberOption('prefetch', ['DataLoader']);
    const ahead = prefetch.ok && prefetch.value.value < PREFETCH ? prefetch.value : null;
    return advise({
      rule: 'input-bound',
      ...(ahead ? { at: ahead.at, edit: ok(ahead.edit(PREFETCH)) } : {}),
      title: `The GPU waits ${formatShare(share)} of the step for data`,
      evidence: [
        {
          text: `${formatNs(ns)} a step pass in the data phase with the GPU idle`,
          basis: 'measured',
          value: share,
          unit: 'share',
        },
      ],
      advice:
        'Fetch the next batch before awaiting anything of this one:\n' +
        '  let next = loader.next();\n' +
        '  while (...) { const batch = await next; next = loader.next(); /* train on batch */ }\n' +
        'or keep the whole data set on the GPU when it fits.',
      predicted: predictSaving(
        stepNsOf(facts),
        { ns: 0.7 * ns, low: 0.3 * ns, high: ns },
        'step / (step - share of the wait that overlaps)',
      ),
    });
  },
};
