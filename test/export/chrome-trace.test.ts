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

function checkEvents(trace: Trace): void {
  const text = new TextDecoder().decode(chromeTrace(trace));
  const { traceEvents } = JSON.parse(text) as { traceEvents: Record<string, unknown>[] };
  const threads = new Set(
    traceEvents
      .filter(({ name }) => name === 'thread_name')
      .map(({ pid, tid }) => `${String(pid)} ${String(tid)}`),
  );
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
  assert.ok(traceEvents.some(({ cat }) => cat === 'kernel'));
}

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
