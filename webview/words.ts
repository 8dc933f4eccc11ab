/** What stands out, in plain words. One sentence at most, and none rather than a vague one. */
import { IDLE_CAUSES } from '../src/analysis/idle.ts';
import type { IdleCause } from '../src/analysis/idle.ts';
import { gpuAgainstCpu } from '../src/analysis/gpu-against-cpu.ts';
import { formatNs, formatShare } from '../src/base/format.ts';
import { TRANSFER_KINDS } from '../src/trace/model.ts';
import type { Trace } from '../src/trace/model.ts';
import type { Facts } from './facts.ts';
import { shortKernel } from './kernel-name.ts';

const CAUSE: Readonly<Record<IdleCause, string>> = {
  readback: 'the GPU waits while a result is read back',
  compile: 'the GPU waits for shaders to compile',
  upload: 'the GPU waits for data to be uploaded',
  data: 'the GPU waits for the next batch',
  launch: 'goes into gaps between kernel launches',
  host: 'the GPU waits for the script',
};

/** Below this share of a step, waiting is no news. */
const NOTABLE_IDLE = 0.12;
const NOTABLE_KERNEL = 0.4;

export function whatStandsOut(facts: Facts): string | null {
  const idle = facts.idle();
  if (idle.windowNs > 0) {
    const cause = [...IDLE_CAUSES].sort((a, b) => idle.byCause[b] - idle.byCause[a])[0] ?? 'host';
    const share = idle.byCause[cause] / idle.windowNs;
    if (share >= NOTABLE_IDLE)
      return `${formatShare(share)} of a step ${CAUSE[cause]}${lineOf(facts, cause)}.`;
  }
  const top = facts.kernels()[0];
  if (top && top.share >= NOTABLE_KERNEL)
    return `${formatShare(top.share)} of the GPU time is one kernel: ${shortKernel(top.name)}.`;
  const busy = busyShare(facts);
  return Number.isFinite(busy)
    ? `The GPU is busy ${formatShare(busy)} of a step; no single cause stands out.`
    : null;
}

/** Share of all timed steps in which kernels ran: the counterpart of the idle split. */
export function busyShare(facts: Facts): number {
  const { busyNs, windowNs } = facts.idle();
  return windowNs > 0 ? busyNs / windowNs : facts.steps().gpuBusyShare;
}

/** ` (line 47)` where the waiting has one line. */
function lineOf(facts: Facts, cause: IdleCause): string {
  const { transfers } = facts.trace.tables;
  const kind = TRANSFER_KINDS.indexOf(cause === 'readback' ? 'readback' : 'upload');
  if (cause !== 'readback' && cause !== 'upload') return '';
  for (let i = 0; i < transfers.length; i++) {
    const location = facts.trace.locations[transfers.location[i] as number];
    if (transfers.kind[i] === kind && location) return ` (line ${location.line})`;
  }
  return '';
}

/** Whether the GPU pays against the processor, where both ran this script; null where that was not measured. */
export function doesTheGpuPay(trace: Trace, baseline: Trace | null): string | null {
  const known = baseline && gpuAgainstCpu(trace, baseline);
  if (!known) return null;
  const { ratio, low, high } = known.ratio;
  const times = `${formatNs(known.cpuNs)} a step on the processor, ${formatNs(known.gpuNs)} on the GPU, both measured`;
  if (low > 1) return `The GPU pays: ${ratio.toPrecision(2)} × as fast as the processor (${times}).`;
  if (high < 1) return `This model is too small for a GPU to pay: ${times}.`;
  return `Whether the GPU pays is not certain: ${times}.`;
}

/** Whether the GPU is what limits a step, in one sentence, for people who never used a profiler. */
export function isGpuTheLimit(facts: Facts): { readonly answer: string; readonly why: string } {
  const busy = busyShare(facts);
  if (!Number.isFinite(busy)) return { answer: 'Not known', why: 'No step of this trace has timed kernels.' };
  const software = facts.trace.meta.adapter?.software;
  if (busy >= 0.8)
    return {
      answer: 'Yes',
      why: software
        ? 'The kernels fill the step, but they run on the processor here: on a real GPU the answer may differ.'
        : 'The kernels fill the step: make them fewer, smaller or better shaped.',
    };
  const idle = facts.idle();
  const cause = [...IDLE_CAUSES].sort((a, b) => idle.byCause[b] - idle.byCause[a])[0] ?? 'host';
  const share = idle.windowNs > 0 ? idle.byCause[cause] / idle.windowNs : NaN;
  const why = `${formatShare(share)} of a step ${CAUSE[cause]}${lineOf(facts, cause)}.`;
  return { answer: busy >= 0.5 ? 'Partly' : 'No', why };
}
