/** All rules, and what they say about a trace. */
import type { Trace } from '../../trace/model.ts';
import { Facts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import type { SourceFinder } from '../source-finder.ts';
import type { Suggestion } from '../suggestion.ts';
import { batchSize } from './batch-size.ts';
import { belowRoofline } from './below-roofline.ts';
import { bindGroupChurn } from './bind-group-churn.ts';
import { bufferChurn } from './buffer-churn.ts';
import { deadOutput } from './dead-output.ts';
import { halfPrecision } from './half-precision.ts';
import { hostBound } from './host-bound.ts';
import { inputBound } from './input-bound.ts';
import { launchBound } from './launch-bound.ts';
import { layout } from './layout.ts';
import { lossReadback } from './loss-readback.ts';
import { lowWaves } from './low-waves.ts';
import { mapStall } from './map-stall.ts';
import { memoryLeak } from './memory-leak.ts';
import { memoryLimitRule } from './memory-limit.ts';
import { nearRoof } from './near-roof.ts';
import { oddSizesRule } from './odd-sizes.ts';
import { optimizerPerParameter } from './optimizer-per-parameter.ts';
import { passSplit } from './pass-split.ts';
import { pipelineRecompiles } from './pipeline-recompiles.ts';
import { raggedWorkgroup } from './ragged-workgroup.ts';
import { smallGrid } from './small-grid.ts';
import { stridedAccess } from './strided-access.ts';
import { submitPerOp } from './submit-per-op.ts';
import { tailEffect } from './tail-effect.ts';
import { tilePadding } from './tile-padding.ts';
import { tinyTensors } from './tiny-tensors.ts';
import { tinyWorkgroup } from './tiny-workgroup.ts';
import { transposes } from './transposes.ts';
import { unfusedChain } from './unfused-chain.ts';
import { unstableTimings } from './unstable-timings.ts';
import { uploadBound } from './upload-bound.ts';
import { vectorLoads } from './vector-loads.ts';
import { vocabularyPadding } from './vocabulary-padding.ts';
import { waveFilling } from './wave-filling.ts';
import { weightOrientation } from './weight-orientation.ts';
import { workgroupMemory } from './workgroup-memory.ts';

export const RULES: readonly Rule[] = [
  unstableTimings,
  batchSize,
  waveFilling,
  layout,
  weightOrientation,
  inputBound,
  hostBound,
  launchBound,
  lossReadback,
  mapStall,
  submitPerOp,
  passSplit,
  bindGroupChurn,
  smallGrid,
  lowWaves,
  tailEffect,
  optimizerPerParameter,
  tinyTensors,
  transposes,
  bufferChurn,
  memoryLeak,
  pipelineRecompiles,
  uploadBound,
  memoryLimitRule,
  raggedWorkgroup,
  tinyWorkgroup,
  workgroupMemory,
  belowRoofline,
  nearRoof,
  stridedAccess,
  vectorLoads,
  tilePadding,
  vocabularyPadding,
  oddSizesRule,
  unfusedChain,
  halfPrecision,
  deadOutput,
];

/** The rule a suggestion came from. */
export function ruleOf(suggestion: Suggestion): Rule | undefined {
  return RULES.find((rule) => rule.id === suggestion.rule);
}

/**
 * What the rules say: how far the figures can be trusted first, then by predicted gain. A rule that another one hides is left out, and
 * that other one says so.
 */
export function suggestionsFor(
  trace: Trace,
  source: SourceFinder,
  rules: readonly Rule[] = RULES,
): Suggestion[] {
  const facts = new Facts(trace);
  const spoken = rules
    .map((rule) => ({ rule, said: rule.inspect(facts, source), hides: rule.hides?.(facts) ?? [] }))
    .filter(({ said }) => said.length > 0);
  const hidden = new Set(spoken.flatMap(({ hides }) => hides));
  return spoken
    .filter(({ rule }) => !hidden.has(rule.id))
    .flatMap(({ rule, said, hides }) => {
      const held = spoken.filter((other) => hides.includes(other.rule.id)).map((other) => other.rule.title);
      return said.map((suggestion) => ({
        rule,
        suggestion: held.length > 0 ? holding(suggestion, held) : suggestion,
      }));
    })
    .sort(
      (a, b) =>
        Number(b.rule.validity ?? false) - Number(a.rule.validity ?? false) ||
        b.suggestion.predicted.speedup - a.suggestion.predicted.speedup,
    )
    .map(({ suggestion }) => suggestion);
}

function holding(suggestion: Suggestion, held: readonly string[]): Suggestion {
  const sentence = `Held back until this is mended, since its figures would mislead: ${held.join('; ')}.`;
  return { ...suggestion, caution: suggestion.caution ? `${suggestion.caution} ${sentence}` : sentence };
}
