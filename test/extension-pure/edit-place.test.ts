import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LineNow } from '../../src/extension/advice/edit-place.ts';
import { placeEdit } from '../../src/extension/advice/edit-place.ts';
import type { Edit } from '../../src/suggest/suggestion.ts';

const SOURCE = 'const epochs = 8;\nconst loader = load(set, { batchSize: 8 });\n';
const start = SOURCE.lastIndexOf('8');
const EDIT: Edit = { file: 'a.ts', start, end: start + 1, oldText: '8', newText: '64' };

function lineOf(text: string, line: number, same = true): LineNow {
  const lines = text.split('\n');
  const from = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0);
  const measuredStart = SOURCE.indexOf('const loader');
  return { start: from, end: from + lines[line]!.length, measuredStart, same };
}

function where(text: string, line: number): string {
  const place = placeEdit(text, EDIT, lineOf(text, line));
  return place.state === 'lost'
    ? 'lost'
    : `${place.state} ${text.slice(0, place.start)}|${text.slice(place.start, place.end)}|`;
}

test('an untouched source has the edit where it was found', () => {
  assert.equal(where(SOURCE, 1), `open ${SOURCE.slice(0, start)}|8|`);
});

test('lines put in above move it along, also where the old offsets happen to hold the same digit', () => {
  assert.match(where(`// a note\n${SOURCE}`, 2), /^open .*batchSize: \|8\|$/s);
  const shifted = `${'8'.repeat(start + 1)}\n${SOURCE}`;
  assert.match(where(shifted, 2), /batchSize: \|8\|$/s);
});

test('once written, it is applied; undone, it is open again', () => {
  assert.match(where(SOURCE.replace('batchSize: 8', 'batchSize: 64'), 1), /^applied .*\|64\|$/s);
});

test('another value, or two equal ones on the line, is never guessed at', () => {
  assert.equal(where(SOURCE.replace('batchSize: 8', 'batchSize: 18'), 1), 'lost');
  assert.equal(
    where(SOURCE.replace('batchSize: 8', 'more: 8, batchSize: 8').replace('const epochs = 8;', ''), 1),
    'lost',
  );
});

test('text put in has a place only on an unchanged line, and is known again once it is there', () => {
  const source = SOURCE.replace('{ batchSize: 8 }', '{}');
  const at = source.indexOf('{}') + 1;
  const edit: Edit = { file: 'a.ts', start: at, end: at, oldText: '', newText: ' batchSize: 64 ' };
  const moved = `// a note\n${source}`;
  assert.deepEqual(placeEdit(moved, edit, lineOf(moved, 2)), { state: 'open', start: at + 10, end: at + 10 });
  const written = source.slice(0, at) + edit.newText + source.slice(at);
  assert.equal(placeEdit(written, edit, lineOf(written, 1, false)).state, 'applied');
  const other = source.replace('loader', 'batches');
  assert.equal(placeEdit(other, edit, lineOf(other, 1, false)).state, 'lost');
});
