import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'fflate';
import { seededRandom } from '../../src/base/random.ts';
import { importTracePieces, importTrace } from '../../src/import/index.ts';
import { dumpTrace } from '../../src/trace/dump.ts';
import { checkImport } from '../support/import-check.ts';
import { mutated } from '../support/mutate.ts';

const folder = 'test/golden/import';
const samples = readdirSync(folder)
  .filter((name) => !/\.(txt|actual)$/.test(name))
  .map((name) => ({ name, bytes: new Uint8Array(readFileSync(path.join(folder, name))) }));
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

test('damaged files of every format give a trace or one line, never a throw', () => {
  const random = seededRandom(7);
  for (const { name, bytes } of samples)
    for (let i = 0; i < 20; i++) {
      const other = samples[Math.floor(random() * samples.length)]?.bytes ?? bytes;
      const hostile = mutated(bytes, other, random);
      try {
        checkImport(hostile);
      } catch (error) {
        assert.fail(
          `${name}, mutation ${i}: ${(error as Error).stack}\n${Buffer.from(hostile.subarray(0, 4000)).toString('latin1')}`,
        );
      }
    }
});

test('every case that fuzzing ever found stays mended', () => {
  const found = 'test/import/found';
  const files = existsSync(found) ? readdirSync(found) : [];
  for (const file of files) checkImport(new Uint8Array(readFileSync(path.join(found, file))));
});

test('a file cut at any byte keeps what came before', () => {
  for (const name of [
    'chrome-async-nestable.json',
    'kineto-new-names-modules.json',
    'memory-timeline.raw.json',
    'memory-snapshot.pickle',
  ]) {
    const { bytes } = samples.find((sample) => sample.name === name) as (typeof samples)[number];
    for (let end = 0; end < bytes.length; end += 41) checkImport(bytes.subarray(0, end));
  }
});

test('a packed bomb is stopped and named', () => {
  const bomb = gzipSync(encode(`{"traceEvents":[${' '.repeat(40_000_000)}`), { level: 9 });
  const read = importTrace(bomb);
  const said = read.ok ? read.value.meta.notes.join() : read.error.message;
  assert.match(said, /unpacks to more than \d+ times its size/);
});

test('a packed file cut short keeps the events before the cut', () => {
  const events = Array.from(
    { length: 5000 },
    (_, i) =>
      `{"ph":"X","name":"n${i}","pid":1,"tid":1,"ts":${i * 10},"dur":${Math.floor(Math.abs(Math.sin(i)) * 1e6) / 1e5}}`,
  );
  const packed = gzipSync(encode(`{"traceEvents":[${events.join(',')}]}`));
  const read = importTrace(packed.subarray(0, packed.length / 2));
  assert.ok(read.ok);
  assert.ok(read.value.tables.slices.length > 500);
  assert.match(read.value.meta.notes.join(), /cut or damaged/);
});

test('a million open brackets are measured, not recursed into', () => {
  const deep = '['.repeat(1_000_000);
  for (const text of [
    `{"traceEvents":[{"ph":"X","args":{"a":${deep}`,
    `{"a":${deep}`,
    deep,
    `{"traceEvents":[${deep}`,
  ])
    checkImport(encode(text));
});

test('a hundred thousand nested slices open', () => {
  const events = Array.from(
    { length: 100_000 },
    (_, i) =>
      `{"ph":"X","cat":"cpu_op","name":"a","pid":1,"tid":1,"ts":${i},"dur":${2 * (100_000 - i)},"args":{"External id":${i}}}`,
  );
  const read = importTrace(encode(`{"schemaVersion":1,"traceEvents":[${events.join(',')}]}`));
  assert.ok(read.ok);
  assert.equal(read.value.tables.slices.length, 100_000);
  assert.equal(Math.max(...read.value.tables.slices.depth), 65535);
});

test('events after a long header are found', () => {
  const read = importTrace(
    encode(
      `{"log":"${'x'.repeat(200_000)}","traceEvents":[{"ph":"X","name":"a","pid":1,"tid":1,"ts":1,"dur":2}]}`,
    ),
  );
  assert.ok(read.ok);
  assert.equal(read.value.tables.slices.length, 1);
});

test('a file read in pieces gives the trace that the whole file gives', () => {
  for (const { name, bytes } of samples)
    for (const file of [bytes, gzipSync(bytes)]) {
      const pieces = sharedPieces(file);
      const whole = importTrace(file);
      const pieced = importTracePieces(pieces, file.length);
      if (whole.ok) assert.equal(pieced.ok && dumpTrace(pieced.value), dumpTrace(whole.value), name);
      else assert.ok(!pieced.ok, name);
    }
});

/** Pieces that all lie in one memory, as a reader of files gives them. */
function* sharedPieces(file: Uint8Array): Iterable<Uint8Array> {
  const memory = new Uint8Array(100);
  for (let at = 0; at < file.length; at += memory.length) {
    const piece = file.subarray(at, at + memory.length);
    memory.set(piece);
    yield memory.subarray(0, piece.length);
  }
}

test('names that are keys of every object stay names', () => {
  const read = importTrace(
    encode(
      '{"traceEvents":[{"ph":"X","name":"__proto__","pid":"constructor","tid":"toString","ts":1,"dur":2}]}',
    ),
  );
  assert.ok(read.ok);
  assert.deepEqual(read.value.strings, ['__proto__']);
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
});

test('a pickle that wants code run is read as data', () => {
  const { bytes } = samples.find(
    ({ name }) => name === 'memory-snapshot-hostile.pickle',
  ) as (typeof samples)[number];
  assert.ok(Buffer.from(bytes).toString('latin1').includes('system'));
  assert.equal(checkImport(bytes), 'trace');
});

test('reading stops when it is told to', () => {
  const events = Array.from(
    { length: 70_000 },
    (_, i) => `{"ph":"X","name":"n","pid":1,"tid":1,"ts":${i},"dur":1}`,
  );
  const read = importTrace(encode(`{"traceEvents":[${events.join(',')}]}`), { progress: () => false });
  assert.ok(read.ok);
  assert.match(read.value.meta.notes.join(), /reading was stopped/);
});
