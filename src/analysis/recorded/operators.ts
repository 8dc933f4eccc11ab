/**
 * The operator table of an imported trace: calls, host and device time, of the operator alone and with what it calls.
 * Device time is that of the kernels, copies and fills launched from within it.
 */
import { FLOW_ENDS } from '../../trace/model.ts';
import type { Trace } from '../../trace/model.ts';
import { usesTensorCores } from './gpu-metrics.ts';
import { copyRole, isDataLoader, isStepMark, trackRoles } from './roles.ts';

export interface OperatorStats {
  readonly name: string;
  readonly calls: number;
  /** Calls that launched GPU work themselves. */
  readonly launchingCalls: number;
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

/** Operators with an implementation for tensor cores (the plug-in's list). */
const TENSOR_CORE_OPERATORS = new Set(['aten::_convolution', 'aten::_convolution_nogroup', 'aten::conv1d', 'aten::conv2d', 'aten::conv3d', 'aten::conv_tbc', 'aten::conv_transpose1d', 'aten::conv_transpose2d', 'aten::conv_transpose3d', 'aten::convolution', 'aten::cudnn_convolution', 'aten::cudnn_convolution_transpose', 'aten::prelu', 'aten::addmm', 'aten::addmv', 'aten::addr', 'aten::matmul', 'aten::mm', 'aten::mv', 'aten::linear', 'aten::addbmm', 'aten::baddbmm', 'aten::bmm', 'aten::chain_matmul', 'aten::linalg_multi_dot', 'aten::_thnn_fused_lstm_cell', 'aten::_thnn_fused_gru_cell', 'aten::lstm_cell', 'aten::gru_cell', 'aten::rnn_tanh_cell', 'aten::rnn_relu_cell', 'CudnnConvolutionBackward', 'BmmBackward0', 'aten::cudnn_convolution_transpose_backward', 'CudnnConvolutionTransposeBackward', 'MmBackward', 'aten::cudnn_convolution_backward_weight', 'aten::addmm_', 'AddmvBackward', 'MvBackward', 'aten::cudnn_convolution_transpose_backward_weight', 'aten::cudnn_convolution_transpose_backward_input', 'AddmmBackward', 'aten::cudnn_convolution_backward_input', 'AddbmmBackward', 'aten::cudnn_convolution_backward']); // prettier-ignore

const WRAPPERS = new Set(['DataParallel.forward', 'DistributedDataParallel.forward']);

interface Node {
  readonly name: string;
  readonly isOperator: boolean;
  readonly startNs: number;
  readonly endNs: number;
  children: Node[];
  own: Own;
  eligible: boolean;
  eligibleBelow: boolean;
  deviceTotal: number;
  tensorTotal: number;
}

/** What an operator launched itself. */
interface Own {
  runtimeNs: number;
  deviceNs: number;
  kernelNs: number;
  tensorNs: number;
}

const nothing = (): Own => ({ runtimeNs: 0, deviceNs: 0, kernelNs: 0, tensorNs: 0 });

export function operatorFacts(trace: Trace): OperatorFacts {
  const nodes: Node[] = [];
  for (const root of threadTrees(trace)) {
    for (const child of root.children) collect(child, nodes);
    merge(root);
    total(root);
  }
  // Merging takes nodes out of the trees: count those that are still in one.
  const alive = nodes.filter((node) => node.deviceTotal >= 0);
  return { operators: table(alive), tensorCoreEligibleShare: eligibleShare(alive) };
}

function collect(node: Node, into: Node[]): void {
  const stack = [node];
  for (let next = stack.pop(); next; next = stack.pop()) {
    into.push(next);
    stack.push(...next.children);
  }
}

/** One tree a thread, by nesting in time; runtime calls and their GPU work are booked to the innermost slice around them. */
function threadTrees(trace: Trace): Node[] {
  const { slices } = trace.tables;
  const roles = trackRoles(trace);
  const deviceOf = deviceWork(trace);
  const threads = new Map<string, number[]>();
  for (let i = 0; i < slices.length; i++) {
    const track = slices.track[i] as number;
    if (!roles.operators.has(track) && !roles.runtime.has(track)) continue;
    const { group = '', name = '' } = trace.tracks[track] ?? {};
    const thread = `${group} ${name.replace(/ · .*$/, '')}`;
    const list = threads.get(thread);
    if (list) list.push(i);
    else threads.set(thread, [i]);
  }
  const isCall = (i: number): number => Number(roles.runtime.has(slices.track[i] as number));
  return [...threads.values()].map((rows) => {
    rows.sort(
      (a, b) =>
        (slices.startNs[a] as number) - (slices.startNs[b] as number) ||
        isCall(a) - isCall(b) ||
        (slices.endNs[b] as number) - (slices.endNs[a] as number) ||
        a - b,
    );
    const root = node('', false, -Infinity, Infinity);
    const stack = [root];
    for (const i of rows) {
      const start = slices.startNs[i] as number;
      const end = slices.endNs[i] as number;
      while (start >= (stack.at(-1) as Node).endNs) stack.pop();
      const parent = stack.at(-1) as Node;
      if (isCall(i)) {
        const around = stack.findLast((open) => end <= open.endNs) as Node;
        around.own.runtimeNs += end - start;
        const work = deviceOf.get(i);
        if (work) {
          around.own.deviceNs += work.deviceNs;
          around.own.kernelNs += work.kernelNs;
          around.own.tensorNs += work.tensorNs;
        }
      } else if (end <= parent.endNs) {
        const name = trace.strings[slices.name[i] as number] as string;
        const child = node(
          name,
          trace.tracks[slices.track[i] as number]?.content === 'operators' && isPlainOperator(name),
          start,
          end,
        );
        parent.children.push(child);
        stack.push(child);
      }
    }
    return root;
  });
}

function node(name: string, isOperator: boolean, startNs: number, endNs: number): Node {
  return {
    name,
    isOperator,
    startNs,
    endNs,
    children: [],
    own: nothing(),
    eligible: TENSOR_CORE_OPERATORS.has(name),
    eligibleBelow: false,
    deviceTotal: -1,
    tensorTotal: 0,
  };
}

function isPlainOperator(name: string): boolean {
  return !isStepMark(name) && !isDataLoader(name) && !name.startsWith('Optimizer.') && !WRAPPERS.has(name);
}

/** GPU time that each runtime call launched. */
function deviceWork(trace: Trace): Map<number, Own> {
  const { flows, dispatches, slices, launches } = trace.tables;
  const launch = trace.strings.indexOf('launch');
  const works = new Map<number, Own>();
  const tensorCores = trace.kernels.map(({ name }) => usesTensorCores(name));
  for (let i = 0; i < flows.length; i++) {
    if (flows.name[i] !== launch) continue;
    const call = flows.from[i] as number;
    let work = works.get(call);
    if (!work) works.set(call, (work = nothing()));
    const row = flows.to[i] as number;
    if (FLOW_ENDS[flows.toEnd[i] as number] === 'dispatches') {
      const ns = (dispatches.endNs[row] as number) - (dispatches.startNs[row] as number);
      work.deviceNs += ns;
      work.kernelNs += ns;
      if (tensorCores[launches.kernel[dispatches.launch[row] as number] as number]) work.tensorNs += ns;
    } else if (copyRole(trace.strings[slices.name[row] as number] as string))
      work.deviceNs += (slices.endNs[row] as number) - (slices.startNs[row] as number);
  }
  return works;
}

/** An operator whose only child has its name is one with it, as PyTorch's own profiler counts. */
function merge(root: Node): void {
  const stack = [root];
  for (let next = stack.pop(); next; next = stack.pop()) {
    while (next.children.length === 1 && next.isOperator) {
      const child = next.children[0] as Node;
      if (child.name !== next.name || !child.isOperator) break;
      next.children = child.children;
      next.own = child.own;
    }
    stack.push(...next.children);
  }
}

/** Sums up the trees from the leaves. Depth is the script's, so no recursion. */
function total(root: Node): void {
  const order: Node[] = [];
  const stack = [root];
  for (let next = stack.pop(); next; next = stack.pop()) {
    order.push(next);
    stack.push(...next.children);
  }
  for (const next of order.reverse()) {
    next.deviceTotal = next.own.deviceNs;
    next.tensorTotal = next.own.tensorNs;
    for (const child of next.children) {
      next.deviceTotal += child.deviceTotal;
      next.tensorTotal += child.tensorTotal;
      if (child.eligible || child.eligibleBelow) next.eligibleBelow = true;
      if (next.isOperator && child.eligible) next.eligible = true;
    }
    if (next.isOperator && next.own.tensorNs > 0) next.eligible = true;
  }
}

function hostSelf(of: Node): number {
  return of.children.reduce(
    (rest, child) => rest - (child.endNs - child.startNs),
    of.endNs - of.startNs - of.own.runtimeNs,
  );
}

function table(nodes: readonly Node[]): OperatorStats[] {
  const rows = new Map<
    string,
    {
      calls: number;
      launchingCalls: number;
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
          deviceSelf: 0,
          deviceTotal: 0,
          hostSelf: 0,
          hostTotal: 0,
          kernelSelf: 0,
          tensorSelf: 0,
          tensorTotal: 0,
          eligible: of.eligible,
        }),
      );
    row.calls++;
    if (of.own.deviceNs > 0) row.launchingCalls++;
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
function eligibleShare(nodes: readonly Node[]): number {
  let eligible = 0;
  let all = 0;
  for (const of of nodes) {
    if (of.isOperator) all += of.own.kernelNs;
    if (of.eligible && !of.eligibleBelow) eligible += of.own.kernelNs;
  }
  return all > 0 ? eligible / all : NaN;
}
