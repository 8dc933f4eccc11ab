import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SqlRows } from '../../src/wire/sql-messages.ts';
import { cellText, offsetOf, selectionOf, sqlCsv } from '../../webview/views/sql.layout.ts';
import { makeTrace } from './made-trace.ts';

const trace = makeTrace();

function result(columns: readonly string[]): SqlRows {
  return {
    kind: 'rows',
    columns: columns.map((name) => ({ name, numeric: false })),
    rows: [],
    total: 0,
    complete: true,
    ms: 1,
  };
}

test('a row selects the most exact thing it names', () => {
  const layer = trace.layers[1]!.path;
  const select = (columns: readonly string[], row: readonly (string | number | null)[], sources = ['a']) =>
    selectionOf(trace, result(columns), row, sources);
  assert.deepEqual(select(['layer', 'Dispatch'], [layer, 3]), { kind: 'dispatch', dispatch: 3 });
  assert.deepEqual(select(['layer', 'dispatch'], [layer, null]), { kind: 'layer', layer: 1 });
  assert.deepEqual(select(['kernel'], [trace.kernels[2]!.name]), { kind: 'kernel', kernel: 2 });
  assert.deepEqual(select(['buffer'], [0]), { kind: 'buffer', buffer: 0 });
  const step = trace.tables.steps.index[2]!;
  assert.deepEqual(select(['step', 'ms'], [step, 4]), { kind: 'step', step });
  for (const wrong of [-1, 0.5, 1e9, '3']) assert.equal(select(['dispatch'], [wrong]), null);
  assert.equal(select(['kernel'], ['no such kernel']), null);
  assert.equal(select(['calls'], [3]), null);
});

test('a number selects only where it is of the trace that is shown', () => {
  const both = ['shown', 'other'];
  const select = (columns: readonly string[], row: readonly (string | number)[]) =>
    selectionOf(trace, result(columns), row, both);
  assert.equal(select(['dispatch'], [3]), null);
  assert.deepEqual(select(['source', 'dispatch'], ['shown', 3]), { kind: 'dispatch', dispatch: 3 });
  assert.equal(select(['source', 'dispatch'], ['other', 3]), null);
  assert.equal(select(['source', 'kernel'], ['other', trace.kernels[2]!.name]), null);
  assert.deepEqual(select(['kernel'], [trace.kernels[2]!.name]), { kind: 'kernel', kernel: 2 });
});

test('cells are short on the page and exact in CSV', () => {
  assert.equal(cellText(null), '–');
  assert.equal(cellText(1234567), '1,234,567');
  assert.equal(cellText(1 / 3), '0.333333');
  assert.equal(cellText(123456789.25), '123,456,789');
  assert.equal(cellText(true), 'true');
  assert.equal(
    sqlCsv({ columns: [{ name: 'a,b', numeric: false }, { name: 'c', numeric: true }], rows: [['x"y', 1 / 3], ['@sum', null]] }), // prettier-ignore
    `"a,b",c\r\n"x""y",${1 / 3}\r\n"\t@sum",\r\n`,
  );
});

test('a place in the text is the offset of its line and column', () => {
  assert.equal(offsetOf('ab\ncd', { line: 2, column: 2 }), 4);
  assert.equal(offsetOf('ab', { line: 9, column: 9 }), 2);
});
