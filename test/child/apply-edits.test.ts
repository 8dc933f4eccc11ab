import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyEdits } from '../../src/child/apply-edits.ts';
import { originalPosition } from '../../src/child/original-place.ts';
import { transformSync } from 'esbuild';

const edit = (start: number, oldText: string, newText: string) => ({
  file: 'a.ts',
  start,
  end: start + oldText.length,
  oldText,
  newText,
});

test('edits are made at offsets of the unedited text, in any order', () => {
  assert.equal(applyEdits('a = 1; b = 22;', [edit(4, '1', '1000'), edit(11, '22', '3')]), 'a = 1000; b = 3;');
});

test('an edit that does not find its old text is refused', () => {
  assert.throws(() => applyEdits('a = 1;', [edit(4, '2', '3')]), /'2' was expected at offset 4, found '1'/);
});

test('a line of transformed code is found in the original', () => {
  const text =
    'interface A { a: number }\n\ntype B = A;\nconst b: B = { a: 1 };\nthrow new Error(String(b));\n';
  const { code } = transformSync(text, { loader: 'ts', sourcemap: 'inline', sourcefile: '/x.ts' });
  const line = code.split('\n').findIndex((each) => each.startsWith('throw')) + 1;
  assert.notEqual(line, 5);
  assert.deepEqual(originalPosition(code, line, 1), { line: 5, column: 1 });
  assert.deepEqual(originalPosition('const plain = 1;', 1, 3), { line: 1, column: 3 });
});
