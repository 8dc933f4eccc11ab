import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkpointPlan } from '../../src/analysis/checkpoint-plan.ts';
import type { LayerCost, LayerCosts } from '../../src/analysis/layers.ts';
import { memoryForecast, memoryWarning } from '../../src/analysis/memory-forecast.ts';
import { Facts } from '../../src/suggest/facts.ts';
import {
  accumulationEvidence,
  accumulationSnippet,
  checkpointEvidence,
} from '../../src/suggest/less-memory.ts';
import { RTX_4090, sampleTrace } from '../support/sample-trace.ts';

const onGpu = { ...RTX_4090, memoryBytes: 1e9 };

test('a leak says after how many steps the device is full, and from which line', () => {
  const forecast = memoryForecast(sampleTrace({ steps: 30, leakBytes: 1e6, adapter: onGpu }));
  assert.ok(forecast?.at);
  assert.ok(Math.abs(forecast.perStepBytes / 1e6 - 1) < 0.01, String(forecast.perStepBytes));
  const left = (1e9 - forecast.usedBytes) / 1e6;
  assert.ok(Math.abs(forecast.stepsLeft - left) <= 1, `${forecast.stepsLeft} of ${left}`);
  const text = memoryWarning(sampleTrace({ steps: 30, leakBytes: 1e6, adapter: onGpu })) ?? '';
  assert.match(
    text,
    /Memory grows by 1\.00 MB a step: 1\.00 GB are full after \d+ more steps, in about .* \(.*:\d+\)/,
  );
});

test('memory that comes and goes, or grows once, is no trend; an unknown device has no end', () => {
  assert.equal(memoryForecast(sampleTrace({ steps: 30, churn: 4, adapter: onGpu })), null);
  assert.equal(memoryForecast(sampleTrace({ steps: 4, leakBytes: 1e6, adapter: onGpu })), null);
  assert.equal(
    memoryForecast(sampleTrace({ steps: 30, leakBytes: 1e6, adapter: { ...onGpu, memoryBytes: null } })),
    null,
  );
});

/** A layer of a made-up model; activations and forward time with everything below. */
function cost(
  layer: number,
  parent: number,
  path: string,
  mb: number,
  forwardNs: number,
  ownMb = mb,
): LayerCost {
  const bytes = (activation: number) => ({ activation: activation * 1e6 }) as LayerCost['totalBytes'];
  const times = { forwardNs, backwardNs: 0, optimizerNs: 0, totalNs: forwardNs };
  return { layer, parent, path, totalBytes: bytes(mb), ownBytes: bytes(ownMb), total: times } as LayerCost;
}

test('blocks are checkpointed, not leaves nor the whole model; the largest is back in memory at the peak', () => {
  const layers = [
    cost(0, -1, 'model', 26, 100, 0),
    cost(1, 0, 'blocks', 24, 90, 0),
    ...[0, 1, 2].flatMap((b) => [
      cost(2 + 3 * b, 1, `blocks.${b}`, 8, 30, 0),
      cost(3 + 3 * b, 2 + 3 * b, `blocks.${b}.expand`, 6, 20),
      cost(4 + 3 * b, 2 + 3 * b, `blocks.${b}.contract`, 2, 10),
    ]),
    cost(11, 0, 'head', 2, 10),
  ];
  const plan = checkpointPlan({ layers } as unknown as LayerCosts);
  assert.deepEqual(plan?.blocks.map((block) => block.path), ['blocks.0', 'blocks.1', 'blocks.2']); // prettier-ignore
  assert.equal(plan.freedBytes, 12e6);
  assert.equal(plan.costNs, 90);
  assert.equal(checkpointPlan({ layers: layers.slice(-1) } as unknown as LayerCosts), null);
});

test('accumulating halves trains alike, for a stated memory and time', () => {
  const facts = new Facts(sampleTrace({ batch: 256, network: 'cnn', steps: 20 }));
  const [evidence] = accumulationEvidence(facts);
  assert.match(evidence?.text ?? '', /Two batches of 128 accumulated to one update of 256 train alike/);
  assert.ok((evidence?.value ?? 0) < facts.memory.bytes);
  assert.match(accumulationSnippet(256, 4), /batchSize: 64/);
  assert.deepEqual(checkpointEvidence(new Facts(sampleTrace({ steps: 0 }))), []);
});
