import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { NO_SOURCE } from '../../src/suggest/source-finder.ts';
import { suggestionsFor } from '../../src/suggest/rules/index.ts';
import { EXPORTERS, githubAnnotations, htmlReport, report, textReport } from '../../src/export/index.ts';
import { base64 } from '../../src/export/base64.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { writeTraceFile } from '../../src/trace/codec.ts';
import type { Trace } from '../../src/trace/model.ts';
import { RTX_4090, sampleTrace } from '../support/sample-trace.ts';

const validate = new Ajv({ allErrors: true }).compile(
  JSON.parse(readFileSync('docs/report.schema.json', 'utf8')) as object,
);

function valid(value: unknown): void {
  assert.ok(validate(JSON.parse(JSON.stringify(value))), JSON.stringify(validate.errors, null, 1));
}

test('the report of any of these traces is valid against the schema', () => {
  const empty = new TraceBuilder();
  empty.setMeta({ status: 'crashed', error: { message: 'the process was killed', file: '/a.ts', line: 3 } });
  const traces: Trace[] = [
    sampleTrace(),
    sampleTrace({ network: 'cnn', adapter: RTX_4090 }),
    sampleTrace({ steps: 1 }),
    sampleTrace({ steps: 0 }),
    empty.build(),
  ];
  for (const trace of traces) {
    valid(report(trace));
    valid(report(trace, suggestionsFor(trace, NO_SOURCE)));
  }
});

test('the schema refuses a report that lost a field or speaks in NaN', () => {
  const facts = report(sampleTrace());
  assert.ok(!validate({ ...facts, kernels: undefined }));
  assert.ok(!validate({ ...facts, steps: { ...facts.steps, count: 'many' } }));
  assert.ok(!JSON.stringify(facts).includes('NaN'));
});

test('kernel times are within the GPU time, shares of idle add to one, the peak is the sum of its parts', () => {
  const facts = report(sampleTrace({ network: 'cnn', readbackNs: 1e6 }));
  const kernels = facts.kernels.reduce((total, k) => total + (k.totalMs ?? 0), 0);
  assert.ok(kernels <= facts.totals.gpuMs * (1 + 1e-9));
  assert.ok(facts.idle && Math.abs(Object.values(facts.idle).reduce((a, b) => a + b, 0) - 1) < 1e-9);
  const parts = Object.values(facts.memory.byRole).reduce((a, b) => a + b, 0);
  assert.equal(parts, facts.memory.peakBytes);
  assert.ok(facts.layers.every((layer) => layer.source !== null));
});

test('the text names the adapter with its caution, the layers with their lines, and what the GPU waits for', () => {
  const text = textReport(report(sampleTrace({ network: 'cnn', readbackNs: 3e6 })), { base: '/project' });
  for (const part of [
    /llvmpipe/,
    /Software adapter: ratios/,
    /model\.2 .*Conv2d.*train\.ts:10/,
    /GPU waits: for a readback \d+ %/,
    /Memory {2}peak/,
  ])
    assert.match(text, part);
  assert.ok(!text.includes('NaN') && !text.includes('undefined'));
  const gpu = textReport(report(sampleTrace({ adapter: RTX_4090 })));
  assert.ok(!gpu.includes('Software adapter'));
});

test('a failed run says so with its line', () => {
  const b = new TraceBuilder();
  b.setMeta({
    status: 'failed',
    script: '/project/train.ts',
    error: { message: 'boom', file: '/project/train.ts', line: 12 },
  });
  const text = textReport(report(b.build()), { base: '/project' });
  assert.match(text, /failed after 0 steps/);
  assert.match(text, /Error: boom \(train\.ts:12\)/);
  assert.match(text, /failed before it ran anything on the GPU/);
  assert.ok(!text.includes('No step was recorded'), text);
});

test('an error that names itself is not named twice', () => {
  const b = new TraceBuilder();
  b.setMeta({ status: 'failed', error: { message: 'TypeError: no such thing' } });
  assert.match(textReport(report(b.build())), /^TypeError: no such thing$/m);
});

test('a script that uses no GPU is told so, and a loop of its own how to say its steps', () => {
  const nothing = new TraceBuilder();
  nothing.setMeta({ status: 'ok', script: '/project/hello.ts' });
  const text = textReport(report(nothing.build()));
  assert.match(text, /ran nothing on a GPU.*navigator\.gpu/);
  assert.ok(!/adapter is not known|No kernel|No step/.test(text), text);
  const loop = new TraceBuilder();
  loop.setMeta({ status: 'ok', script: '/project/raw.js' });
  const kernel = loop.add('kernels', {
    name: 'main',
    family: 'other',
    workgroupSize: [64, 1, 1],
    workgroupBytes: 0,
  });
  const launch = loop.row('launches', {
    kernel, layer: -1, op: -1, phase: 0, location: -1, workgroupsX: 4, workgroupsY: 1, workgroupsZ: 1, flops: NaN, bytesMoved: NaN,
  }); // prettier-ignore
  loop.row('dispatches', { launch, step: -1, queue: 0, flags: 1, cpuNs: 0, startNs: 1, endNs: 8 });
  assert.match(textReport(report(loop.build())), /No step was recorded.*annotate\.step/);
});

test('the page carries the trace, allows no connection, and no text can break out of it', () => {
  const trace = sampleTrace({ steps: 3 });
  const bytes = writeTraceFile(trace);
  const evil = '</script><script>alert(1)</script>';
  const page = htmlReport({
    title: evil,
    trace: bytes,
    suggestions: [
      {
        id: evil,
        rule: 'r',
        title: evil,
        at: null,
        evidence: [],
        edit: null,
        predicted: { speedup: 1, low: 1, high: 1 },
        verdict: null,
      },
    ],
    webviewScript: "const s = '</script>';",
    webviewStyle: 'a { color: red } </style>',
    nonce: 'abc123',
  });
  assert.match(page, /default-src &#39;none&#39;; script-src &#39;nonce-abc123&#39;/);
  assert.equal(page.match(/<script/g)?.length, 4);
  assert.equal(page.match(/<\/script>/g)?.length, 4);
  assert.equal(page.match(/<\/style>/g)?.length, 1);
  const inside = /id="kernelscope-trace">([^<]*)</.exec(page)?.[1] ?? '';
  assert.deepEqual(new Uint8Array(Buffer.from(inside, 'base64')), bytes);
  assert.throws(() =>
    htmlReport({
      title: '',
      trace: bytes,
      suggestions: [],
      webviewScript: '',
      webviewStyle: '',
      nonce: '" onload=',
    }),
  );
});

test('base64 is that of RFC 4648 for any length', () => {
  for (let n = 0; n < 50; n++) {
    const bytes = Uint8Array.from({ length: n }, (_, i) => (i * 37 + n) & 255);
    assert.equal(base64(bytes), Buffer.from(bytes).toString('base64'));
  }
});

test('every exporter writes something from a trace', () => {
  const trace = sampleTrace({ batch: 8 });
  for (const exporter of EXPORTERS)
    assert.ok(exporter.write(trace, suggestionsFor(trace, NO_SOURCE)).length > 100, exporter.id);
});

test('annotations name the line relative to the checkout, and nothing in them can start a second command', () => {
  const [suggestion] = suggestionsFor(sampleTrace({ batch: 8 }), NO_SOURCE);
  assert.ok(suggestion);
  const at = { file: '/project/a,b:c.ts', line: 4, column: 2 };
  const text = githubAnnotations(
    report(sampleTrace({ batch: 8 }), [{ ...suggestion, at, advice: 'first\n::error::second' }]),
    '/project',
  );
  assert.match(text, /^::notice file=a%2Cb%3Ac\.ts,line=4,col=2,title=Kernelscope%3A /);
  assert.equal(text.split('\n').length, 2);
});
