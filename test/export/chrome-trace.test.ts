import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { chromeTrace, micros } from '../../src/export/chrome-trace.ts';
import { importTrace } from '../../src/import/index.ts';
import { parseMicros, time } from '../../src/import/json/number.ts';
import { dumpTrace } from '../../src/trace/dump.ts';
import type { Trace } from '../../src/trace/model.ts';
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
    if (read.ok) checkRoundTrip(read.value, file);
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
  const text = new TextDecoder().decode(chromeTrace(trace));
  const { traceEvents } = JSON.parse(text) as { traceEvents: Record<string, unknown>[] };
  const threads = new Set(
    traceEvents
      .filter(({ name }) => name === 'thread_name')
      .map(({ pid, tid }) => `${String(pid)} ${String(tid)}`),
  );
  assertNested(traceEvents);
  const open = new Map<unknown, number>();
  for (const event of traceEvents) {
    if (event['ph'] === 'M') continue;
    assert.ok(Number.isFinite(event['ts']), JSON.stringify(event));
    assert.ok(
      threads.has(`${String(event['pid'])} ${String(event['tid'])}`),
      'every event is on a named thread',
    );
    if (event['ph'] === 'X') assert.ok(event['dur'] === undefined || (event['dur'] as number) >= 0);
    if (event['ph'] === 's') open.set(event['id'], 1);
    if (event['ph'] === 'f') assert.ok(open.delete(event['id']), 'an arrow ends that never began');
  }
  assert.equal(open.size, 0, 'an arrow begins that never ends');
  assert.ok(traceEvents.some(({ cat }) => cat === category));
}

/** Slices of a thread hold each other or follow each other: a viewer's importer refuses anything else. */
function assertNested(events: readonly Record<string, unknown>[]): void {
  const threads = new Map<string, { start: number; end: number }[]>();
  for (const { ph, pid, tid, ts, dur } of events) {
    if (ph !== 'X' || dur === undefined) continue;
    const key = `${String(pid)} ${String(tid)}`;
    threads.set(key, [
      ...(threads.get(key) ?? []),
      {
        start: Math.round((ts as number) * 1000),
        end: Math.round(((ts as number) + (dur as number)) * 1000),
      },
    ]);
  }
  for (const [thread, spans] of threads) {
    const stack: number[] = [];
    for (const { start, end } of spans.sort((a, b) => a.start - b.start || b.end - a.end)) {
      while (stack.length > 0 && (stack.at(-1) as number) <= start) stack.pop();
      assert.ok(
        stack.length === 0 || end <= (stack.at(-1) as number),
        `spans of thread ${thread} cut each other at ${start}`,
      );
      stack.push(end);
    }
  }
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
