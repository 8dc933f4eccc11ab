/** Before a larger batch is proved, the curve is measured at 1x, 2x and 4x, and the batch is chosen from it, not from one trace. */
import { formatBytes, formatNs, formatShare } from '../base/format.ts';
import type { NoiseScale } from '../analysis/gradient-noise.ts';
import { batchCaution, noiseText } from './batch-caution.ts';
import type { BatchFit, MeasuredBatch } from './batch-fit.ts';
import { fitBatches, fittedDoubt, fittedPeakBytes, fittedReached, fittedStepNs } from './batch-fit.ts';
import type { BatchMemory } from './batch-memory.ts';
import { batchMemory, memoryEvidence } from './batch-memory.ts';
import { accumulationSnippet } from './less-memory.ts';
import type { RefineOptions } from './measure-batches.ts';
import { kernelWorkOf, measureBatches, noiseOf } from './measure-batches.ts';
import { editTo } from './other-batch.ts';
import type { BatchPoint, Evidence, Suggestion, Trials } from './suggestion.ts';

const REACHED = 0.9;
/** A batch is proposed at most so far beyond the largest one measured. */
const BEYOND = 2;

/**
 * The smallest doubling that reaches enough; the largest allowed one when none does; null when the batch as it is does. `room`: the
 * largest batch that runs and fits.
 */
function choose(fit: BatchFit, base: number, largest: number, room: number): number | null {
  if (fittedReached(fit, base) >= REACHED || fit.kind === 'superlinear' || !(fit.perWorkNs > 0)) return null;
  const most = Math.min(room, BEYOND * largest);
  let batch = 2 * base;
  while (batch * 2 <= most && fittedReached(fit, batch) < REACHED) batch *= 2;
  return batch <= most ? batch : null;
}

function workOf({ basis, perWorkNs }: BatchFit): string {
  if (basis === 'rows') return `${formatNs(perWorkNs, 3)} x batch`;
  const share = perWorkNs.toFixed(2);
  return basis === 'kernels'
    ? `${share} x the kernels' time`
    : `${share} x the kernels' time, each in whole rounds of workgroups`;
}

function formulaOf(fit: BatchFit): string {
  return `step = ${formatNs(fit.fixedNs, 3)} + ${workOf(fit)}`;
}

function evidenceOf(
  fit: BatchFit,
  measured: readonly MeasuredBatch[],
  limit: string | null,
  memory: BatchMemory | null,
  noise: NoiseScale | null,
): Evidence[] {
  const points = measured
    .map((p) => `${p.batch}: ${formatNs(p.stepNs, 3)}, ${formatBytes(p.peakBytes)}`)
    .join('; ');
  return [
    { text: `Measured batches (step, peak): ${points}`, basis: 'measured' },
    {
      text:
        `${formulaOf(fit)}, peak = ${formatBytes(fit.fixedBytes)} + ${formatBytes(Math.round(fit.perSampleBytes))} x batch` +
        (Number.isFinite(fit.residual) ? `, residual ${formatShare(fit.residual)}` : '') +
        (fit.kind === 'hinge' ? '; smaller batches take as long as larger ones' : ''),
      basis: 'computed',
    },
    ...(limit === null ? [] : [{ text: limit, basis: 'measured' as const }]),
    ...(memory === null ? [] : memoryEvidence(memory)),
    ...(noise === null
      ? []
      : [{ text: noiseText(noise), basis: 'measured' as const, value: noise.rows, unit: 'rows' }]),
  ];
}

function curveOf(fit: BatchFit, measured: readonly MeasuredBatch[], target: number): BatchPoint[] {
  const points: BatchPoint[] = measured.map((p) => ({
    batch: p.batch,
    samplesPerSecond: (p.batch / p.stepNs) * 1e9,
    peakBytes: p.peakBytes,
    basis: 'measured',
  }));
  const last = measured.at(-1) as MeasuredBatch;
  for (let batch = 2 * last.batch; batch <= 4 * Math.max(last.batch, target); batch *= 2)
    points.push({
      batch,
      samplesPerSecond: (batch / fittedStepNs(fit, batch)) * 1e9,
      peakBytes: fittedPeakBytes(fit, batch),
      basis: 'estimated',
    });
  return points;
}

/** What to write where the memory ends before the throughput does. */
function beyondRoom(batch: number): string {
  const snippet = accumulationSnippet(2 * batch, 2).replace(/^/gm, '  ');
  return `A larger batch does not fit. The updates of a batch of ${2 * batch} at this memory, without more speed:\n${snippet}`;
}

/** Two points leave no residual to judge by. */
const NO_RESIDUAL = 0.2;
const LEAST_DOUBT = 0.05;

/** Share by which the gain may be off, 80 %: of the step at the new batch, and of the machine between two runs. */
function gainDoubt(fit: BatchFit, target: number): number {
  const doubt = fittedDoubt(fit, target);
  return Math.max(LEAST_DOUBT, Number.isFinite(doubt) ? doubt : NO_RESIDUAL);
}

/**
 * The suggestion with the measured curve, its prediction and its edit from it. Null when the curve shows that the batch as it is
 * reaches enough already. Throws when the unedited script fails.
 */
export async function refineBatch(
  suggestion: Suggestion,
  trials: Trials,
  options: RefineOptions = {},
): Promise<Suggestion | null> {
  const { edit } = suggestion;
  if (!edit) return suggestion;
  const { measured, memory: memories, limit } = await measureBatches(edit, trials, options);
  const base = (measured[0] as MeasuredBatch).batch;
  const reachedRows =
    measured.length > 1 && measured.every((p, i) => i === 0 || p.batch !== measured[0]?.batch);
  if (!reachedRows) return suggestion;
  const fit = fitBatches(measured, (await kernelWorkOf(edit, measured, trials, options)) ?? undefined);
  const memory = batchMemory(memories);
  const largest = Math.max(...measured.map((p) => p.batch));
  const room = Math.min(limit === null ? Infinity : largest, memory?.largest?.batch ?? Infinity);
  const target = choose(fit, base, largest, room);
  if (target === null) return null;
  const gain = target / fittedStepNs(fit, target) / (base / (measured[0] as MeasuredBatch).stepNs);
  const doubt = gainDoubt(fit, target);
  const noise = await noiseOf(trials, options);
  return {
    ...suggestion,
    title: `Raise the batch from ${base} to ${target}`,
    edit: editTo(edit, target),
    ...(Number.isFinite(room) && fittedReached(fit, target) < REACHED ? { advice: beyondRoom(target) } : {}),
    caution: batchCaution({ from: base, to: target, speedup: gain, noise }),
    evidence: [
      ...evidenceOf(fit, measured, limit, memory, noise),
      ...suggestion.evidence.filter((e) => e.basis === 'measured'),
    ],
    predicted: {
      speedup: gain,
      low: gain / (1 + doubt),
      high: gain * (1 + doubt),
      memory: fittedPeakBytes(fit, target) / (measured[0] as MeasuredBatch).peakBytes,
      formula: `(${target}/${base}) x ${formatNs((measured[0] as MeasuredBatch).stepNs, 3)} / ${formatNs(fittedStepNs(fit, target), 3)}`,
    },
    curve: curveOf(fit, measured, target),
  };
}
