/**
 * S27: raise the batch. Speaks when the step has a part that more rows would share: reached throughput under 90 % of
 * the model's highest, and the memory for more. Thresholds: docs/rules.md.
 */
import { formatBytes, formatNs, formatShare } from '../../base/format.ts';
import {
  memoryLimit,
  memoryOfTrace,
  modelOfTrace,
  peakBytes,
  reached,
  stepNs,
  throughput,
} from '../batch-model.ts';
import type { MemoryLine, TraceModel } from '../batch-model.ts';
import { batchCaution } from '../batch-caution.ts';
import type { Facts } from '../facts.ts';
import { refineBatch } from '../refine-batch.ts';
import type { Rule } from '../rule.ts';
import type { BatchPoint, Evidence, Suggestion } from '../suggestion.ts';

/** Enough of the highest throughput; beyond it a larger batch costs memory and convergence for little. */
const REACHED = 0.9;
/** Steps of the search, and how far one trace may be extrapolated. */
const FACTORS = [2, 4, 8] as const;
const MEMORY_SHARE = 0.9;
const WORTH = 1.1;
/** Even the prudent model must see a gain: a rule is silent rather than vague. */
const WORTH_LOW = 1.04;

export const batchSize: Rule = {
  id: 'batch-size',
  title: 'Raise the batch size',
  keepsResults: false,
  // Both would change the same literal; this one's gain is the larger.
  hides: () => ['wave-filling'],
  inspect(facts, source) {
    const batch = facts.steps.samplesPerStep;
    const model = modelOfTrace(facts);
    if (!model || !Number.isInteger(batch)) return [];
    const memory = memoryOfTrace(facts);
    const target = chooseBatch(facts, model, memory, batch);
    if (target === null) return [];
    const gain = (line: TraceModel['middle']): number => throughput(line, target) / throughput(line, batch);
    const [low, speedup, high] = [gain(model.low), gain(model.middle), gain(model.high)];
    if (speedup < WORTH || low < WORTH_LOW) return [];
    const literal = source.batchSize(batch);
    const suggestion: Suggestion = {
      id: `batch-size:${facts.trace.meta.script}`,
      rule: 'batch-size',
      title: `Raise the batch from ${batch} to ${target}`,
      at: literal.ok ? literal.value.at : null,
      evidence: evidence(facts, model, memory, batch, target),
      edit: literal.ok ? literal.value.edit(target) : null,
      ...(literal.ok ? {} : { advice: `Set the batch size to ${target} by hand: ${literal.error}.` }),
      caution: batchCaution({ from: batch, to: target }),
      predicted: {
        speedup,
        low: Math.min(low, speedup),
        high: Math.max(high, speedup),
        memory: peakBytes(memory, target) / peakBytes(memory, batch),
        formula:
          `(${target}/${batch}) x ${formatNs(stepNs(model.middle, batch))} / ${formatNs(stepNs(model.middle, target))}, ` +
          `step = ${formatNs(model.middle.fixedNs)} + ${formatNs(model.middle.perSampleNs)} x batch`,
      },
      verdict: null,
      curve: curve(facts, model, memory, batch, target),
    };
    return [suggestion];
  },
  refine: refineBatch,
  checkTrial(before, after) {
    return before.samplesPerStep === after.samplesPerStep
      ? `the edit did not change the rows of a step (${before.samplesPerStep})`
      : null;
  },
};

/** The smallest factor that reaches enough, within the memory and the largest binding; null when this batch is enough. */
function chooseBatch(facts: Facts, model: TraceModel, memory: MemoryLine, batch: number): number | null {
  if (reached(model.middle, batch) >= REACHED) return null;
  const limit = memoryLimit(facts);
  const binding = facts.trace.meta.adapter?.limits['maxStorageBufferBindingSize'] ?? Infinity;
  const fits = (b: number): boolean =>
    (limit === null || peakBytes(memory, b) <= MEMORY_SHARE * limit) &&
    memory.largestPerSample * b <= binding;
  const possible = FACTORS.map((factor) => factor * batch).filter(fits);
  return possible.find((b) => reached(model.middle, b) >= REACHED) ?? possible.at(-1) ?? null;
}

function evidence(
  facts: Facts,
  model: TraceModel,
  memory: MemoryLine,
  batch: number,
  target: number,
): Evidence[] {
  const { steps } = facts;
  const { parts, middle } = model;
  const list: Evidence[] = [
    {
      text:
        `Of a step of ${formatNs(model.durationNs)}, ${formatNs(middle.fixedNs)} (${formatShare(middle.fixedNs / model.durationNs)}) ` +
        `does not grow with the batch: GPU idle ${formatNs(parts.idleNs)}, optimizer ${formatNs(parts.optimizerNs)}, ` +
        `start-up of kernels ${formatNs(parts.startNs)}, weights' traffic up to ${formatNs(parts.weightsNs)}`,
      basis: 'estimated',
      value: middle.fixedNs / model.durationNs,
      unit: 'share',
    },
    {
      text: `The GPU is busy ${formatShare(steps.gpuBusyShare)} of a timed step`,
      basis: 'measured',
      value: steps.gpuBusyShare,
      unit: 'share',
    },
  ];
  const small = facts.stepLaunches.filter((l) => (facts.occupancies[l.launch]?.fill ?? 1) < 1).length;
  if (small > 0)
    list.push({
      text: `${small} of ${facts.stepLaunches.length} launches of a step have fewer workgroups than the device has units`,
      basis: 'computed',
      value: small,
      unit: 'launches',
    });
  const limit = memoryLimit(facts);
  const [before, after] = [peakBytes(memory, batch), peakBytes(memory, target)].map((bytes) => formatBytes(bytes)); // prettier-ignore
  list.push({
    text:
      limit === null
        ? `Peak memory would grow from ${before} to about ${after}`
        : `Peak memory would grow from ${before} to about ${after} of ${formatBytes(limit)}`,
    basis: 'estimated',
    value: peakBytes(memory, target),
    unit: 'bytes',
  });
  return list;
}

function curve(
  facts: Facts,
  model: TraceModel,
  memory: MemoryLine,
  batch: number,
  target: number,
): BatchPoint[] {
  const points: BatchPoint[] = [];
  for (let b = Math.max(1, batch / 4); b <= Math.max(target * 4, batch * 16); b *= 2)
    points.push({
      batch: b,
      samplesPerSecond: b === batch ? facts.steps.samplesPerSecond : throughput(model.middle, b),
      peakBytes: b === batch ? facts.memory.bytes : peakBytes(memory, b),
      basis: b === batch ? 'measured' : 'estimated',
    });
  return points.filter((point) => Number.isInteger(point.batch));
}
