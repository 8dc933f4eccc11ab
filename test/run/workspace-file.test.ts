import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { readWorkspaceFile } from '../../src/run/workspace-file.ts';

test('only files that really lie in a folder of the workspace are read', () => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'kernelscope-workspace-'));
  try {
    const [inside, outside] = [path.join(root, 'project'), path.join(root, 'elsewhere')];
    for (const folder of [inside, outside, path.join(inside, 'node_modules/settings')])
      mkdirSync(folder, { recursive: true });
    const write = (file: string): string => {
      writeFileSync(file, 'const batchSize = 8;');
      return file;
    };
    const own = write(path.join(inside, 'train.ts'));
    const odd = write(path.join(inside, '..config.ts'));
    const secret = write(path.join(outside, 'config.ts'));
    const installed = write(path.join(inside, 'node_modules/settings/index.js'));
    symlinkSync(secret, path.join(inside, 'linked.ts'));
    symlinkSync(outside, path.join(inside, 'folder'));
    symlinkSync(inside, path.join(root, 'alias'));
    const read = (file: string): string | null => readWorkspaceFile([inside], file);
    assert.ok(read(own) && read(odd));
    assert.ok(read(path.join(root, 'alias/train.ts')), 'the same file by another name');
    for (const file of [
      secret,
      installed,
      path.join(inside, 'linked.ts'),
      path.join(inside, 'folder/config.ts'),
    ])
      assert.equal(read(file), null, file);
    assert.equal(read(path.join(inside, '../elsewhere/config.ts')), null);
    assert.equal(read(path.join(inside, 'missing.ts')), null);
    assert.ok(readWorkspaceFile([secret], secret), 'a single file that was opened');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
