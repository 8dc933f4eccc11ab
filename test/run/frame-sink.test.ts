import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { FrameSink } from '../../src/run/frame-sink.ts';
import { withoutDriverNoise } from '../../src/run/output.ts';
import { readTraceFile } from '../../src/trace/codec.ts';
import { encodeCatalog, encodeMeta, encodeRows } from '../../src/trace/frames.ts';
import { TABLES } from '../../src/trace/model.ts';
import { TableWriter } from '../../src/trace/table.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-test-'));
after(() => rmSync(folder, { recursive: true }));

const frames = [
  encodeMeta({ script: 'a.ts' }),
  encodeCatalog({ strings: ['one', 'two'] }),
  encodeCatalog({ strings: ['three'] }),
];
const all = Buffer.concat(frames);

test('frames that arrive in any pieces pass on whole, to the file as to the picture', async () => {
  const file = path.join(folder, 'pieces.kscope');
  const shown: number[] = [];
  const sink = new FrameSink(file, (bytes) => shown.push(bytes.length));
  for (let at = 0; at < all.length; at += 7) sink.push(all.subarray(at, at + 7));
  sink.conclude({ status: 'ok' });
  await sink.close();
  assert.equal(shown.length, 4);
  const read = readTraceFile(readFileSync(file));
  assert.ok(read.ok);
  assert.deepEqual(read.value.strings, ['one', 'two', 'three']);
  assert.equal(read.value.meta.status, 'ok');
});

test('half a frame at the end of a killed process is dropped, and the conclusion still arrives', async () => {
  const sink = new FrameSink(null, undefined);
  sink.push(all.subarray(0, all.length - 5));
  sink.conclude({ status: 'crashed' });
  const { strings, meta } = sink.build();
  assert.deepEqual(strings, ['one', 'two']);
  assert.equal(meta.status, 'crashed');
  assert.deepEqual(meta.notes, []);
});

test('bytes that are no frames end the trace with a note, and nothing after them is believed', () => {
  const sink = new FrameSink(null, undefined);
  sink.push(frames[1] as Uint8Array);
  sink.push(Uint8Array.from([1, 0, 0, 0, 9, 0, 0, 0, 0]));
  sink.push(frames[2] as Uint8Array);
  sink.conclude({ status: 'failed' });
  assert.deepEqual(sink.build().strings, ['one', 'two']);
  assert.equal(sink.meta.status, 'failed');
  assert.match(sink.meta.notes[0] ?? '', /could not be read to its end: unknown frame kind 9/);
});

test('beyond so many rows the file alone takes them, and the trace in memory says so', async () => {
  const file = path.join(folder, 'long.kscope');
  const sink = new FrameSink(file, undefined, 10);
  const kernel = { name: 'k', family: 'other', workgroupSize: [1, 1, 1], workgroupBytes: 0 } as const;
  sink.push(encodeCatalog({ strings: ['op'], kernels: [kernel] }));
  sink.push(encodeCatalog({ tracks: [{ name: 'queue', kind: 'gpu-queue', group: 'GPU' }] }));
  const [launches, dispatches] = [new TableWriter(TABLES.launches), new TableWriter(TABLES.dispatches)];
  launches.push({
    kernel: 0,
    layer: -1,
    op: 0,
    phase: 0,
    location: -1,
    workgroupsX: 1,
    workgroupsY: 1,
    workgroupsZ: 1,
    flops: NaN,
    bytesMoved: NaN,
  });
  sink.push(encodeRows('launches', launches.table()));
  for (let at = 0; at < 6; at++)
    dispatches.push({ launch: 0, step: -1, queue: 0, flags: 0, cpuNs: at, startNs: NaN, endNs: NaN });
  for (let chunk = 0; chunk < 4; chunk++) sink.push(encodeRows('dispatches', dispatches.table()));
  sink.conclude({ status: 'ok' });
  await sink.close();
  assert.equal(sink.build().tables.dispatches.length, 12);
  assert.match(sink.meta.notes[0] ?? '', /first 12 of 24 dispatches.*the trace file has all/);
  const read = readTraceFile(readFileSync(file));
  assert.ok(read.ok);
  assert.equal(read.value.tables.dispatches.length, 24);
  assert.deepEqual(read.value.meta.notes, []);
});

test("a driver's remarks about itself are not the script's output", () => {
  const noise =
    'Warning: maxDynamicStorageBuffersPerPipelineLayout artificially reduced from 1000000 to 16 to fit dynamic offset allocation limit.\n';
  assert.equal(withoutDriverNoise(`${noise}mine\n${noise}`), 'mine\n');
});
