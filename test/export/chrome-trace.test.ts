import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { chromeTrace, micros } from '../../src/export/chrome-trace.ts';
import { importTrace } from '../../src/import/index.ts';
import { parseMicros, time } from '../../src/import/json/number.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { dumpTrace } from '../../src/trace/dump.ts';
import type { Trace } from '../../src/trace/model.ts';
import { arrowText, drawnArrows, drawnSlices } from '../support/drawn-rows.ts';
import { stackAsPerfetto } from '../support/perfetto-stack.ts';
import type { ViewerEvent } from '../support/perfetto-stack.ts';
import { sampleTrace } from '../support/sample-trace.ts';

const folder = 'test/golden/import';

function opened(bytes: Uint8Array): Trace {
  const read = importTrace(bytes);
  assert.ok(read.ok, read.ok ? '' : read.error.message);
  return read.value;
}

function checkRoundTrip(trace: Trace, what: string): void {
  const again = opened(chromeTrace(trace));
  assert.equal(dumpTrace(again), dumpTrace(trace), what);
  assert.deepEqual(again.strings, trace.strings, what);
}

test('what any format opens as is the same after export and import', () => {
  for (const file of readdirSync(folder).filter((name) => !/\.(txt|actual)$/.test(name))) {
    const read = importTrace(readFileSync(path.join(folder, file)));
    if (!read.ok) continue;
    checkRoundTrip(read.value, file);
    checkAsPerfetto(read.value);
  }
});

test('a run of our own is the same after export and import', () => {
  checkRoundTrip(sampleTrace({ network: 'cnn', steps: 6, timedEvery: 3 }), 'sample');
});

test('an export is JSON whose events a viewer can place', () => {
  checkEvents(sampleTrace({ steps: 4 }));
  checkEvents(opened(readFileSync(path.join(folder, 'kineto-new-names-modules.json'))));
});

function checkEvents(trace: Trace, category = 'kernel'): void {
  const traceEvents = eventsOf(trace);
  const threads = new Set(
    traceEvents
      .filter(({ name }) => name === 'thread_name')
      .map(({ pid, tid }) => `${String(pid)} ${String(tid)}`),
  );
  for (const event of traceEvents) {
    if (event.ph === 'M') continue;
    assert.ok(Number.isFinite(event.ts), JSON.stringify(event));
    assert.ok(threads.has(`${event.pid} ${event.tid}`), 'every event is on a named thread');
    if (event.ph === 'X') assert.ok((event.dur as number) >= 0, 'every complete event has a length');
    if (event.ph === 'C') for (const value of Object.values(event.args ?? {})) assert.ok(Number.isFinite(value));
  } // prettier-ignore
  assert.ok(traceEvents.some(({ cat }) => cat === category));
  checkAsPerfetto(trace);
}

function eventsOf(trace: Trace): ViewerEvent[] {
  return (JSON.parse(new TextDecoder().decode(chromeTrace(trace))) as { traceEvents: ViewerEvent[] })
    .traceEvents;
}

/** Stacks of slices as Perfetto builds them: none is dropped, and both ends of each arrow are the rows it is between. */
function checkAsPerfetto(trace: Trace): void {
  const read = stackAsPerfetto(eventsOf(trace));
  assert.deepEqual(read.dropped, []);
  assert.equal(read.slices, drawnSlices(trace).length);
  assert.deepEqual(read.arrows.map(arrowText).sort(), drawnArrows(trace));
}

test('spans that cut each other stand on threads of their own', () => {
  checkEvents(
    opened(
      new TextEncoder().encode(
        JSON.stringify({
          traceEvents: [
            { ph: 'X', name: 'a', pid: 1, tid: 1, ts: 0, dur: 10 },
            { ph: 'X', name: 'b', pid: 1, tid: 1, ts: 5, dur: 10 },
            { ph: 'X', name: 'c', pid: 1, tid: 1, ts: 6, dur: 2 },
          ],
        }),
      ),
    ),
    'slice',
  );
});

test('times are written with every nanosecond', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 52 }), (ns) => {
      const bytes = new TextEncoder().encode(micros(ns));
      parseMicros(bytes, 0, bytes.length);
      assert.equal(time.whole * 1000 + time.nanos, ns);
    }),
    { numRuns: 500 },
  );
});

/** Rows on one track; times are nanoseconds, NaN for none. */
function traceOf(
  slices: readonly { name: string; startNs: number; endNs: number; depth?: number }[],
  samples: readonly number[] = [],
  arrows: readonly (readonly [number, number])[] = [],
): Trace {
  const builder = new TraceBuilder();
  const none = { step: -1, layer: -1, location: -1 };
  const track = builder.add('tracks', { name: 'work', kind: 'other', group: 'host' });
  const series = builder.add('series', { name: 'level', unit: 'count', track });
  for (const { name, startNs, endNs, depth = 0 } of slices)
    builder.row('slices', { track, name: builder.string(name), startNs, endNs, depth, ...none });
  samples.forEach((value, i) => builder.row('samples', { series, atNs: i * 10, value }));
  for (const [from, to] of arrows)
    builder.row('flows', { name: builder.string('launch'), fromEnd: 0, from, toEnd: 0, to });
  return builder.build();
}

test('an inner span that was recorded first stands within the one that begins and ends with it', () => {
  const trace = traceOf(
    [
      { name: 'inner', startNs: 5, endNs: 9, depth: 1 },
      { name: 'outer', startNs: 5, endNs: 9 },
      { name: 'later', startNs: 9, endNs: 12 },
    ],
    [],
    [[1, 2]],
  );
  checkRoundTrip(trace, 'inner first');
  checkAsPerfetto(trace);
  const named = eventsOf(trace).filter(({ ph }) => ph === 'X').map(({ name }) => name); // prettier-ignore
  assert.deepEqual(named, ['outer', 'inner', 'later']);
});

test('times between nanoseconds do not cut each other, and come back to the last bit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.01, max: 40, noNaN: true }), { minLength: 2, maxLength: 60 }),
      (lengths) => {
        let at = 0;
        const chain = lengths.map((length, i) => ({ name: `k${i % 5}`, startNs: at, endNs: (at += length) }));
        const trace = traceOf([...chain, { name: 'all', startNs: 0, endNs: at }]);
        checkRoundTrip(trace, 'chain');
        checkAsPerfetto(trace);
        const again = opened(chromeTrace(trace)).tables.slices;
        assert.deepEqual([...again.endNs], [...trace.tables.slices.endNs]);
        assert.equal(new Set(eventsOf(trace).filter(({ ph }) => ph === 'X').map(({ tid }) => tid)).size, 1, 'one thread'); // prettier-ignore
      },
    ),
    { numRuns: 200 },
  );
});

test('spans that have not ended, samples that are no number and arrows against time are kept', () => {
  const trace = traceOf(
    [
      { name: 'never ends', startNs: 3, endNs: NaN },
      { name: 'before', startNs: 1, endNs: 2 },
      { name: 'no time', startNs: NaN, endNs: NaN },
      { name: 'backwards', startNs: 8, endNs: 4 },
    ],
    [1, NaN, Infinity, 2.5],
    [
      [0, 1],
      [0, 2],
    ],
  );
  checkRoundTrip(trace, 'odd rows');
  checkAsPerfetto(trace);
  const events = eventsOf(trace);
  assert.deepEqual(events.filter(({ ph }) => ph === 'B').map(({ name }) => name), ['never ends']); // prettier-ignore
  assert.deepEqual(events.filter(({ ph }) => ph === 'C').map(({ args }) => args), [{ count: 1 }, { count: 2.5 }]); // prettier-ignore
});

test('hundreds of spans side by side each find a thread', () => {
  const trace = traceOf(Array.from({ length: 300 }, (_, i) => ({ name: `s${i}`, startNs: i, endNs: 1000 + i })));
  checkRoundTrip(trace, 'side by side');
  checkAsPerfetto(trace);
}); // prettier-ignore

test('counters of one name in one process are told apart', () => {
  const builder = new TraceBuilder();
  const track = builder.add('tracks', { name: 'memory', kind: 'other', group: 'GPU' });
  for (const name of ['live', 'live', 'peak']) builder.add('series', { name, unit: 'bytes', track });
  [0, 1, 2].forEach((series) => builder.row('samples', { series, atNs: 5, value: series }));
  const trace = builder.build();
  checkRoundTrip(trace, 'counters');
  const curves = eventsOf(trace).filter(({ ph }) => ph === 'C').map(({ name, id }) => `${name} ${id ?? ''}`); // prettier-ignore
  assert.deepEqual(curves, ['live ', 'live 2', 'peak ']);
});
