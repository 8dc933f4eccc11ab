/** Perfetto's protocol buffers, in packets written here with the numbers of its protos. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zlibSync } from 'fflate';
import { chooseImporter, importTrace } from '../../src/import/index.ts';
import type { Trace } from '../../src/trace/model.ts';
import type { Message } from '../support/perfetto-packets.ts';
import { encoded, perfettoTrace } from '../support/perfetto-packets.ts';

/** A moment long after the start of a machine, in nanoseconds. */
const T = 5_000_000_000_000n;
const BEGIN = 1;
const END = 2;
const INSTANT = 3;
const COUNTER = 4;
const track = (uuid: number, more: Message): Message => [[60, [[1, uuid], ...more]]];
const at = (ns: number | bigint, event: Message, sequence = 1): Message => [
  [8, T + BigInt(ns)],
  [10, sequence],
  [11, event],
];
const PROCESS = track(1, [[3, [[1, 77], [6, 'trainer']]]]); // prettier-ignore
const THREAD = track(2, [[5, 1], [4, [[1, 77], [2, 78], [5, 'main']]]]); // prettier-ignore

function opened(packets: readonly Message[]): Trace {
  const bytes = perfettoTrace(packets);
  assert.equal(chooseImporter(bytes)?.id, 'perfetto');
  const read = importTrace(bytes);
  assert.ok(read.ok, read.ok ? '' : read.error.message);
  return read.value;
}

function slicesOf({ tables: { slices }, strings, tracks }: Trace): unknown[][] {
  return Array.from({ length: slices.length }, (_, i) => [
    tracks[slices.track[i] as number]?.name,
    strings[slices.name[i] as number],
    slices.startNs[i],
    slices.endNs[i],
    slices.depth[i],
  ]);
}

test('begins and ends become slices on the named thread, nested by time', () => {
  const trace = opened([
    PROCESS,
    THREAD,
    at(100, [[9, BEGIN], [11, 2], [23, 'step 3']]),
    at(150, [[9, BEGIN], [11, 2], [23, 'forward']]),
    at(180, [[9, END], [11, 2]]),
    at(190, [[9, INSTANT], [11, 2], [23, 'loss read']]),
    at(200, [[9, END], [11, 2]]),
  ]); // prettier-ignore
  assert.deepEqual(slicesOf(trace), [
    ['main', 'step 3', 0, 100, 0],
    ['main', 'forward', 50, 80, 1],
  ]);
  assert.equal(trace.tracks[0]?.group, 'trainer (77)');
  assert.equal(trace.tables.marks.atNs[0], 90);
  assert.equal(trace.tables.steps.index[0], 3);
  assert.equal(trace.tables.slices.step[1], 3);
});

test('interned names and the default track belong to their sequence until it is cleared', () => {
  const names = (list: Message): Message[number] => [12, list];
  const trace = opened([
    PROCESS,
    THREAD,
    [[8, T], [10, 1], [13, 1], names([[2, [[1, 5], [2, 'gemm']]]]), [59, [[11, [[11, 2]]]]], [11, [[9, BEGIN], [10, 5]]]],
    at(10, [[9, END]]),
    [[8, T + 20n], [10, 2], [13, 1], names([[2, [[1, 5], [2, 'other']]]]), [11, [[9, BEGIN], [10, 5], [11, 9]]]],
    at(30, [[9, END], [11, 9]], 2),
    [[8, T + 40n], [10, 1], [13, 1], [11, [[9, BEGIN], [10, 5], [11, 2]]]],
    at(50, [[9, END], [11, 2]]),
  ]); // prettier-ignore
  assert.deepEqual(slicesOf(trace), [
    ['main', 'gemm', 0, 10, 0],
    ['track 9', 'other', 20, 30, 0],
    ['main', '', 40, 50, 0],
  ]);
  assert.match(trace.meta.notes.join(), /name was lost with an earlier packet: 1/);
});

test('a clock of its own is brought to the trace’s, and counts on where it is incremental', () => {
  const clocks = (own: Message): Message => [
    [10, 1],
    [6, [[1, [[1, 6], [2, T]]], [1, own]]],
  ]; // prettier-ignore
  const own = (delta: number, event: Message): Message => [
    [8, delta],
    [58, 64],
    [10, 1],
    [11, event],
  ];
  const trace = opened([
    clocks([[1, 64], [2, 1000], [3, 1], [4, 1000]]),
    own(5, [[9, BEGIN], [11, 2], [23, 'a']]),
    own(2, [[9, END], [11, 2]]),
    at(9000, [[9, INSTANT], [11, 2], [23, 'boot time']]),
  ]); // prettier-ignore
  assert.deepEqual(slicesOf(trace), [['track 2', 'a', 0, 2000, 0]]);
  assert.equal(trace.tables.marks.atNs[0], 4000);
});

test('counters keep unit, multiplier and increments', () => {
  const trace = opened([
    PROCESS,
    track(8, [[2, 'heap'], [5, 1], [8, [[3, 3], [4, 1024], [5, 1]]]]),
    track(9, [[2, 'loss'], [5, 1], [8, []]]),
    at(0, [[9, COUNTER], [11, 8], [30, 4]]),
    at(10, [[9, COUNTER], [11, 8], [30, -1]]),
    at(20, [[9, COUNTER], [11, 9], [44, { double: 0.5 }]]),
  ]); // prettier-ignore
  const { samples } = trace.tables;
  assert.deepEqual([...samples.value], [4096, 3072, 0.5]);
  assert.deepEqual(
    trace.series.map(({ name, unit }) => [name, unit]),
    [
      ['heap', 'bytes'],
      ['loss', 'count'],
    ],
  );
});

test('a flow runs through its events in order of time until one ends it', () => {
  const id = { fixed: 2n ** 63n + 1n };
  const trace = opened([
    at(0, [[9, BEGIN], [11, 2], [23, 'call'], [47, id]]),
    at(10, [[9, END], [11, 2]]),
    at(20, [[9, INSTANT], [11, 3], [23, 'queued'], [47, id]]),
    at(30, [[9, BEGIN], [11, 4], [23, 'run'], [48, id]]),
    at(40, [[9, END], [11, 4]]),
    at(50, [[9, INSTANT], [11, 3], [23, 'another'], [47, id]]),
  ]); // prettier-ignore
  assert.equal(trace.tables.flows.length, 2);
});

test('compute stages of a GPU queue are kernels with their launch, others slices', () => {
  const specs: Message[number] = [12, [[24, [[1, 1], [2, 'Compute 0']]], [24, [[1, 2], [2, 'Compute'], [4, 2]]], [24, [[1, 3], [2, 'Render'], [4, 1]]]]]; // prettier-ignore
  const stage = (ns: number, more: Message): Message => [
    [8, T + BigInt(ns)],
    [10, 1],
    [53, [[2, 500], [13, 1], ...more]],
  ]; // prettier-ignore
  const launch: Message = [[1, [[1, 64], [2, 2]]], [2, [[1, 256]]], [3, [[2, 'registers_per_thread'], [4, 40]]], [3, [[2, 'shared_mem_static'], [4, 1024]]]]; // prettier-ignore
  const trace = opened([
    [[10, 1], [13, 1], specs],
    stage(0, [[14, 2], [17, 'sgemm_128x64'], [21, launch]]),
    stage(600, [[14, 2], [17, 'relu']]),
    stage(1200, [[14, 3]]),
  ]); // prettier-ignore
  const { dispatches, launches } = trace.tables;
  assert.deepEqual([...dispatches.endNs], [500, 1100]);
  assert.deepEqual(trace.kernels[0], {
    name: 'sgemm_128x64',
    family: 'gemm',
    workgroupSize: [256, 1, 1],
    workgroupBytes: 1024,
    registersPerThread: 40,
  });
  assert.deepEqual([launches.workgroupsX[0], launches.workgroupsY[0], launches.workgroupsZ[0]], [64, 2, 1]);
  assert.deepEqual(slicesOf(trace), [['Compute 0', 'Render', 1200, 1700, 0]]);
});

test('events of Chrome’s older form, complete and instant, are read too', () => {
  const trace = opened([
    [[10, 1], [44, [[1, 5], [2, 6], [5, 'old thread']]]],
    at(0, [[23, 'task'], [6, [[2, 88], [3, 3]]]]),
    at(100, [[23, 'mark'], [6, [[2, 73]]]]),
    at(200, [[23, 'async'], [6, [[2, 98]]]]),
  ]); // prettier-ignore
  assert.deepEqual(slicesOf(trace), [['old thread', 'task', 0, 3000, 0]]);
  assert.equal(trace.tables.marks.length, 1);
  assert.match(trace.meta.notes.join(), /Chrome’s async and flow events\), left out: 1/);
});

test('packed packets are unpacked; a bomb among them costs only itself', () => {
  const packed = zlibSync(
    perfettoTrace([
      at(0, [
        [9, INSTANT],
        [11, 2],
        [23, 'within'],
      ]),
    ]),
  );
  const bomb = zlibSync(new Uint8Array(100 << 20), { level: 9 });
  const trace = opened([
    [[50, packed]],
    [[50, bomb]],
    at(5, [
      [9, INSTANT],
      [11, 2],
      [23, 'after'],
    ]),
  ]);
  assert.equal(trace.tables.marks.length, 2);
  assert.match(trace.meta.notes.join(), /broken inside, left out: 1/);
});

test('a file cut anywhere keeps the packets before the cut', () => {
  const bytes = perfettoTrace([PROCESS, THREAD, ...Array.from({ length: 20 }, (_, i): Message => at(i, [[9, INSTANT], [11, 2], [23, 'm']]))]); // prettier-ignore
  for (let end = encoded([[1, PROCESS]]).length; end < bytes.length; end++) {
    const read = importTrace(bytes.subarray(0, end));
    assert.ok(read.ok, `cut at ${end}`);
  }
  const cut = importTrace(bytes.subarray(0, bytes.length - 3));
  assert.ok(cut.ok);
  assert.equal(cut.value.tables.marks.length, 19);
  assert.match(cut.value.meta.notes.join(), /cut or damaged at byte \d+/);
});

test('what is not read is said', () => {
  const trace = opened([
    [[8, T], [1, [[1, 0]]]],
    [[8, T], [133, new Uint8Array([1, 2, 3])]],
    at(0, [[9, INSTANT], [11, 2], [23, 'm']]),
    [[10, 1], [11, [[9, INSTANT], [11, 2], [23, 'no time']]]],
  ]); // prettier-ignore
  const notes = trace.meta.notes.join('\n');
  assert.match(notes, /carry no track events .*: 1\./);
  assert.match(notes, /zstd.*: 1\./);
  assert.match(notes, /without a time, left out: 1\./);
});
