/**
 * Operators of an imported trace as trees, one a thread, by nesting in time. Runtime calls and the GPU work they launched
 * are booked to the innermost slice around them.
 */
import { FLOW_ENDS } from '../../trace/model.ts';
import type { Trace } from '../../trace/model.ts';
import { usesTensorCores } from './gpu-metrics.ts';
import type { TrackRoles } from './roles.ts';
import { isDataLoader, isStepMark, trackRoles } from './roles.ts';

/** Operators with an implementation for tensor cores (the plug-in's list). */
const TENSOR_CORE_OPERATORS = new Set(['aten::_convolution', 'aten::_convolution_nogroup', 'aten::conv1d', 'aten::conv2d', 'aten::conv3d', 'aten::conv_tbc', 'aten::conv_transpose1d', 'aten::conv_transpose2d', 'aten::conv_transpose3d', 'aten::convolution', 'aten::cudnn_convolution', 'aten::cudnn_convolution_transpose', 'aten::prelu', 'aten::addmm', 'aten::addmv', 'aten::addr', 'aten::matmul', 'aten::mm', 'aten::mv', 'aten::linear', 'aten::addbmm', 'aten::baddbmm', 'aten::bmm', 'aten::chain_matmul', 'aten::linalg_multi_dot', 'aten::_thnn_fused_lstm_cell', 'aten::_thnn_fused_gru_cell', 'aten::lstm_cell', 'aten::gru_cell', 'aten::rnn_tanh_cell', 'aten::rnn_relu_cell', 'CudnnConvolutionBackward', 'BmmBackward0', 'aten::cudnn_convolution_transpose_backward', 'CudnnConvolutionTransposeBackward', 'MmBackward', 'aten::cudnn_convolution_backward_weight', 'aten::addmm_', 'AddmvBackward', 'MvBackward', 'aten::cudnn_convolution_transpose_backward_weight', 'aten::cudnn_convolution_transpose_backward_input', 'AddmmBackward', 'aten::cudnn_convolution_backward_input', 'AddbmmBackward', 'aten::cudnn_convolution_backward']); // prettier-ignore

const WRAPPERS = new Set(['DataParallel.forward', 'DistributedDataParallel.forward']);

export interface OperatorNode {
  readonly name: string;
  readonly isOperator: boolean;
  readonly startNs: number;
  readonly endNs: number;
  children: OperatorNode[];
  own: Own;
  eligible: boolean;
  eligibleBelow: boolean;
  /** GPU time launched with no other operator between: also from within annotations inside this one. */
  launchedNs: number;
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

/** One tree a thread, by nesting in time; runtime calls and their GPU work are booked to the innermost slice around them. */
export function operatorTrees(trace: Trace): OperatorNode[] {
  const builder = new TreeBuilder(trace);
  const roots = [...rowsOfThreads(trace, builder.roles).values()].map((rows) => builder.thread(rows));
  builder.settle();
  for (const root of roots) {
    merge(root);
    total(root);
  }
  return roots;
}

/** Operator and runtime slices of each thread: its two tracks differ in what follows the dot. */
function rowsOfThreads({ tables, tracks }: Trace, roles: TrackRoles): Map<string, number[]> {
  const { slices } = tables;
  const threads = new Map<string, number[]>();
  for (let i = 0; i < slices.length; i++) {
    const track = slices.track[i] as number;
    if (!roles.operators.has(track) && !roles.runtime.has(track)) continue;
    const { group = '', name = '' } = tracks[track] ?? {};
    const thread = `${group} ${name.replace(/ · .*$/, '')}`;
    const list = threads.get(thread);
    if (list) list.push(i);
    else threads.set(thread, [i]);
  }
  return threads;
}

class TreeBuilder {
  readonly roles: TrackRoles;
  readonly #trace: Trace;
  readonly #work: Map<number, Own>;
  /** Operator slice of calls that no operator surrounds in time. */
  readonly #adopted: Map<number, number>;
  readonly #nodeOf = new Map<number, OperatorNode>();
  readonly #owed: number[] = [];

  constructor(trace: Trace) {
    this.roles = trackRoles(trace);
    this.#trace = trace;
    this.#work = deviceWork(trace);
    this.#adopted = adoptedCalls(trace);
  }

  thread(rows: number[]): OperatorNode {
    const { slices } = this.#trace.tables;
    const isCall = (i: number): number => Number(this.roles.runtime.has(slices.track[i] as number));
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
      while (start >= (stack.at(-1) as OperatorNode).endNs) stack.pop();
      const parent = stack.at(-1) as OperatorNode;
      if (isCall(i)) {
        if (this.#adopted.has(i)) this.#owed.push(i);
        else {
          this.#book(i, stack.findLast((open) => end <= open.endNs) as OperatorNode);
          const operator = stack.findLast((open) => open.isOperator && end <= open.endNs);
          if (operator) operator.launchedNs += this.#work.get(i)?.deviceNs ?? 0;
        }
      } else if (end <= parent.endNs) {
        const child = this.#operator(i, start, end);
        parent.children.push(child);
        stack.push(child);
      }
    }
    return root;
  }

  /** Books the adopted calls, once all operators are there. */
  settle(): void {
    for (const call of this.#owed) {
      const owner = this.#nodeOf.get(this.#adopted.get(call) as number);
      if (!owner) continue;
      this.#book(call, owner);
      owner.launchedNs += this.#work.get(call)?.deviceNs ?? 0;
    }
  }

  #operator(i: number, start: number, end: number): OperatorNode {
    const { tables, strings, tracks } = this.#trace;
    const name = strings[tables.slices.name[i] as number] as string;
    const isOperator =
      tracks[tables.slices.track[i] as number]?.content === 'operators' && isPlainOperator(name);
    const made = node(name, isOperator, start, end);
    if (this.#adopted.size > 0) this.#nodeOf.set(i, made);
    return made;
  }

  #book(call: number, to: OperatorNode): void {
    const { slices } = this.#trace.tables;
    to.own.runtimeNs += (slices.endNs[call] as number) - (slices.startNs[call] as number);
    const work = this.#work.get(call);
    if (!work) return;
    to.own.deviceNs += work.deviceNs;
    to.own.kernelNs += work.kernelNs;
    to.own.tensorNs += work.tensorNs;
  }
}

function adoptedCalls({ tables: { flows }, strings }: Trace): Map<number, number> {
  const call = strings.indexOf('call');
  const adopted = new Map<number, number>();
  for (let i = 0; i < flows.length; i++)
    if (flows.name[i] === call) adopted.set(flows.to[i] as number, flows.from[i] as number);
  return adopted;
}

function node(name: string, isOperator: boolean, startNs: number, endNs: number): OperatorNode {
  return {
    name,
    isOperator,
    startNs,
    endNs,
    children: [],
    own: nothing(),
    eligible: TENSOR_CORE_OPERATORS.has(name),
    eligibleBelow: false,
    launchedNs: 0,
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
    } else work.deviceNs += (slices.endNs[row] as number) - (slices.startNs[row] as number);
  }
  return works;
}

/** An operator whose only child has its name is one with it, as PyTorch's own profiler counts. */
function merge(root: OperatorNode): void {
  const stack = [root];
  for (let next = stack.pop(); next; next = stack.pop()) {
    while (next.children.length === 1 && next.isOperator) {
      const child = next.children[0] as OperatorNode;
      if (child.name !== next.name || !child.isOperator) break;
      next.children = child.children;
      next.own = child.own;
      next.launchedNs += child.launchedNs;
    }
    for (const child of next.children) stack.push(child);
  }
}

/** Sums up the trees from the leaves. Depth is the script's, so no recursion. */
function total(root: OperatorNode): void {
  const order: OperatorNode[] = [];
  const stack = [root];
  for (let next = stack.pop(); next; next = stack.pop()) {
    order.push(next);
    for (const child of next.children) stack.push(child);
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
