import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceFinder } from '../../src/edit/index.ts';
import { Facts } from '../../src/suggest/facts.ts';
import { RULES, suggestionsFor } from '../../src/suggest/rules/index.ts';
import { NO_SOURCE } from '../../src/suggest/source-finder.ts';
import type { AdapterInfo } from '../../src/trace/model.ts';
import { RTX_4090, SAMPLE_SCRIPT, SOFTWARE_ADAPTER, sampleTrace } from '../support/sample-trace.ts';
import type { SampleOptions } from '../support/sample-trace.ts';

const steady = { steps: 24, batch: 256, network: 'cnn' } as const;
const A100: AdapterInfo = { ...RTX_4090, name: 'NVIDIA A100-SXM4-80GB', architecture: 'ampere' };
const hasMemory = (memoryBytes: number): AdapterInfo => ({ ...RTX_4090, memoryBytes });

/** A source in which the batch is not a literal and the layout is one. */
const SOURCE = sourceFinder(
  {
    read: () =>
      "const layout = 'nchw';\nnew nn.Conv2d(1, 16, 3, { layout });\nnew nn.MaxPool2d(2, { layout });",
  },
  SAMPLE_SCRIPT,
);

/** For each rule a run in which it must speak and the nearest one in which it must not. */
const CASES: Readonly<Record<string, { fires: SampleOptions; silent: SampleOptions }>> = {
  'batch-size': { fires: { batch: 8 }, silent: { ...steady, batch: 2048 } },
  layout: { fires: steady, silent: { ...steady, network: 'mlp' } },
  'input-bound': { fires: { ...steady, dataNs: 2e7 }, silent: { ...steady, dataNs: 1e5 } },
  'host-bound': { fires: { ...steady, hostNs: 4e7 }, silent: steady },
  'launch-bound': {
    fires: { adapter: RTX_4090, batch: 4, gapNs: 6_000 },
    silent: { adapter: RTX_4090, batch: 4, gapNs: 200 },
  },
  'loss-readback': { fires: { batch: 64, readbackNs: 2e6 }, silent: { ...steady, readbackNs: 1e5 } },
  'map-stall': {
    fires: { batch: 64, readbackNs: 2e6, readbackBytes: 1e6 },
    silent: { batch: 64, readbackNs: 1e4, readbackBytes: 1e6 },
  },
  'submit-per-op': { fires: { batch: 16, submitPerDispatch: true }, silent: { batch: 16 } },
  'small-grid': { fires: { adapter: RTX_4090, batch: 64 }, silent: { ...steady } },
  'low-waves': {
    fires: { adapter: { ...SOFTWARE_ADAPTER, hostCores: 600 }, network: 'cnn', batch: 32 },
    silent: { ...steady },
  },
  'tail-effect': {
    fires: { adapter: { ...SOFTWARE_ADAPTER, hostCores: 24 }, batch: 32 },
    silent: { ...steady },
  },
  'optimizer-per-parameter': { fires: { batch: 16, optimizerPerParameter: 16 }, silent: { batch: 16 } },
  transposes: { fires: { ...steady, transposes: true }, silent: steady },
  'buffer-churn': { fires: { batch: 16, churn: 400 }, silent: { batch: 16, churn: 2 } },
  'memory-leak': { fires: { ...steady, leakBytes: 4e6 }, silent: steady },
  'pipeline-recompiles': { fires: { ...steady, compilesPerStep: 4 }, silent: steady },
  'upload-bound': { fires: { batch: 64, extraUploadBytes: 2e7 }, silent: steady },
  'memory-limit': {
    fires: { ...steady, adapter: hasMemory(4.2e7) },
    silent: { ...steady, adapter: hasMemory(1e10) },
  },
  'ragged-workgroup': {
    fires: { ...steady, workgroupThreads: 65 },
    silent: { ...steady, workgroupThreads: 64 },
  },
  'tiny-workgroup': {
    fires: { adapter: RTX_4090, network: 'cnn', workgroupThreads: 8 },
    silent: { adapter: RTX_4090, network: 'cnn', workgroupThreads: 32 },
  },
  'workgroup-memory': {
    fires: { adapter: RTX_4090, network: 'cnn', workgroupBytes: 40_000 },
    silent: { adapter: RTX_4090, network: 'cnn', workgroupBytes: 1024 },
  },
  'below-roofline': {
    fires: { ...steady, ceilings: { flops: 200e9, bytes: 40e9 } },
    silent: { ...steady, ceilings: { flops: 32e9, bytes: 6.5e9 } },
  },
  'unfused-chain': { fires: { ...steady, chain: 3 }, silent: steady },
  'half-precision': {
    fires: { adapter: A100, batch: 4096, dataOnDevice: true },
    silent: { adapter: RTX_4090, batch: 4096, dataOnDevice: true },
  },
  'dead-output': { fires: { ...steady, deadKernel: true }, silent: steady },
  'unstable-timings': { fires: { ...steady, noise: 0.9, stepNoise: 0.4 }, silent: steady },
};

const said = (rule: string, options: SampleOptions) =>
  RULES.find((r) => r.id === rule)?.inspect(new Facts(sampleTrace(options)), SOURCE) ?? [];

test('every rule has a run in which it must speak and one in which it must not', () => {
  assert.deepEqual(Object.keys(CASES).sort(), RULES.map((rule) => rule.id).sort());
});

for (const [rule, { fires, silent }] of Object.entries(CASES)) {
  test(`${rule} speaks where the fault is planted, with evidence and ordered predictions`, () => {
    const suggestions = said(rule, fires);
    assert.ok(suggestions.length > 0);
    for (const s of suggestions) {
      assert.equal(s.rule, rule);
      assert.ok(s.title.length > 0 && s.evidence.length > 0 && (s.advice !== undefined || s.edit));
      const { low, speedup, high } = s.predicted;
      assert.ok(low <= speedup && speedup <= high && low >= 0.5, `${low}..${speedup}..${high}`);
      assert.ok(!/NaN|undefined|Infinity/.test(JSON.stringify(s)), JSON.stringify(s));
    }
  });

  test(`${rule} is silent without the fault`, () => {
    assert.deepEqual(said(rule, silent), []);
  });

  test(`${rule} says nothing about a trace without steps`, () => {
    assert.deepEqual(said(rule, { steps: 0 }), []);
  });
}

test('taking the fault away gives a gain within the promised range', () => {
  const faults: [string, SampleOptions, SampleOptions][] = [
    ['input-bound', { ...steady, dataNs: 2e7 }, steady],
    ['loss-readback', { batch: 64, readbackNs: 2e6 }, { batch: 64, readbackNs: 2e5 }],
    ['pipeline-recompiles', { ...steady, compilesPerStep: 40 }, steady],
    ['transposes', { ...steady, transposes: true }, steady],
  ];
  const stepNs = (options: SampleOptions): number => new Facts(sampleTrace(options)).steps.durationNs.median;
  for (const [rule, fault, mended] of faults) {
    const predicted = said(rule, fault)[0]?.predicted;
    assert.ok(predicted, rule);
    const obtained = stepNs(fault) / stepNs(mended);
    assert.ok(
      obtained >= predicted.low * 0.97 && obtained <= predicted.high * 1.03,
      `${rule}: ${obtained} outside ${predicted.low}..${predicted.high}`,
    );
  }
});

test('waiting for data most of the time silences the batch rule', () => {
  const rules = suggestionsFor(sampleTrace({ batch: 8, dataNs: 5e7 }), NO_SOURCE).map((s) => s.rule);
  assert.ok(rules.includes('input-bound') && !rules.includes('batch-size'));
});
