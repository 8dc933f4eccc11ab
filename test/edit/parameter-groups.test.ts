import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyEdits, sourceFinder } from '../../src/edit/index.ts';

const SCRIPT = '/project/train.ts';
const find = (source: string) =>
  sourceFinder({ read: (file) => (file === SCRIPT ? source : null) }, SCRIPT).oneParameterGroup();

test('a group for each parameter becomes one, and nothing else changes', () => {
  for (const [groups, one] of [
    ['[...model.parameters()].map((p) => ({ params: [p] }))', 'model.parameters()'],
    ['Array.from(model.parameters()).map((w) => ({ params: [w] }))', 'model.parameters()'],
    ['weights.map((w) => ({ params: [w] }))', 'weights'],
  ] as const) {
    const source = `const optimizer = new optim.SGD(${groups}, { lr: 0.1 });\n`;
    const edit = find(source);
    assert.ok(edit.ok, groups);
    const text = applyEdits(source, [edit.value]);
    assert.ok(text.ok && text.value === source.replace(groups, one), groups);
  }
});

test('groups with options of their own, and what is not understood, are left alone', () => {
  for (const source of [
    'new optim.SGD(ps.map((p) => ({ params: [p], lr: rate(p) })), {});',
    'new optim.SGD(ps.map((p) => ({ params: [q] })), {});',
    'new optim.SGD(ps.map(group), {});',
    'new optim.SGD(model.parameters(), {});',
    'new optim.SGD(a.map((p) => ({ params: [p] }))); new optim.SGD(b.map((p) => ({ params: [p] })));',
  ])
    assert.ok(!find(source).ok, source);
});
