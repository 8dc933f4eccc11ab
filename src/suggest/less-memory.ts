/** Ways to need less memory and train alike: what they free, what they cost, and what to write. */
import { checkpointPlan } from '../analysis/checkpoint-plan.ts';
import { formatBytes, formatNs, formatShare } from '../base/format.ts';
import { memoryOfTrace, modelOfTrace, peakBytes, stepNs } from './batch-model.ts';
import type { Facts } from './facts.ts';
import type { Evidence } from './suggestion.ts';

/** The loop that makes one update of `batch` rows from `parts` smaller batches: the gradients of means are averaged. */
export function accumulationSnippet(batch: number, parts: number): string {
  return [
    `const parts = ${parts}; // batches of ${Math.ceil(batch / parts)} rows, one update of ${batch}`,
    `const loader = new data.DataLoader(train, { batchSize: ${Math.ceil(batch / parts)}, shuffle: true });`,
    'let part = 0;',
    'for await (const [x, y] of loader) {',
    '  const loss = criterion.forward(model.forward(x), y);',
    '  loss.div(parts).backward();',
    '  if (++part % parts !== 0) continue;',
    '  optimizer.step();',
    '  optimizer.zeroGrad();',
    '}',
  ].join('\n');
}

/** Gradient accumulation in two halves: the memory of half a batch, the update of the whole one. */
export function accumulationEvidence(facts: Facts): Evidence[] {
  const batch = facts.steps.samplesPerStep;
  const model = modelOfTrace(facts);
  if (!model || !Number.isInteger(batch) || batch < 2) return [];
  const memory = memoryOfTrace(facts);
  const half = Math.ceil(batch / 2);
  const bytes = memory.fixedBytes + memory.perSampleBytes * half;
  const { optimizerNs } = model.parts;
  // The forward and backward pass run twice, the update once.
  const more = (2 * stepNs(model.middle, half) - optimizerNs) / stepNs(model.middle, batch) - 1;
  return [
    {
      text:
        `Two batches of ${half} accumulated to one update of ${batch} train alike (but for batch normalization): peak about ${formatBytes(bytes)} ` +
        `instead of ${formatBytes(peakBytes(memory, batch))}, about ${formatShare(Math.max(0, more))} more time`,
      basis: 'estimated',
      value: bytes,
      unit: 'bytes',
    },
  ];
}

const SHOWN = 4;

/** Checkpointing of the model's blocks; none where it has no blocks. */
export function checkpointEvidence(facts: Facts): Evidence[] {
  const plan = checkpointPlan(facts.layers);
  const duration = facts.steps.durationNs.median;
  if (!plan || plan.freedBytes <= 0 || !(duration > 0)) return [];
  const named = plan.blocks.slice(0, SHOWN).map(({ path }) => path);
  const rest = plan.blocks.length - named.length;
  return [
    {
      text:
        `Checkpointing ${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''} frees about ${formatBytes(plan.freedBytes)} of activations ` +
        `for ${formatNs(plan.costNs)} more a step (${formatShare(plan.costNs / duration)}); the result is the same`,
      basis: 'estimated',
      value: plan.freedBytes,
      unit: 'bytes',
    },
  ];
}

export const CHECKPOINT_SNIPPET =
  'for (const block of this.blocks) x = checkpoint((x) => block.forward(x), x);';
