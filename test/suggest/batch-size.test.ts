import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceFinder } from '../../src/edit/index.ts';
import { stepStats } from '../../src/analysis/steps.ts';
import { suggestionsFor } from '../../src/suggest/rules/index.ts';
import { batchSize } from '../../src/suggest/rules/batch-size.ts';
import { NO_SOURCE } from '../../src/suggest/source-finder.ts';
import { STEP_FLAGS } from '../../src/trace/model.ts';
import type { Trace } from '../../src/trace/model.ts';
import { RTX_4090, SAMPLE_SCRIPT, SOFTWARE_ADAPTER, sampleTrace } from '../support/sample-trace.ts';

const source = (batch: number): string =>
  `const loader = new data.DataLoader(set, { batchSize: ${batch}, shuffle: true });\n`;
const finder = (batch: number) =>
  sourceFinder({ read: (file) => (file === SAMPLE_SCRIPT ? source(batch) : null) }, SAMPLE_SCRIPT);
const rules = [batchSize];

test('a small batch on a step with fixed costs is raised, and the edit stands on the literal', () => {
  const [suggestion] = suggestionsFor(sampleTrace({ batch: 8 }), finder(8), rules);
  assert.ok(suggestion?.edit);
  assert.equal(suggestion.edit.oldText, '8');
  assert.ok(Number(suggestion.edit.newText) >= 16);
  assert.equal(suggestion.at?.line, 1);
  const { speedup, low, high } = suggestion.predicted;
  assert.ok(low <= speedup && speedup <= high && speedup > 1.1);
  assert.ok(suggestion.evidence.length >= 3 && suggestion.caution);
  assert.equal(suggestion.curve?.filter((point) => point.basis === 'measured').length, 1);
});

test('a batch that fills the device is left alone', () => {
  assert.deepEqual(suggestionsFor(sampleTrace({ batch: 2048, network: 'cnn' }), finder(2048), rules), []);
});

test('what the prediction promises is near what the machine of the sample gives at that batch', () => {
  for (const adapter of [undefined, RTX_4090])
    for (const network of ['mlp', 'cnn'] as const) {
      const options = { network, ...(adapter ? { adapter } : {}) };
      const trace = sampleTrace({ ...options, batch: 8 });
      const [suggestion] = suggestionsFor(trace, finder(8), rules);
      if (!suggestion) continue;
      const after = stepStats(sampleTrace({ ...options, batch: Number(suggestion.edit?.newText) }));
      const obtained = after.samplesPerSecond / stepStats(trace).samplesPerSecond;
      assert.ok(
        obtained >= suggestion.predicted.low * 0.9 && obtained <= suggestion.predicted.high * 1.1,
        `${network}: ${obtained} outside ${suggestion.predicted.low}..${suggestion.predicted.high}`,
      );
    }
});

test('memory limits the batch', () => {
  const roomy = suggestionsFor(sampleTrace({ batch: 8, adapter: RTX_4090 }), finder(8), rules)[0];
  const tight = { ...RTX_4090, memoryBytes: 9.2e6 };
  const cramped = suggestionsFor(sampleTrace({ batch: 8, adapter: tight }), finder(8), rules)[0];
  assert.ok(roomy?.edit);
  assert.ok(!cramped?.edit || Number(cramped.edit.newText) < Number(roomy.edit.newText));
});

test('without the source the suggestion says what to do by hand; without steps there is none', () => {
  const [suggestion] = suggestionsFor(sampleTrace({ batch: 8 }), NO_SOURCE, rules);
  assert.ok(suggestion && suggestion.edit === null && /by hand/.test(suggestion.advice ?? ''));
  assert.deepEqual(suggestionsFor(sampleTrace({ batch: 8, steps: 0 }), finder(8), rules), []);
});

test('waits that only timed steps have, where their kernels fill the usual step, are no reason for a larger batch', () => {
  const options = { batch: 1024, steps: 24, adapter: SOFTWARE_ADAPTER, dataOnDevice: true };
  const trace = sampleTrace(options);
  assert.deepEqual(suggestionsFor(trace, finder(1024), rules), []);
  // Another program took the processors from the timed steps: each of them began half a step earlier.
  const { steps } = trace.tables;
  const half = stepStats(trace).durationNs.median / 2;
  const startNs = steps.startNs.map((ns, i) => (steps.flags[i]! & STEP_FLAGS.timed ? ns - half : ns));
  const tables = { ...trace.tables, steps: { ...steps, length: steps.length, startNs } };
  const disturbed = { ...trace, tables } as Trace;
  assert.ok(stepStats(disturbed).gpuBusyShare < 0.75);
  assert.deepEqual(suggestionsFor(disturbed, finder(1024), rules), []);
});
