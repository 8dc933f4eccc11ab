/** All rules, and what they say about a trace. */
import type { Trace } from '../../trace/model.ts';
import { Facts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import type { SourceFinder } from '../source-finder.ts';
import type { Suggestion } from '../suggestion.ts';
import { batchSize } from './batch-size.ts';
import { belowRoofline } from './below-roofline.ts';
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
import { optimizerPerParameter } from './optimizer-per-parameter.ts';
import { pipelineRecompiles } from './pipeline-recompiles.ts';
import { raggedWorkgroup } from './ragged-workgroup.ts';
import { smallGrid } from './small-grid.ts';
import { submitPerOp } from './submit-per-op.ts';
import { tailEffect } from './tail-effect.ts';
import { tinyWorkgroup } from './tiny-workgroup.ts';
import { transposes } from './transposes.ts';
import { unfusedChain } from './unfused-chain.ts';
import { unstableTimings } from './unstable-timings.ts';
import { uploadBound } from './upload-bound.ts';
import { workgroupMemory } from './workgroup-memory.ts';

export const RULES: readonly Rule[] = [
  batchSize,
  layout,
  inputBound,
  hostBound,
  launchBound,
  lossReadback,
  mapStall,
  submitPerOp,
  smallGrid,
  lowWaves,
  tailEffect,
  optimizerPerParameter,
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
  unfusedChain,
  halfPrecision,
  deadOutput,
  unstableTimings,
];

/** The rule a suggestion came from. */
export function ruleOf(suggestion: Suggestion): Rule | undefined {
  return RULES.find((rule) => rule.id === suggestion.rule);
}

/** What the rules say, largest predicted gain first; a rule that another one hides is left out. */
export function suggestionsFor(
  trace: Trace,
  source: SourceFinder,
  rules: readonly Rule[] = RULES,
): Suggestion[] {
  const facts = new Facts(trace);
  const spoken = rules
    .map((rule) => ({ rule, said: rule.inspect(facts, source) }))
    .filter(({ said }) => said.length > 0);
  const hidden = new Set(spoken.flatMap(({ rule }) => rule.hides?.(facts) ?? []));
  return spoken
    .filter(({ rule }) => !hidden.has(rule.id))
    .flatMap(({ said }) => said)
    .sort((a, b) => b.predicted.speedup - a.predicted.speedup);
}
