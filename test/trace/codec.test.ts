import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { FILE_HEADER_BYTES, readTraceFile, writeTraceFile } from '../../src/trace/codec.ts';
import { FrameReader, encodeRows } from '../../src/trace/frames.ts';
import { PHASES, ROLES, TABLES } from '../../src/trace/model.ts';
import type { Trace } from '../../src/trace/model.ts';
import { TableWriter } from '../../src/trace/table.ts';

function smallTrace(dispatches: number): Trace {
  const builder = new TraceBuilder();
  builder.setMeta({ script: 'train.ts', status: 'ok' });
  const location = builder.add('locations', { file: 'train.ts', line: 3, column: 5 });
  const layer = builder.add('layers', { path: 'fc1', type: 'Linear', parent: -1, location });
  const kernel = builder.add('kernels', {
    name: 'matmul/tile/f32',
    family: 'gemm',
    workgroupSize: [64, 1, 1],
    workgroupBytes: 0,
  });
  const launch = builder.row('launches', {
    kernel, layer, op: builder.string('matmul'), phase: PHASES.indexOf('forward'), location,
    workgroupsX: 4, workgroupsY: 2, workgroupsZ: 1, flops: 1e6, bytesMoved: 4096,
  }); // prettier-ignore
  for (let i = 0; i < dispatches; i++)
    builder.row('dispatches', {
      launch,
      step: i >> 3,
      queue: 0,
      flags: 1,
      cpuNs: i * 10,
      startNs: i * 10 + 1,
      endNs: i * 10 + 8,
    });
  const buffer = builder.row('buffers', {
    parent: -1, sizeBytes: 4096, usage: 128, role: ROLES.indexOf('parameter'), layer, location, label: builder.string('w'),
    bornNs: 0, bornStep: -1, diedNs: NaN, death: 0,
  }); // prettier-ignore
  builder.row('deaths', { buffer, atNs: 99, death: 1 });
  return builder.build();
}

test('a trace written and read again is equal', () => {
  const trace = smallTrace(1000);
  const read = readTraceFile(writeTraceFile(trace));
  assert.ok(read.ok);
  assert.deepEqual(read.value, trace);
  assert.equal(read.value.tables.buffers.diedNs[0], 99);
});

test('a file cut anywhere reads as a trace of what came before, and says so', () => {
  const trace = smallTrace(200);
  const bytes = writeTraceFile(trace);
  fc.assert(
    fc.property(fc.integer({ min: FILE_HEADER_BYTES, max: bytes.length - 1 }), (cut) => {
      const read = readTraceFile(bytes.slice(0, cut));
      assert.ok(read.ok);
      assert.ok(read.value.tables.dispatches.length <= 200);
      if (cut > FILE_HEADER_BYTES && read.value.tables.deaths.length === 0 && cut !== bytes.length) {
        const whole = read.value.meta.notes.length === 0;
        // Cut exactly between two frames nothing looks wrong; anywhere else the note is there.
        if (!whole) assert.match(read.value.meta.notes[0] as string, /damaged/);
      }
    }),
  );
});

test('flipped bytes never throw and never hang', () => {
  const bytes = writeTraceFile(smallTrace(50));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      (flips) => {
        const copy = bytes.slice();
        for (const [at, value] of flips) copy[at] = value;
        const read = readTraceFile(copy);
        if (!read.ok) assert.equal(typeof read.error.message, 'string');
      },
    ),
  );
});

test('a file of another kind is refused with a sentence', () => {
  const read = readTraceFile(new TextEncoder().encode('{"traceEvents": []}'));
  assert.ok(!read.ok);
  assert.match(read.error.message, /not a Kernelscope trace/);
});

test('a row that points at nothing is refused with its place', () => {
  const builder = new TraceBuilder();
  const writer = new TableWriter(TABLES.dispatches);
  writer.push({ launch: 7, step: 0, queue: 0, flags: 1, cpuNs: 0, startNs: 0, endNs: 1 });
  const added = builder.rows('dispatches', writer.table());
  assert.ok(!added.ok);
  assert.match(added.error, /dispatches\[0\]\.launch is 7, but there are 0 launches/);
});

test('frames arriving in pieces of any size are the same frames', () => {
  const writer = new TableWriter(TABLES.submits);
  for (let i = 0; i < 300; i++) writer.push({ startNs: i, endNs: i + 1, step: i, passes: 1, dispatches: 2 });
  const one = encodeRows('submits', writer.table(), { deflate: true });
  const bytes = new Uint8Array([...one, ...one, ...one]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: bytes.length }), (piece) => {
      const reader = new FrameReader();
      let rows = 0;
      for (let at = 0; at < bytes.length; at += piece) {
        const read = reader.push(bytes.slice(at, at + piece));
        assert.ok(read.ok);
        for (const frame of read.value) if (frame.kind === 'rows') rows += frame.rows.length;
      }
      assert.equal(rows, 900);
    }),
    { numRuns: 30 },
  );
});
