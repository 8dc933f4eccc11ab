/**
 * The operator table of an imported trace: calls, host and device time, of the operator alone and with what it calls.
 * Device time is that of the kernels, copies and fills launched from within it.
 */
import type { Trace } from '../../trace/model.ts';
import type { OperatorNode } from './operator-tree.ts';
import { operatorTrees } from './operator-tree.ts';

export interface OperatorStats {
  readonly name: string;
  readonly calls: number;
  /** Calls that launched GPU work with no other operator between, and the time of that work. */
  readonly launchingCalls: number;
  readonly launchedNs: number;
  readonly deviceSelfNs: number;
  readonly deviceTotalNs: number;
  readonly hostSelfNs: number;
  readonly hostTotalNs: number;
  /** Kernel time alone, without copies and fills. */
  readonly kernelSelfNs: number;
  readonly tensorCoreEligible: boolean;
  /** Share of device time in kernels that use tensor cores. */
  readonly tensorCoreSelfShare: number;
  readonly tensorCoreTotalShare: number;
}

export interface OperatorFacts {
  /** By device time of their own, largest first. */
  readonly operators: OperatorStats[];
  /** Share of kernel time launched by operators that could use tensor cores; NaN without kernels. */
  readonly tensorCoreEligibleShare: number;
}

export function operatorFacts(trace: Trace): OperatorFacts {
  const nodes = operatorTrees(trace).flatMap((root) => allBelow(root));
  return { operators: table(nodes), tensorCoreEligibleShare: eligibleShare(nodes) };
}

function allBelow(root: OperatorNode): OperatorNode[] {
  const found: OperatorNode[] = [];
  const stack = [...root.children];
  for (let next = stack.pop(); next; next = stack.pop()) {
    found.push(next);
    for (const child of next.children) stack.push(child);
  }
  return found;
}

function hostSelf(of: OperatorNode): number {
  return of.children.reduce(
    (rest, child) => rest - (child.endNs - child.startNs),
    of.endNs - of.startNs - of.own.runtimeNs,
  );
}

function table(nodes: readonly OperatorNode[]): OperatorStats[] {
  const rows = new Map<
    string,
    {
      calls: number;
      launchingCalls: number;
      launched: number;
      deviceSelf: number;
      deviceTotal: number;
      hostSelf: number;
      hostTotal: number;
      kernelSelf: number;
      tensorSelf: number;
      tensorTotal: number;
      eligible: boolean;
    }
  >();
  for (const of of nodes) {
    if (!of.isOperator) continue;
    let row = rows.get(of.name);
    if (!row)
      rows.set(
        of.name,
        (row = {
          calls: 0,
          launchingCalls: 0,
          launched: 0,
          deviceSelf: 0,
          deviceTotal: 0,
          hostSelf: 0,
          hostTotal: 0,
          kernelSelf: 0,
          tensorSelf: 0,
          tensorTotal: 0,
          eligible: false,
        }),
      );
    row.calls++;
    // Some calls of an operator may hold one that could use tensor cores, and some not.
    row.eligible ||= of.eligible;
    if (of.launchedNs > 0) row.launchingCalls++;
    row.launched += of.launchedNs;
    row.deviceSelf += of.own.deviceNs;
    row.deviceTotal += of.deviceTotal;
    row.hostSelf += hostSelf(of);
    row.hostTotal += of.endNs - of.startNs;
    row.kernelSelf += of.own.kernelNs;
    row.tensorSelf += of.own.tensorNs;
    row.tensorTotal += of.tensorTotal;
  }
  return [...rows]
    .map(([name, row]) => ({
      name,
      calls: row.calls,
      launchingCalls: row.launchingCalls,
      launchedNs: row.launched,
      deviceSelfNs: row.deviceSelf,
      deviceTotalNs: row.deviceTotal,
      hostSelfNs: row.hostSelf,
      hostTotalNs: row.hostTotal,
      kernelSelfNs: row.kernelSelf,
      tensorCoreEligible: row.eligible,
      tensorCoreSelfShare: row.deviceSelf > 0 ? row.tensorSelf / row.deviceSelf : 0,
      tensorCoreTotalShare: row.deviceTotal > 0 ? row.tensorTotal / row.deviceTotal : 0,
    }))
    .sort((a, b) => b.deviceSelfNs - a.deviceSelfNs || b.hostSelfNs - a.hostSelfNs);
}

/** Kernel time of the lowest eligible operators over that of all operators. */
function eligibleShare(nodes: readonly OperatorNode[]): number {
  let eligible = 0;
  let all = 0;
  for (const of of nodes) {
    if (of.isOperator) all += of.own.kernelNs;
    if (of.eligible && !of.eligibleBelow) eligible += of.own.kernelNs;
  }
  return all > 0 ? eligible / all : NaN;
}
