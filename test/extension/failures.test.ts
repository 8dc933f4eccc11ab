/** What a person sees when a script does not end well: its line, what was recorded until then, and a working editor. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { missing } from '../vscode-host/host.ts';
import { lens, openFile, runCommand, statusItem, toast, webview } from '../vscode-host/ui.ts';
import type { Session } from './session.ts';
import { startSession } from './session.ts';

const RUN_LIMIT_MS = 90_000;

describe('scripts that do not end well', { skip: missing() ?? false }, () => {
  let session: Session;
  before(async () => {
    session = await startSession({ settings: { 'kernelscope.steps': 400, 'kernelscope.timeLimit': 60 } });
  });
  after(() => session?.close());

  test('one that throws is shown with its line, in a message and among the problems', () =>
    session.step('throws', async () => {
      const { page } = session;
      await openFile(page, 'fails.ts');
      await runCommand(page, 'Kernelscope: Profile Training Script');
      const message = toast(page, /fails\.ts: Error: the learning rate ran away/);
      await message.waitFor({ timeout: RUN_LIMIT_MS });
      await message.getByText('What was recorded until then is shown').waitFor();
      await statusItem(page, 'Script failed').waitFor();
      await session.shot('dark-script-failed');
      await message.getByRole('button', { name: /Go to Line 16/ }).click();
      await statusItem(page, /Ln 16,/).waitFor();
      await page.locator('.squiggly-error').first().waitFor();
      await lens(page, 'of step').waitFor();
      await (await webview(page, 'panel')).getByText('failed', { exact: true }).first().waitFor();
    }));

  test('one whose process dies leaves its trace and says what killed it', () =>
    session.step('crashes', async () => {
      const { page } = session;
      await openFile(page, 'crashes.ts');
      await runCommand(page, 'Kernelscope: Profile Training Script');
      const message = toast(page, /crashes\.ts: .*SIGSEGV/);
      await message.waitFor({ timeout: RUN_LIMIT_MS });
      await statusItem(page, 'Script crashed').waitFor();
      await (await webview(page, 'panel')).locator('canvas').first().waitFor();
    }));

  test('one that never ends is stopped by the person, and what it did is there', () =>
    session.step('stops', async () => {
      const { page } = session;
      await openFile(page, 'endless.ts');
      await runCommand(page, 'Kernelscope: Profile Until Stopped');
      await statusItem(page, /step \d{2,}/).waitFor({ timeout: RUN_LIMIT_MS });
      await session.shot('dark-running');
      await toast(page, /Profiling endless\.ts/)
        .getByRole('button', { name: 'Cancel' })
        .click();
      await statusItem(page, /a step, GPU/).waitFor({ timeout: 20_000 });
      await lens(page, 'of step').waitFor();
      await (await webview(page, 'panel')).getByText('stopped', { exact: true }).first().waitFor();
      assert.equal(await toast(page, /endless\.ts:/).count(), 0, 'a stop is no error');
    }));
});
