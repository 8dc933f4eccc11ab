import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyEdits, sourceFinder } from '../../src/edit/index.ts';
import { parseSource } from '../../src/edit/syntax.ts';

const SCRIPT = '/project/train.ts';

function everyNth(source: string, line: number, every = 10) {
  const finder = sourceFinder({ read: (file) => (file === SCRIPT ? source : null) }, SCRIPT);
  return finder.everyNth({ file: SCRIPT, line, column: 1 }, every);
}

function edited(source: string, line: number): string {
  const edit = everyNth(source, line);
  assert.ok(edit.ok, edit.ok ? '' : edit.error);
  const text = applyEdits(source, [edit.value]);
  assert.ok(text.ok && parseSource(SCRIPT, text.value).ok);
  return text.value;
}

test('a line that prints the loss gets a condition on the counter of its loop', () => {
  assert.equal(
    edited('for (let step = 0; step < 10; step++) {\n  console.log(await loss.item());\n}', 2),
    'for (let step = 0; step < 10; step++) {\n  if (step % 10 === 0) console.log(await loss.item());\n}',
  );
  assert.equal(
    edited(
      'let n = 0;\nfor await (const [x, y] of loader) {\n  n += 1;\n  console.log(`loss ${(\n    await loss.item()).toFixed(3)}`);\n}',
      5,
    ),
    'let n = 0;\nfor await (const [x, y] of loader) {\n  n += 1;\n  if (n % 10 === 0) console.log(`loss ${(\n    await loss.item()).toFixed(3)}`);\n}',
  );
});

test('a line that runs in every n-th step already gets a larger n, where the literal stands', () => {
  assert.equal(
    edited(
      'const LOG_EVERY = 2;\nfor (let s = 0; ; s++)\n  if (s % LOG_EVERY === 0) console.log(await loss.item());',
      3,
    ),
    'const LOG_EVERY = 10;\nfor (let s = 0; ; s++)\n  if (s % LOG_EVERY === 0) console.log(await loss.item());',
  );
  assert.ok(!everyNth('for (let s = 0; ; s++) if (s % 20 === 0) console.log(await loss.item());', 1).ok);
});

test('what is read back for more than printing, or counted by nothing, is left to the person', () => {
  for (const [source, reason] of [
    ['for (let s = 0; ; s++) { total += await loss.item(); }', /more than a line that prints/],
    ['for (let s = 0; ; s++) { const value = await loss.item(); console.log(value); }', /more than a line/],
    ['for await (const x of loader) { console.log(await loss.item()); }', /nothing counts/],
    ['console.log(await loss.item());', /in no loop/],
    ['for (let s = 0; ; s++) { if (verbose) console.log(await loss.item()); }', /condition of its own/],
  ] as const) {
    const edit = everyNth(source, 1);
    assert.ok(!edit.ok && reason.test(edit.error), source);
  }
});

test('whatever stands around the line, the edit adds its condition and nothing else, and the file still parses', () => {
  const around = fc.constantFrom(
    '',
    'let a = 1;',
    '// await loss.item()',
    'const f = async () => {};',
    '/* 😀 */',
  );
  const counter = fc.constantFrom('i', 'step', 'n');
  fc.assert(
    fc.property(around, around, counter, fc.integer({ min: 2, max: 100 }), (before, inside, name, every) => {
      const source = `${before}\nfor (let ${name} = 0; ${name} < 9; ${name}++) {\n${inside}\nconsole.log(await loss.item());\n}`;
      const edit = everyNth(source, 4, every);
      assert.ok(edit.ok);
      const text = applyEdits(source, [edit.value]);
      const condition = `if (${name} % ${every} === 0) `;
      assert.ok(text.ok && parseSource(SCRIPT, text.value).ok);
      assert.equal(text.value, source.replace('\nconsole', `\n${condition}console`));
    }),
  );
});
