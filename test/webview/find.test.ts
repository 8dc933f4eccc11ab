import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { factsOf } from '../../webview/facts.ts';
import { findInTrace } from '../../webview/find.ts';
import { makeTrace } from './made-trace.ts';

const facts = factsOf(makeTrace({ steps: 4 }));
const kinds = (query: string) => new Set(findInTrace(facts, query).map(({ kind }) => kind));

test('steps, kernels, layers and buffers are found by what they are called', () => {
  assert.deepEqual(findInTrace(facts, 'step 2')[0]?.target, { selection: { kind: 'step', step: 2 } });
  assert.ok(kinds('gemm').has('kernel') && kinds('Conv2d').has('Conv2d'));
  const [largest, next] = findInTrace(facts, 'parameter').filter(({ kind }) => kind === 'parameter');
  assert.ok(largest && next && 'selection' in largest.target && largest.target.selection.kind === 'buffer');
  const { sizeBytes } = facts.trace.tables.buffers;
  assert.equal(sizeBytes[largest.target.selection.buffer], Math.max(...parameterSizes()));
  assert.deepEqual(findInTrace(facts, '   '), []);
});

test('a name on a track leads to its longest slice, a mark to its instant, and no kind crowds out the others', () => {
  const trace = new TraceBuilder();
  const track = trace.add('tracks', { name: 'main', kind: 'cpu-thread', group: '' });
  const slice = (name: string, startNs: number, endNs: number) =>
    trace.row('slices', { track, name: trace.string(name), startNs, endNs, depth: 0, step: -1, layer: -1, location: -1 }); // prettier-ignore
  for (let i = 0; i < 40; i++) slice(`aten::add_${i}`, i * 100, i * 100 + 10);
  slice('aten::conv2d', 5000, 5100);
  slice('aten::conv2d', 6000, 6900);
  trace.row('marks', { track, name: trace.string('aten::saved'), atNs: 7000, step: -1 });
  const made = factsOf(trace.build());
  const [conv] = findInTrace(made, 'CONV2D');
  assert.deepEqual(conv, { name: 'aten::conv2d', kind: 'slice', detail: '2 × · 1.0 µs', target: { range: [6000, 6900] } }); // prettier-ignore
  const all = findInTrace(made, 'aten');
  assert.ok(all.length <= 14 && all.some(({ kind }) => kind === 'mark'));
  assert.deepEqual(findInTrace(made, 'saved')[0]?.target, { range: [7000, 7000] });
});

function parameterSizes(): number[] {
  const { sizeBytes, role, length } = facts.trace.tables.buffers;
  return Array.from({ length }, (_, row) => (role[row] === 1 ? (sizeBytes[row] as number) : 0));
}
