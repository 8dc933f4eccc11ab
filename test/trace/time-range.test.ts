import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { importTrace, importTracePieces } from '../../src/import/index.ts';
import { readTraceFile, writeTraceFile } from '../../src/trace/codec.ts';
import { dumpTrace } from '../../src/trace/dump.ts';
import type { Trace } from '../../src/trace/model.ts';
import { cutTrace } from '../../src/trace/time-range.ts';
import { sampleTrace } from '../support/sample-trace.ts';

const SAMPLES: readonly Trace[] = [
  sampleTrace({ network: 'cnn', steps: 6 }),
  ...['kineto-new-names-modules.json', 'kineto-collective.json', 'chrome-flow-steps.json', 'perfetto-training.pftrace'].map((name) => {
    const read = importTrace(readFileSync(`test/golden/import/${name}`));
    assert.ok(read.ok);
    return read.value;
  }),
]; // prettier-ignore

/** A part of a trace, named by shares of its length. */
const parts = fc.record({
  sample: fc.constantFrom(...SAMPLES),
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  to: fc.double({ min: 0, max: 1, noNaN: true }),
});

function rangeOf({ sample, from, to }: { sample: Trace; from: number; to: number }) {
  const last = Math.max(0, ...sample.tables.dispatches.endNs.filter(Number.isFinite), ...sample.tables.slices.endNs); // prettier-ignore
  return { fromNs: Math.min(from, to) * last, toNs: Math.max(from, to) * last };
}

test('a part holds the rows that touch it and no others, and is a valid trace', () => {
  fc.assert(
    fc.property(parts, (part) => {
      const range = rangeOf(part);
      const cut = cutTrace(part.sample, range);
      for (const table of ['dispatches', 'slices', 'transfers', 'steps'] as const) {
        const { length, startNs, endNs } = part.sample.tables[table];
        let inside = 0;
        for (let i = 0; i < length; i++)
          if ((startNs[i] as number) <= range.toNs && (endNs[i] as number) >= range.fromNs) inside++;
        assert.equal(cut.tables[table].length, inside, table);
      }
      assert.ok(readTraceFile(writeTraceFile(cut)).ok);
    }),
    { numRuns: 100 },
  );
});

test('arrows keep their ends: the same names at the same times', () => {
  const ends = ({ tables, strings, kernels }: Trace): string[] => {
    const { flows, slices, dispatches, launches, marks } = tables;
    const at = (end: number, row: number): string =>
      end === 0
        ? `${strings[slices.name[row] as number]} ${slices.startNs[row]}`
        : end === 1
          ? `${kernels[launches.kernel[dispatches.launch[row] as number] as number]?.name} ${dispatches.startNs[row]}`
          : `${strings[marks.name[row] as number]} ${marks.atNs[row]}`;
    return Array.from(
      { length: flows.length },
      (_, i) =>
        `${at(flows.fromEnd[i] as number, flows.from[i] as number)} -> ${at(flows.toEnd[i] as number, flows.to[i] as number)}`,
    );
  };
  fc.assert(
    fc.property(parts, (part) => {
      const all = new Set(ends(part.sample));
      for (const arrow of ends(cutTrace(part.sample, rangeOf(part)))) assert.ok(all.has(arrow), arrow);
    }),
    { numRuns: 100 },
  );
  for (const sample of SAMPLES)
    assert.deepEqual(ends(cutTrace(sample, { fromNs: 0, toNs: Infinity })), ends(sample));
});

test('our own file read by range is the trace cut to it, whole or in pieces', () => {
  fc.assert(
    fc.property(parts, fc.integer({ min: 1, max: 5000 }), (part, size) => {
      const range = rangeOf(part);
      const wanted = dumpTrace(cutTrace(part.sample, range));
      const bytes = writeTraceFile(part.sample);
      const whole = importTrace(bytes, { range });
      assert.ok(whole.ok);
      assert.equal(dumpTrace(whole.value), wanted);
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      const pieced = importTracePieces(pieces, bytes.length, { range });
      assert.ok(pieced.ok);
      assert.equal(dumpTrace(pieced.value), wanted);
    }),
    { numRuns: 50 },
  );
});
