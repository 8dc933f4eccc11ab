import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unzipSync } from 'fflate';
import { csvZip, dispatchesCsv, tableCsv } from '../../src/export/csv.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { TABLES, TABLE_NAMES } from '../../src/trace/model.ts';
import { parseCsv } from '../accept/tracelens.ts';
import { sampleTrace } from '../support/sample-trace.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test('every dispatch is a line that names its kernel and takes its time', () => {
  const trace = sampleTrace({ steps: 3 });
  const rows = parseCsv(text(dispatchesCsv(trace)));
  const { dispatches, launches } = trace.tables;
  assert.equal(rows.length, dispatches.length);
  rows.forEach((row, i) => {
    assert.equal(
      row['kernel'],
      trace.kernels[launches.kernel[dispatches.launch[i] as number] as number]?.name,
    );
    const ns = (dispatches.endNs[i] as number) - (dispatches.startNs[i] as number);
    assert.equal(row['durationNs'], Number.isNaN(ns) ? '' : String(ns));
  });
});

test('the zip holds each table that has rows, with all of its columns', () => {
  const trace = sampleTrace({ steps: 3 });
  const files = unzipSync(csvZip(trace));
  const expected = TABLE_NAMES.filter((name) => trace.tables[name].length > 0);
  assert.deepEqual(
    Object.keys(files),
    expected.map((name) => `${name}.csv`),
  );
  for (const name of expected) {
    const lines = text(files[`${name}.csv`] as Uint8Array)
      .trimEnd()
      .split('\r\n');
    assert.equal(lines[0], Object.keys(TABLES[name]).join());
  }
});

test('names with commas, quotes, lines and formulas stay text', () => {
  const names = ['a,b', 'say "hi"', 'two\nlines', '=HYPERLINK("http://x")', '-1+1', 'plain'];
  const builder = new TraceBuilder();
  builder.add('tracks', { name: 't', kind: 'other', group: '' });
  for (const name of names) builder.row('marks', { track: 0, name: builder.string(name), atNs: 1, step: -1 });
  const rows = parseCsv(text(tableCsv(builder.build(), 'marks')));
  assert.deepEqual(
    rows.map((row) => row['name']),
    ['a,b', 'say "hi"', 'two\nlines', '\t=HYPERLINK("http://x")', '\t-1+1', 'plain'],
  );
});
