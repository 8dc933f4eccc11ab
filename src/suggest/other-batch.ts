/** The same suggestion at another batch that a person chose on its curve: another number in the edit, another prediction. */
import { batchCaution } from './batch-caution.ts';
import type { BatchPoint, Edit, Suggestion } from './suggestion.ts';

/** The same edit with another batch: a literal's new text is the number, an inserted option holds it. */
export function editTo(edit: Edit, batch: number): Edit {
  return { ...edit, newText: edit.newText.replace(/\d+/, String(batch)) };
}

/** The batch an edit writes; NaN where it holds no number. */
export function batchOf({ newText }: Edit): number {
  return Number(/\d+/.exec(newText)?.[0]);
}

/** The batch that the script has now: the smallest that was measured. */
export function presentBatch(curve: readonly BatchPoint[]): number | null {
  const measured = curve.filter((point) => point.basis === 'measured').map((point) => point.batch);
  return measured.length > 0 ? Math.min(...measured) : null;
}

/** Throughput and memory between the points of a curve, linear over doublings of the batch; beyond its ends those of the ends. */
export function curveAt(curve: readonly BatchPoint[], batch: number): BatchPoint {
  const sorted = [...curve].sort((a, b) => a.batch - b.batch);
  const next = sorted.findIndex((point) => point.batch >= batch);
  const above = sorted[next < 0 ? sorted.length - 1 : next] as BatchPoint;
  const below = sorted[next <= 0 ? (next < 0 ? sorted.length - 1 : 0) : next - 1] as BatchPoint;
  if (above.batch === below.batch) return { ...above, batch };
  const share = Math.log2(batch / below.batch) / Math.log2(above.batch / below.batch);
  const between = (a: number, b: number): number => a + (b - a) * share;
  return {
    batch,
    samplesPerSecond: between(below.samplesPerSecond, above.samplesPerSecond),
    peakBytes: between(below.peakBytes, above.peakBytes),
    basis: above.batch === batch ? above.basis : 'estimated',
  };
}

/** The suggestion with another batch; as it is where it has no edit or no curve to go by. */
export function withBatch(suggestion: Suggestion, batch: number): Suggestion {
  const { edit, curve, predicted } = suggestion;
  const present = curve ? presentBatch(curve) : null;
  if (!edit || !curve || present === null || batchOf(edit) === batch) return suggestion;
  const speed = (at: number): number => curveAt(curve, at).samplesPerSecond;
  const speedup = speed(batch) / speed(present);
  // The range is as wide, as a share, as that of the batch which was proposed.
  const [low, high] = [predicted.low / predicted.speedup, predicted.high / predicted.speedup];
  return {
    ...suggestion,
    title: `Set the batch from ${present} to ${batch}`,
    edit: editTo(edit, batch),
    caution: batchCaution({ from: present, to: batch, speedup }),
    predicted: {
      speedup,
      low: speedup * low,
      high: speedup * high,
      memory: curveAt(curve, batch).peakBytes / curveAt(curve, present).peakBytes,
    },
    verdict: null,
  };
}
