import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EventReader } from '../../src/import/events/reader.ts';
import { parseMicros, parseNanos, parseNumber, time } from '../../src/import/json/number.ts';
import { ByteStrings } from '../../src/import/json/strings.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a number is read as JSON.parse reads it', () => {
  const check = (text: string): void => {
    const bytes = encode(text);
    assert.ok(Object.is(parseNumber(bytes, 0, bytes.length), Number(text)), text);
  };
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => check(JSON.stringify(value))),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), fc.nat(999_999), (whole, part) =>
      check(`${whole}.${part}`),
    ),
    { numRuns: 500 },
  );
  for (const text of [
    '0',
    '-0',
    '9007199254740991',
    '9007199254740993',
    '0.1',
    '123456789.123456789',
    '1e5',
    '1E-5',
    '5.',
    '.5',
  ])
    check(text);
});

test('wall-clock microseconds keep their nanoseconds', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 51 }), fc.integer({ min: 0, max: 999 }), (whole, nanos) => {
      const bytes = encode(`${whole}.${String(nanos).padStart(3, '0')}`);
      parseMicros(bytes, 0, bytes.length);
      assert.deepEqual({ ...time }, { whole, nanos });
    }),
    { numRuns: 300 },
  );
});

test('nanoseconds since 1970 keep their last digits', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 62n }), (nanos) => {
      const bytes = encode(String(nanos));
      parseNanos(bytes, 0, bytes.length);
      assert.equal(BigInt(time.whole) * 1000n + BigInt(time.nanos), nanos);
    }),
    { numRuns: 300 },
  );
});

test('equal strings have one id, different ones differ, all keep their text', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ unit: fc.constantFrom('a', 'b', '"', '\\', '\n', '\u0000', 'é', '😀'), maxLength: 6 }),
        { maxLength: 24 },
      ),
      (texts) => {
        const strings = new ByteStrings();
        const seen = new Map<string, number>();
        for (const text of texts) {
          const json = encode(JSON.stringify(text));
          const id = strings.intern(json, 1, json.length - 1, json.includes(92));
          assert.equal(id, seen.get(text) ?? seen.size);
          assert.equal(strings.text(id), text);
          seen.set(text, id);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('how a file is cut into pieces does not matter', () => {
  const text = `\n{"a":[1,{"b":"]}"}],"traceEvents":[${Array.from({ length: 30 }, (_, i) => `{"ph":"X","name":"n\\"${i % 3}","cat":"c","pid":1,"tid":"t","ts":${i}.5,"dur":2,"args":{"External id":${i},"grid":[1,2,3]}}`).join(' ,\n')}],"z":"é"}`;
  const whole = read([encode(text)]);
  fc.assert(
    fc.property(fc.array(fc.nat(encode(text).length), { maxLength: 12 }), (cuts) => {
      const bytes = encode(text);
      const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      assert.deepEqual(read(places.slice(1).map((end, i) => bytes.subarray(places[i], end))), whole);
    }),
    { numRuns: 200 },
  );
  assert.deepEqual(read([...encode(text)].map((byte) => Uint8Array.of(byte))), whole);
});

function read(pieces: readonly Uint8Array[]): unknown {
  const reader = new EventReader();
  for (const piece of pieces) reader.push(piece);
  const { events, header, notes } = reader.end();
  const rows = Array.from({ length: events.length }, (_, i) => [
    events.text(events.name[i] as number),
    events.text(events.thread[i] as number),
    events.startNs[i],
    events.durationNs[i],
    events.number(i, events.strings.known('External id')),
    events.number(i, events.strings.known('grid.2')),
  ]);
  return { rows, header: [...header], notes };
}
