/** What works without a person at the picture: performance tests in the Test Explorer, tools for language models. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CALL_TITLE, writeCaller } from '../vscode-host/caller.ts';
import { missing } from '../vscode-host/host.ts';
import { openFile, runCommand } from '../vscode-host/ui.ts';
import type { Session } from './session.ts';
import { startSession } from './session.ts';

const RUN_LIMIT_MS = 120_000;

const PERF = `import { perf } from 'kernelscope';

perf.test('fits a small device', { script: './train.ts', steps: 10, maxPeakMB: 200 });
perf.test('takes no time', { script: './train.ts', steps: 10, maxStepMs: 0.0001 });
`;

interface Answer {
  readonly text?: string;
  readonly error?: string;
}

describe('tests and tools', { skip: missing() ?? false }, () => {
  let session: Session;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'ks-tools-'));
    const workspace = path.join(folder, 'work');
    cpSync('test/extension/workspace', workspace, { recursive: true });
    writeFileSync(path.join(workspace, 'speed.perf.ts'), PERF);
    const caller = path.join(folder, 'caller.vsix');
    writeCaller(caller);
    session = await startSession({ workspace, more: [caller] });
  });
  after(async () => {
    await session?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Calls a tool as a chat does, and agrees where VS Code asks. */
  async function call(tool: string, input: unknown): Promise<Answer> {
    const { page } = session;
    const file = session.path('answer.json');
    rmSync(file, { force: true });
    writeFileSync(session.path('call.json'), JSON.stringify({ tool, input }));
    await runCommand(page, CALL_TITLE);
    const until = Date.now() + RUN_LIMIT_MS;
    for (;;) {
      if (existsSync(file)) {
        const text = readFileSync(file, 'utf8');
        if (text !== '') return JSON.parse(text) as Answer;
      }
      const dialog = page.locator('.monaco-dialog-box .monaco-button', { hasNotText: 'Cancel' }).first();
      if (await dialog.isVisible()) await dialog.click();
      assert.ok(Date.now() < until, `${tool} gave no answer`);
      await page.waitForTimeout(200);
    }
  }

  test('performance tests are found in their file, pass, and fail with what was measured', () =>
    session.step('perf-tests', async () => {
      const { page } = session;
      await openFile(page, 'speed.perf.ts');
      await runCommand(page, 'View: Show Testing');
      await page.locator('.test-explorer .monaco-list-row', { hasText: 'speed.perf.ts' }).waitFor();
      await runCommand(page, 'Test: Run All Tests');
      await page.locator('[class*="testing-passed"]').first().waitFor({ timeout: RUN_LIMIT_MS });
      await page.locator('[class*="testing-failed"]').first().waitFor({ timeout: RUN_LIMIT_MS });
      // VS Code opens the results by itself, but now and then it does not.
      await runCommand(page, 'Test: Show Output');
      await page
        .locator('.monaco-list-row', { hasText: /takes no time.*a step/ })
        .first()
        .waitFor({ timeout: RUN_LIMIT_MS });
      await session.shot('dark-test-explorer');
      await runCommand(page, 'View: Show Explorer');
    }));

  test('a language model profiles a script and has its lines, kernels and suggestions told', () =>
    session.step('tool-profile', async () => {
      const { text, error } = await call('profileTrainingScript', { script: 'train.ts', steps: 20 });
      assert.equal(error, undefined);
      assert.match(text!, /train\.ts:9/);
      assert.match(text!, /gemm/);
      assert.match(text!, /Suggestion ids:\n(- .*\n)*- batch-size:/);
      assert.equal((await call('explainTrace', {})).text, text, 'what is shown is explained the same');
    }));

  test('a script that is not there, or a suggestion nobody made, is an error in words', () =>
    session.step('tool-errors', async () => {
      const missingScript = await call('profileTrainingScript', { script: 'nowhere.ts' });
      assert.match(missingScript.error!, /There is no file nowhere\.ts in this workspace/);
      const unknown = await call('verifySuggestion', { suggestion: 'nonsense' });
      assert.match(unknown.error!, /no such suggestion.*batch-size:/);
    }));
});
