/** What works without a person at the picture: performance tests in the Test Explorer, tools for language models. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CALL_TITLE, writeCaller } from '../vscode-host/caller.ts';
import { missing } from '../vscode-host/host.ts';
import { readTraceFile } from '../../src/trace/codec.ts';
import { choose, entryOf, lens, openFile, runCommand, saveFile, toast } from '../vscode-host/ui.ts';
import type { Session } from './session.ts';
import { startSession } from './session.ts';

const RUN_LIMIT_MS = 120_000;

const PERF = `import { perf } from 'kernelscope';

perf.test('fits a small device', { script: './train.ts', steps: 10, maxPeakMB: 200 });
perf.test('as before', { script: './train.ts', steps: 10, baseline: './before.kscope' });
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
    session = await startSession({
      workspace,
      more: [caller],
      settings: { 'kernelscope.trialBudget': 40, 'kernelscope.profileAfterApply': false },
    });
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

  test('baselines are recorded beside the tests that ask for one', () =>
    session.step('baselines', async () => {
      const { page } = session;
      await openFile(page, 'speed.perf.ts');
      await runCommand(page, 'View: Show Testing');
      const file = page.locator('.test-explorer .monaco-list-row', { hasText: 'speed.perf.ts' });
      await file.waitFor();
      await entryOf(page, file, 'Execute Using Profile');
      await choose(page, 'Record Baselines');
      const baseline = session.path('before.kscope');
      const until = Date.now() + RUN_LIMIT_MS;
      while (!existsSync(baseline)) {
        assert.ok(Date.now() < until, 'no baseline was written');
        await page.waitForTimeout(200);
      }
      await page
        .locator('.test-explorer [class*="testing-failed"]')
        .first()
        .waitFor({ timeout: RUN_LIMIT_MS });
      await session.shot('dark-record-baselines');
      const read = readTraceFile(new Uint8Array(readFileSync(baseline)));
      assert.ok(read.ok && read.value.meta.status === 'ok' && read.value.tables.steps.length === 10);
      assert.equal(readdirSync(session.path('.')).filter((name) => name.endsWith('.kscope')).length, 1);
    }));

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

  test('a language model has a suggestion proved, and all that are confirmed are applied at once', () =>
    session.step('tool-verify', async () => {
      const { page } = session;
      await openFile(page, 'train.ts');
      const source = session.read('train.ts');
      const explained = (await call('explainTrace', {})).text!;
      const suggestion = /- (batch-size:\S+): /.exec(explained)![1]!;
      // Four times the rows a second are clear on a busy machine too, but not in every run of it.
      let text = '';
      for (let attempt = 0; attempt < 3 && !/confirmed/.test(text); attempt++) {
        const answer = await call('verifySuggestion', { suggestion });
        assert.equal(answer.error, undefined);
        text = answer.text!;
        assert.match(text, /(confirmed|inconclusive).*\d+ trials/);
      }
      assert.match(text, /confirmed: measured \+\d+ %/);
      assert.equal(session.read('train.ts'), source, 'a proof changes no file');
      await lens(page, /Suggestion: .*measured/).waitFor();
      await session.shot('dark-tool-verified');
      await runCommand(page, 'Kernelscope: Apply All Confirmed Suggestions');
      await lens(page, /Applied: /).waitFor();
      await session.shot('dark-applied-all-confirmed');
      await saveFile(page);
      const batch = /batchSize: (\d+)/.exec(session.read('train.ts'))![1];
      assert.equal(session.read('train.ts'), source.replace('batchSize: 8', `batchSize: ${batch}`));
      assert.notEqual(batch, '8');
      await runCommand(page, 'Kernelscope: Apply All Confirmed Suggestions');
      await toast(page, /No confirmed suggestion is left to apply/).waitFor();
      await page.keyboard.press('Control+Z');
      await saveFile(page);
      assert.equal(session.read('train.ts'), source);
    }));

  test('a script that is not there, or a suggestion nobody made, is an error in words', () =>
    session.step('tool-errors', async () => {
      const missingScript = await call('profileTrainingScript', { script: 'nowhere.ts' });
      assert.match(missingScript.error!, /There is no file nowhere\.ts in this workspace/);
      const unknown = await call('verifySuggestion', { suggestion: 'nonsense' });
      assert.match(unknown.error!, /no such suggestion.*batch-size:/);
    }));
});
