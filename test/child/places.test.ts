import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { UserPlaces } from '../../src/child/places.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

test('a source is remembered by the text that ran: with the edits of the run made', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-places-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [script, other] = ['train.ts', 'model.ts'].map((name) => path.join(folder, name)) as [string, string];
  writeFileSync(script, 'const batch = 8; // größer\n');
  writeFileSync(other, 'export {};\n');
  const edit = { file: script, start: 14, end: 15, oldText: '8', newText: '64' };
  const seen: Record<string, string>[] = [];
  const places = new UserPlaces('/ours', [edit], (sources) => seen.push(sources));
  for (const file of [script, other, path.join(folder, 'gone.ts')]) places.file(file);
  assert.deepEqual(seen.at(-1), {
    [script]: sha256('const batch = 64; // größer\n'),
    [other]: sha256('export {};\n'),
    [path.join(folder, 'gone.ts')]: '',
  });
});
