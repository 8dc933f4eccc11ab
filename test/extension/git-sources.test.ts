/** Two committed versions of a script, two runs, and no other text of either: their difference comes from git. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { missing } from '../vscode-host/host.ts';
import { lens, runCommand, statusItem, webview } from '../vscode-host/ui.ts';
import type { Session } from './session.ts';
import { WORKSPACE, firstProfile, startSession } from './session.ts';

const RUN_LIMIT_MS = 90_000;

function git(folder: string, ...args: readonly string[]): void {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false'];
  const run = spawnSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8' });
  assert.equal(run.status, 0, `git ${args[0]}: ${run.stderr}`);
}

describe('a script in a git repository', { skip: missing() ?? false }, () => {
  const repository = mkdtempSync(path.join(os.tmpdir(), 'ks-git-'));
  let session: Session;
  before(async () => {
    cpSync(path.join(WORKSPACE, 'train.ts'), path.join(repository, 'train.ts'));
    git(repository, 'init', '--quiet');
    git(repository, 'add', '.');
    git(repository, 'commit', '--quiet', '--message', 'eight rows');
    session = await startSession({
      workspace: repository,
      settings: { 'git.enabled': true, 'kernelscope.steps': 20 },
    });
    await firstProfile(session);
  });
  after(async () => {
    await session?.close();
    rmSync(repository, { recursive: true, force: true });
  });

  const change = (from: string, to: string): void => {
    const file = session.path('train.ts');
    const text = readFileSync(file, 'utf8');
    assert.ok(text.includes(from));
    writeFileSync(file, text.replace(from, to));
  };

  test('the versions of two runs are set side by side though neither is kept', () =>
    session.step('git-difference', async () => {
      const { page } = session;
      await runCommand(page, 'Kernelscope: Pin as Baseline');
      await statusItem(page, /Baseline: train\.ts/).waitFor();
      change('batchSize: 8,', 'batchSize: 16,');
      git(session.path('.'), 'commit', '--quiet', '--all', '--message', 'sixteen rows');
      await page.locator('.view-line', { hasText: 'batchSize: 16,' }).waitFor();
      await runCommand(page, 'Kernelscope: Profile Training Script');
      await lens(page, /of step.*(since baseline|≈ baseline)/).waitFor({ timeout: RUN_LIMIT_MS });
      // What is on disk ran in neither, and what was kept of the runs is forgotten.
      change('batchSize: 16,', 'batchSize: 32,');
      await page.locator('.view-line', { hasText: 'batchSize: 32,' }).waitFor();
      await runCommand(page, 'Kernelscope: Forget All Runs');
      await page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Forget' }).click();
      await runCommand(page, 'Kernelscope: Open in Editor');
      const large = await webview(page, 'editor');
      await large.getByRole('tab', { name: /Compare/ }).click();
      await large.getByRole('button', { name: 'Show difference: train.ts' }).click();
      const side = (name: string, text: string) =>
        page.locator(`.monaco-diff-editor .editor.${name} .view-line`, { hasText: text });
      await side('original', 'batchSize: 8,').waitFor();
      await side('modified', 'batchSize: 16,').waitFor();
      await session.shot('dark-git-difference');
    }));
});
