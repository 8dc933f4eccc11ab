import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceChanges } from '../../src/analysis/source-changes.ts';

const run = (folder: string, sources: Record<string, string>) => ({
  script: `${folder}train.ts`,
  sources: Object.fromEntries(Object.entries(sources).map(([name, hash]) => [folder + name, hash])),
});

test('files are matched by their place beside the script, also between two checkouts and systems', () => {
  const before = run('/a/', { 'train.ts': '1', 'lib/model.ts': '2', 'old.ts': '3' });
  const after = run('C:\\b\\', { 'train.ts': '9', 'lib\\model.ts': '2', 'new.ts': '4' });
  const { changes, same } = sourceChanges(before, after);
  assert.equal(same, 1);
  assert.deepEqual(changes, [
    { name: 'train.ts', before: '/a/train.ts', after: 'C:\\b\\train.ts', kind: 'changed' },
    { name: 'old.ts', before: '/a/old.ts', after: null, kind: 'gone' },
    { name: 'new.ts', before: null, after: 'C:\\b\\new.ts', kind: 'new' },
  ]);
});

test('where a file could not be read, nothing is said of it', () => {
  const { changes, same } = sourceChanges(run('/a/', { 'train.ts': '' }), run('/a/', { 'train.ts': '1' }));
  assert.deepEqual([changes, same], [[], 0]);
});
