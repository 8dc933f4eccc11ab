/** What stands out, in plain words. One sentence at most, and none rather than a vague one. */
import { IDLE_CAUSES } from '../src/analysis/idle.ts';
import type { IdleCause } from '../src/analysis/idle.ts';
import { gpuAgainstCpu } from '../src/analysis/gpu-against-cpu.ts';
import { formatNs, formatShare } from '../src/base/format.ts';
import { TRANSFER_KINDS } from '../src/trace/model.ts';
import type { Trace } from '../src/trace/model.ts';
import type { Facts } from './facts.ts';
import { shortKernel } from './kernel-name.ts';
import { t } from './translate.ts';

/** `line`: ` (line 47)` where the waiting has one. */
const WAITING: Readonly<Record<IdleCause, (share: string, line: string) => string>> = {
  readback: (share, line) => t('{0} of a step the GPU waits while a result is read back{1}.', share, line),
  compile: (share) => t('{0} of a step the GPU waits for shaders to compile.', share),
  upload: (share, line) => t('{0} of a step the GPU waits for data to be uploaded{1}.', share, line),
  data: (share) => t('{0} of a step the GPU waits for the next batch.', share),
  launch: (share) => t('{0} of a step goes into gaps between kernel launches.', share),
  host: (share) => t('{0} of a step the GPU waits for the script.', share),
};

/** Below this share of a step, waiting is no news. */
const NOTABLE_IDLE = 0.12;
const NOTABLE_KERNEL = 0.4;

export function whatStandsOut(facts: Facts): string | null {
  const idle = facts.idle();
  if (idle.windowNs > 0) {
    const cause = [...IDLE_CAUSES].sort((a, b) => idle.byCause[b] - idle.byCause[a])[0] ?? 'host';
    const share = idle.byCause[cause] / idle.windowNs;
    if (share >= NOTABLE_IDLE) return WAITING[cause](formatShare(share), lineOf(facts, cause));
  }
  const top = facts.kernels()[0];
  if (top && top.share >= NOTABLE_KERNEL)
    return t('{0} of the GPU time is one kernel: {1}.', formatShare(top.share), shortKernel(top.name));
  const busy = facts.steps().gpuBusyShare;
  return Number.isFinite(busy)
    ? t('The GPU is busy {0} of a step; no single cause stands out.', formatShare(busy))
    : null;
}

/** ` (line 47)` where the waiting has one line. */
function lineOf(facts: Facts, cause: IdleCause): string {
  const { transfers } = facts.trace.tables;
  const kind = TRANSFER_KINDS.indexOf(cause === 'readback' ? 'readback' : 'upload');
  if (cause !== 'readback' && cause !== 'upload') return '';
  for (let i = 0; i < transfers.length; i++) {
    const location = facts.trace.locations[transfers.location[i] as number];
    if (transfers.kind[i] === kind && location) return t(' (line {0})', location.line);
  }
  return '';
}

/** Whether the GPU pays against the processor, where both ran this script; null where that was not measured. */
export function doesTheGpuPay(trace: Trace, baseline: Trace | null): string | null {
  if (baseline && trace.meta.adapter?.software && baseline.meta.adapter?.software)
    return t('Both runs were on the CPU: they do not say whether a GPU pays.');
  const known = baseline && gpuAgainstCpu(trace, baseline);
  if (!known) return null;
  const { ratio, low, high } = known.ratio;
  const times = t('{0} a step on the processor, {1} on the GPU, both measured', formatNs(known.cpuNs), formatNs(known.gpuNs)); // prettier-ignore
  if (low > 1) return t('The GPU pays: {0} × as fast as the processor ({1}).', ratio.toPrecision(2), times);
  if (high < 1) return t('This model is too small for a GPU to pay: {0}.', times);
  return t('Whether the GPU pays is not certain: {0}.', times);
}

/** Whether the GPU is what limits a step, in one sentence, for people who never used a profiler. */
export function isGpuTheLimit(facts: Facts): { readonly answer: string; readonly why: string } {
  const busy = facts.steps().gpuBusyShare;
  if (!Number.isFinite(busy))
    return { answer: t('Not known'), why: t('No step of this trace has timed kernels.') };
  const software = facts.trace.meta.adapter?.software;
  if (busy >= 0.8)
    return {
      answer: t('Yes'),
      why: software
        ? t(
            'The kernels fill the step, but they run on the processor here: on a real GPU the answer may differ.',
          )
        : t('The kernels fill the step: make them fewer, smaller or better shaped.'),
    };
  const idle = facts.idle();
  const cause = [...IDLE_CAUSES].sort((a, b) => idle.byCause[b] - idle.byCause[a])[0] ?? 'host';
  const share = idle.windowNs > 0 ? idle.byCause[cause] / idle.windowNs : NaN;
  const why = WAITING[cause](formatShare(share), lineOf(facts, cause));
  return { answer: busy >= 0.5 ? t('Partly') : t('No'), why };
}
