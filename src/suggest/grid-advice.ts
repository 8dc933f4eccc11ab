/** What the three rules about grids share: the launches of a step that are too small for the device in one way, and their gain. */
import { formatNs, formatShare } from '../base/format.ts';
import { sum } from '../base/stats.ts';
import type { LaunchOccupancy } from '../analysis/occupancy.ts';
import { rooflineNs } from '../analysis/roofline.ts';
import type { StepLaunch } from '../analysis/step-launches.ts';
import type { Facts } from './facts.ts';
import { advise, predictSaving, startNsOf, stepNsOf } from './saving.ts';
import type { Suggestion } from './suggestion.ts';

export interface GridFault {
  readonly rule: string;
  /** Share of the launch's time that full waves would save, 0..1; 0 when the launch is not at fault. */
  wasted(occupancy: LaunchOccupancy): number;
  readonly title: (kernel: string) => string;
  readonly text: (launch: StepLaunch, occupancy: LaunchOccupancy) => string;
  readonly advice: string;
}

/** A kernel under this share of the step is left alone. */
const WORTH = 0.02;

/** One suggestion a kernel, for those that waste at least 2 % of the step. */
export function gridAdvice(facts: Facts, fault: GridFault): Suggestion[] {
  const stepNs = stepNsOf(facts);
  const byKernel = new Map<number, { launch: StepLaunch; wastedNs: number }[]>();
  for (const launch of facts.stepLaunches) {
    const occupancy = facts.occupancies[launch.launch];
    const wasted = occupancy?.units ? fault.wasted(occupancy) : 0;
    if (!(wasted > 0)) continue;
    const list = byKernel.get(launch.kernel) ?? [];
    list.push({
      launch,
      wastedNs: Math.min(wasted * launch.medianNs, overRoofline(facts, launch)) * launch.perStep,
    });
    byKernel.set(launch.kernel, list);
  }
  return [...byKernel].flatMap(([kernel, found]) => {
    const ns = sum(found.map((f) => f.wastedNs));
    if (!(ns / stepNs >= WORTH)) return [];
    const worst = found.reduce((a, b) => (b.wastedNs > a.wastedNs ? b : a)).launch;
    const occupancy = facts.occupancies[worst.launch] as LaunchOccupancy;
    const location = facts.trace.tables.launches.location[worst.launch] as number;
    const name = facts.trace.kernels[kernel]?.name ?? '';
    return advise({
      rule: fault.rule,
      key: name,
      title: fault.title(name),
      at: facts.trace.locations[location] ?? null,
      evidence: [
        { text: fault.text(worst, occupancy), basis: 'computed', value: occupancy.waves, unit: 'waves' },
        {
          text: `${name} takes ${formatNs(sum(found.map((f) => f.launch.medianNs * f.launch.perStep)))} a step (${formatShare(ns / stepNs)} of the step wasted at most)`,
          basis: 'measured',
        },
      ],
      advice: fault.advice,
      predicted: predictSaving(
        stepNs,
        { ns: 0.5 * ns, low: 0.2 * ns, high: ns },
        'time of the kernel x empty share of its waves',
      ),
    });
  });
}

/** Ns that a dispatch takes beyond what the ceilings allow, where they are known, and beyond starting it. */
function overRoofline(facts: Facts, launch: StepLaunch): number {
  const startNs = startNsOf(facts);
  const least = facts.ceilings ? rooflineNs(launch.flops, launch.bytesMoved, facts.ceilings) : 0;
  return Math.max(0, launch.medianNs - Math.max(least, startNs));
}
