import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTraceFile, writeTraceFile } from '../../src/trace/codec.ts';
import { deflatedFrames } from '../../src/trace/frames.ts';
import { dumpTrace } from '../../src/trace/dump.ts';
import type { Trace } from '../../src/trace/model.ts';
import { inflatedFile } from '../../webview/inflate.ts';
import { makeTrace } from './made-trace.ts';

const HEADER = 8;
const file = writeTraceFile(makeTrace({ steps: 3 }));
const read = (bytes: Uint8Array): Trace => {
  const trace = readTraceFile(bytes);
  assert.ok(trace.ok);
  return trace.value;
};

test('a file inflated by the browser holds the same trace', async () => {
  const plain = await inflatedFile(file);
  assert.ok(deflatedFrames(file, HEADER).length > 5);
  assert.equal(deflatedFrames(plain, HEADER).length, 0);
  assert.equal(dumpTrace(read(plain)), dumpTrace(read(file)));
});

test('a frame that does not inflate stays as it is, and the reader says so', async () => {
  const broken = file.slice();
  const last = deflatedFrames(file, HEADER).at(-1)!;
  broken.fill(0xff, last.from, last.to);
  const plain = await inflatedFile(broken);
  assert.equal(deflatedFrames(plain, HEADER).length, 1);
  assert.match(read(plain).meta.notes.join(' '), /does not inflate/);
});

test('a file cut short is inflated as far as it goes', async () => {
  const cut = file.subarray(0, file.length - 11);
  assert.equal(dumpTrace(read(await inflatedFile(cut))), dumpTrace(read(cut)));
});
