import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceFinder } from '../../src/edit/index.ts';
import { Facts } from '../../src/suggest/facts.ts';
import { RULES, suggestionsFor } from '../../src/suggest/rules/index.ts';
import { idleNsOf } from '../../src/suggest/saving.ts';
import { NO_SOURCE } from '../../src/suggest/source-finder.ts';
import type { AdapterInfo, Trace } from '../../src/trace/model.ts';
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

/** A kernel of the script's own: y[i] from x at an index, or more. */
const kernelText = (body: string, element = 'f32'): string => `
@group(0) @binding(0) var<storage, read> x: array<${element}>;
@group(0) @binding(1) var<storage, read_write> y: array<${element}>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) { ${body} }`;
const own = (name: string, body: string, more: Partial<OwnKernel> = {}, element = 'f32'): OwnKernel => ({
  name,
  family: 'other',
  wgsl: kernelText(body, element),
  elements: 2e7,
  ...more,
});
type OwnKernel = NonNullable<SampleOptions['ownKernels']>[number];
const SIDE_BY_SIDE = 'y[id.x] = x[id.x] * 2.0;';
const product = (index: string): OwnKernel =>
  own('matmul', `var sum = 0.0; for (var k = 0u; k < 256u; k++) { sum += x[${index}]; } y[id.x] = sum;`, {
    family: 'gemm',
  });

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
  'pass-split': {
    fires: { adapter: RTX_4090, batch: 4, gapNs: 6_000, passPerDispatch: true },
    silent: { adapter: RTX_4090, batch: 4, gapNs: 6_000 },
  },
  'bind-group-churn': {
    fires: { batch: 16, repeatedGroups: 40, gapNs: 20_000 },
    silent: { batch: 16, repeatedGroups: 4, gapNs: 20_000 },
  },
  'near-roof': {
    fires: { ...steady, ceilings: { flops: 200e9, bytes: 6.5e9 }, ownKernels: [own('sweep', SIDE_BY_SIDE)] },
    silent: { ...steady, ceilings: { flops: 200e9, bytes: 40e9 }, ownKernels: [own('sweep', SIDE_BY_SIDE)] },
  },
  'strided-access': {
    fires: { ...steady, ownKernels: [own('sweep', 'y[id.x] = x[id.x * 64u];')] },
    silent: { ...steady, ownKernels: [own('sweep', SIDE_BY_SIDE)] },
  },
  'weight-orientation': {
    fires: { ...steady, ownKernels: [product('id.x * 256u + k * 64u')] },
    silent: { ...steady, ownKernels: [product('k * 256u + id.x')] },
  },
  'vector-loads': {
    fires: {
      ...steady,
      ownKernels: [own('words', SIDE_BY_SIDE), own('vectors', SIDE_BY_SIDE, {}, 'vec4f')],
    },
    silent: { ...steady, ownKernels: [own('words', SIDE_BY_SIDE)] },
  },
  'tile-padding': { fires: { batch: 65 }, silent: { batch: 64 } },
  'vocabulary-padding': { fires: { batch: 64, outputs: 5001 }, silent: { batch: 64, outputs: 5056 } },
  'odd-sizes': { fires: { batch: 64, hidden: 510 }, silent: { batch: 64, hidden: 512 } },
  'wave-filling': {
    fires: { adapter: { ...SOFTWARE_ADAPTER, hostCores: 48 }, batch: 300, dataOnDevice: true },
    silent: { adapter: { ...SOFTWARE_ADAPTER, hostCores: 48 }, batch: 288, dataOnDevice: true },
  },
  'tiny-tensors': {
    fires: { batch: 16, tinyLaunches: { count: 24, bytes: 1024 } },
    silent: { batch: 16, tinyLaunches: { count: 24, bytes: 65536 } },
  },
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

test('calls that hold the GPU up are seen where timed kernels add up to more than a whole usual step', () => {
  const slow: SampleOptions = { adapter: RTX_4090, batch: 4, recordNs: 2e5, timedSlowdown: 5 };
  const facts = new Facts(sampleTrace({ ...slow, passPerDispatch: true }));
  assert.ok(facts.steps.gpuBusyNs > facts.steps.durationNs.median);
  assert.equal(idleNsOf(facts, 'host') + idleNsOf(facts, 'launch'), 0);
  const planted: [string, SampleOptions][] = [
    ['pass-split', { passPerDispatch: true }],
    ['bind-group-churn', { repeatedGroups: 40 }],
  ];
  for (const [rule, fault] of planted) {
    assert.equal(said(rule, { ...slow, ...fault }).length, 1, rule);
    // The script records ahead: the GPU never waits for it.
    assert.deepEqual(said(rule, { ...slow, ...fault, recordNs: 0 }), []);
    assert.deepEqual(said(rule, slow), []);
  }
});

test('a wait for the script is not its own where other programs had the processors', () => {
  const waits: SampleOptions = { ...steady, hostNs: 4e7 };
  const shareOf = (options: SampleOptions): number => said('host-bound', options)[0]?.evidence[0]?.value ?? 0;
  const [alone, disturbed] = [shareOf(waits), shareOf({ ...waits, otherCores: 0.4 })];
  assert.ok(Math.abs(alone - disturbed - 0.2) < 1e-9, `${alone} alone, ${disturbed} beside 0.4 of 2 cores`);
  assert.deepEqual(said('host-bound', { ...waits, otherCores: 2 * alone - 0.2 }), []);
});

test('waiting for data most of the time silences the batch rule', () => {
  const rules = suggestionsFor(sampleTrace({ batch: 8, dataNs: 5e7 }), NO_SOURCE).map((s) => s.rule);
  assert.ok(rules.includes('input-bound') && !rules.includes('batch-size'));
});

test('a weight that is transposed in every step is told apart from one that is read across', () => {
  const fires: SampleOptions = { ...steady, network: 'mlp', batch: 32, transposedWeights: true };
  assert.deepEqual(
    said('weight-orientation', fires).map((s) => s.id),
    ['weight-orientation:transposed'],
  );
});

test('the line of the kernel that is to blame stands in the evidence, with its stride', () => {
  const [suggestion] = said('strided-access', {
    ...steady,
    ownKernels: [own('sweep', 'y[id.x] = x[id.x * 64u];')],
  });
  const text = suggestion?.evidence[0]?.text ?? '';
  assert.match(
    text,
    /Line 4 of its WGSL, `.*x\[id\.x \* 64u\].*`: neighboring invocations read x, 64 elements apart,/,
  );
  assert.equal(suggestion?.evidence[0]?.basis, 'computed');
});

test('kernels of a library are not to be rewritten by who only calls them', () => {
  const strided = own('sweep', 'y[id.x] = x[id.x * 64u];');
  const trace = sampleTrace({ ...steady, ownKernels: [strided] });
  const rule = RULES.find((r) => r.id === 'strided-access');
  assert.equal(rule?.inspect(new Facts(trace), SOURCE).length, 1);
  const strings = trace.strings.map((text) => (text === 'sweep' ? 'Sweep' : text));
  assert.deepEqual(rule?.inspect(new Facts({ ...trace, strings }), SOURCE), []);
});

test('no kernel is promised to run faster than the roofs allow, nor than it takes to start', () => {
  const options: SampleOptions = {
    ...steady,
    ownKernels: [own('sweep', 'y[id.x] = x[id.x * 64u];', { slowdown: 1.3 })],
  };
  const free = said('strided-access', options)[0]?.predicted;
  const roofs = said('strided-access', { ...options, ceilings: { flops: 200e9, bytes: 6e9 } })[0]?.predicted;
  assert.ok(free && roofs && roofs.high < free.high, `${roofs?.high} ${free?.high}`);
  const facts = new Facts(sampleTrace({ ...options, ceilings: { flops: 200e9, bytes: 6e9 } }));
  const sweep = facts.kernels.find((kernel) => kernel.name === 'sweep');
  const saved = facts.steps.durationNs.median * (1 - 1 / roofs.high);
  const least = (8 * 2e7 * 1e9) / 6e9;
  assert.ok((sweep?.medianNs ?? 0) - saved >= 0.999 * least);
});

test('a rule that holds others back says which, and doubts about the figures come first', () => {
  const hiding = suggestionsFor(sampleTrace({ batch: 8, dataNs: 5e6 }), NO_SOURCE);
  assert.match(
    hiding.find((s) => s.rule === 'input-bound')?.caution ?? '',
    /Held back .*Raise the batch size/,
  );
  const unsteady = suggestionsFor(sampleTrace({ ...steady, noise: 0.9, stepNoise: 0.4, chain: 3 }), SOURCE);
  assert.ok(unsteady.length > 1 && unsteady[0]?.rule === 'unstable-timings');
});

test('rules with an edit give the one that the source allows, and say why there is none', () => {
  const at25 = (line: string): string =>
    `${'\n'.repeat(23)}for (let step = 0; step < 99; step++) {\n${line}\n}\n`;
  const speak = (rule: string, options: SampleOptions, source: string) =>
    RULES.find((r) => r.id === rule)?.inspect(
      new Facts(sampleTrace(options)),
      sourceFinder({ read: (file) => (file === SAMPLE_SCRIPT ? source : null) }, SAMPLE_SCRIPT),
    )[0];
  const waiting: SampleOptions = { batch: 64, readbackNs: 2e6 };
  const print = speak('loss-readback', waiting, at25('console.log(await loss.item());'));
  assert.equal(print?.edit?.newText, 'if (step % 10 === 0) ');
  const used = speak('loss-readback', waiting, at25('total += await loss.item();'));
  assert.ok(used?.edit === null && /By hand: .*more than a line that prints/.test(used.advice ?? ''));
  const groups = speak(
    'optimizer-per-parameter',
    { batch: 16, optimizerPerParameter: 16 },
    'new optim.Adam(ps.map((p) => ({ params: [p] })), { lr: 1e-3 });',
  );
  assert.equal(groups?.edit?.newText, 'ps');
  const prefetch = speak(
    'input-bound',
    { ...steady, dataNs: 2e7 },
    'new data.DataLoader(set, { batchSize: 256, prefetch: 1 });',
  );
  assert.equal(prefetch?.edit?.newText, '4');
});

test('f16 is advised by what this run measured of it, before any data sheet', () => {
  const trace = sampleTrace({ adapter: A100, batch: 4096, dataOnDevice: true });
  const rule = RULES.find((r) => r.id === 'half-precision');
  const withHalf = (slower: number) => {
    // The last product of the step computes in f16, so much faster or slower than it did.
    const kernels = trace.kernels.map((kernel, i) =>
      i === half ? { ...kernel, name: 'matmul/linear/f16' } : kernel,
    );
    const { launches, dispatches } = trace.tables;
    const endNs = dispatches.endNs.map((end, i) => {
      const start = dispatches.startNs[i] as number;
      return launches.kernel[dispatches.launch[i] as number] === half ? start + (end - start) * slower : end;
    });
    const tables = { ...trace.tables, dispatches: { ...dispatches, length: dispatches.length, endNs } };
    return rule?.inspect(new Facts({ ...trace, kernels, tables } as Trace), SOURCE) ?? [];
  };
  const half = trace.kernels.findIndex((kernel) => kernel.name.startsWith('matmul/linear/'));
  assert.match(withHalf(0.3)[0]?.evidence[0]?.text ?? '', /among the products of this run/);
  assert.deepEqual(withHalf(3), []);
});
