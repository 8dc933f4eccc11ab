import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findLost, moveLine, trackLines } from '../../src/extension/lines/line-tracker.ts';
import type { TextChange, TrackedLine } from '../../src/extension/lines/line-tracker.ts';

const SOURCE = ['import nn', '', 'const a = nn.Linear(1)', 'const b = nn.Linear(2)', 'train()'];

function edited(lines: readonly string[], change: TextChange): string[] {
  const head = lines
    .slice(0, change.startLine)
    .concat((lines[change.startLine] ?? '').slice(0, change.startColumn));
  const tail = [(lines[change.endLine] ?? '').slice(change.endColumn), ...lines.slice(change.endLine + 1)];
  const middle = change.text.split('\n');
  const text = [...head.slice(0, -1), `${head.at(-1)}${middle[0]}`, ...middle.slice(1)];
  text.push(`${text.pop()}${tail[0]}`);
  return [...text, ...tail.slice(1)];
}

function follow(change: TextChange, measured = 4): { line: number | null; text: string | undefined } {
  const lines = edited(SOURCE, change);
  const tracked = trackLines([measured], (line) => SOURCE[line]).map((line) => moveLine(line, change));
  const line = findLost(tracked, lines)[0]!.line;
  return { line, text: line === null ? undefined : lines[line] };
}

const at = (
  startLine: number,
  startColumn: number,
  endLine: number,
  endColumn: number,
  text: string,
): TextChange => ({
  startLine,
  startColumn,
  endLine,
  endColumn,
  text,
});

test('lines put in above push a measured line down, also right before its first character', () => {
  assert.deepEqual(follow(at(0, 0, 0, 0, '// one\n// two\n')), { line: 5, text: SOURCE[3] });
  assert.deepEqual(follow(at(3, 0, 3, 0, '// one\n')), { line: 4, text: SOURCE[3] });
});

test('lines taken out above pull it up; changes below and a new line at its end leave it', () => {
  assert.deepEqual(follow(at(1, 0, 2, 0, '')), { line: 2, text: SOURCE[3] });
  assert.deepEqual(follow(at(4, 0, 4, 5, 'fit')), { line: 3, text: SOURCE[3] });
  assert.deepEqual(follow(at(3, SOURCE[3]!.length, 3, SOURCE[3]!.length, '\n// after')), {
    line: 3,
    text: SOURCE[3],
  });
});

test('a change inside the line keeps its place, with another text', () => {
  assert.deepEqual(follow(at(3, 20, 3, 21, '64')), { line: 3, text: 'const b = nn.Linear(64)' });
});

test('a deleted line is nowhere until its text is back', () => {
  const gone = follow(at(3, 0, 4, 0, ''));
  assert.equal(gone.line, null);
  const [lost] = trackLines([4], (line) => SOURCE[line]).map((line) => ({ ...line, line: null }));
  assert.equal(findLost([lost as TrackedLine], ['', ...SOURCE])[0]?.line, 4);
});

test('a whole file replaced by its formatted self keeps every line whose text stands once', () => {
  const change = at(0, 0, SOURCE.length - 1, 99, ['// formatted', ...SOURCE].join('\n'));
  assert.deepEqual(follow(change), { line: 4, text: SOURCE[3] });
});

test('a text that stands twice is not guessed at', () => {
  const lost: TrackedLine = { measuredLine: 1, line: null, text: 'x' };
  assert.equal(findLost([lost], ['x', 'x'])[0]?.line, null);
});

test('edits that leave the line and its neighbors whole never lose it (property)', () => {
  const whole = fc.record({
    line: fc.nat(4),
    removed: fc.nat(2),
    inserted: fc.array(fc.constantFrom('// c', '', 'x()'), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(whole, ({ line, removed, inserted }) => {
      const endLine = Math.min(4, line + removed);
      const change = at(line, 0, endLine, 0, inserted.map((text) => `${text}\n`).join(''));
      const touched = line <= 3 && endLine > 3;
      const { text } = follow(change);
      if (!touched) assert.equal(text, SOURCE[3]);
    }),
  );
});
