/** The commands around a profile, and what a person sees when a script does not end well. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readTraceFile } from '../../src/trace/codec.ts';
import type { Frame } from 'playwright-core';
import { missing } from '../vscode-host/host.ts';
import {
  acceptPath,
  choose,
  clickUntil,
  lens,
  lenses,
  openFile,
  quickFixes,
  runCommand,
  saveFile,
  statusItem,
  toast,
  undoUntil,
  untilTrue,
  webview,
} from '../vscode-host/ui.ts';
import type { Session } from './session.ts';
import { firstProfile, startSession } from './session.ts';

const RUN_LIMIT_MS = 90_000;

describe('commands around a profile', { skip: missing() ?? false }, () => {
  let session: Session;
  before(async () => {
    session = await startSession({
      settings: { 'kernelscope.steps': 40, 'kernelscope.gpuPrices': { H100: 2.5, this: 0.2, L4: 'cheap' } },
    });
    await firstProfile(session);
  });
  after(() => session?.close());

  test('a pinned baseline is compared with the next profile', () =>
    session.step('baseline', async () => {
      const { page } = session;
      await runCommand(page, 'Kernelscope: Pin as Baseline');
      await statusItem(page, /Baseline: train\.ts/).waitFor();
      await runCommand(page, 'Kernelscope: Profile Training Script');
      await lens(page, /of step.*(since baseline|≈ baseline)/).waitFor({ timeout: RUN_LIMIT_MS });
      await lens(page, /a step.*(since baseline|≈ baseline)/).waitFor();
      await runCommand(page, 'Kernelscope: Open in Editor');
      const large = await webview(page, 'editor');
      await large.getByRole('tab', { name: /Compare/ }).click();
      await large
        .getByText(/train\.ts \d\d:\d\d/)
        .nth(1)
        .waitFor();
      await session.shot('dark-compare');
      await runCommand(page, 'View: Close Editor');
    }));

  test('the lightbulb on the literal offers to prove, apply and dismiss', () =>
    session.step('lightbulb', async () => {
      const { page } = session;
      const line = page.locator('.view-line', { hasText: 'batchSize: 8' });
      await line
        .getByText('8', { exact: true })
        .or(line.locator('span', { hasText: /^8$/ }))
        .first()
        .click();
      const menu = await quickFixes(page, /Prove: .*predicted/);
      for (const offer of [/Apply: /, /Why: /, /Dismiss: /])
        await menu.filter({ hasText: offer }).first().waitFor();
      await session.shot('dark-lightbulb');
      await menu
        .filter({ hasText: /Dismiss: / })
        .first()
        .click();
      await choose(page, 'It does not fit this script');
      await lens(page, /Suggestion: /).waitFor({ state: 'detached' });
    }));

  test('what was dismissed comes back when it is restored, in the text and among the problems', () =>
    session.step('restore', async () => {
      const { page } = session;
      await runCommand(page, 'Kernelscope: Restore Dismissed Suggestions');
      const row = page.locator('.quick-input-list .monaco-list-row', { hasText: 'It does not fit' }).first();
      await row.click();
      await page.locator('.quick-input-widget', { hasText: '1 Selected' }).waitFor();
      await page.locator('.quick-input-widget:visible a.monaco-button').first().click();
      await lens(page, /Suggestion: /).waitFor();
      await runCommand(page, 'Problems: Focus on Problems View');
      await page
        .locator('.markers-panel .monaco-list-row', { hasText: /batch from 8/ })
        .first()
        .waitFor();
    }));

  test('the tree of layers leads to the line and shares the selection; runs are listed', () =>
    session.step('layers', async () => {
      const { page } = session;
      await runCommand(page, 'Kernelscope: Focus on Layers View');
      const row = page.locator('.pane-body .monaco-list-row', { hasText: '3 Linear' }).first();
      await row.click();
      await statusItem(page, /Ln 11,/).waitFor();
      await session.shot('dark-layers');
      await runCommand(page, 'Kernelscope: Open in Editor');
      const details = (await webview(page, 'editor')).getByLabel('Details of the selection');
      await details.getByText('train.ts:11').first().waitFor();
      const runs = page.locator('.pane-body .monaco-list-row', { hasText: /train\.ts.*a step/ });
      assert.equal(await runs.count(), 2, 'both runs are listed');
      await runs.nth(1).hover();
      await runs.nth(1).locator('.action-label[aria-label*="Compare"]').click();
      await webview(page, 'editor', 60_000, 'against train.ts');
      await runCommand(page, 'View: Close Editor');
      await runCommand(page, 'View: Show Explorer');
    }));

  test('an applied suggestion is profiled again, and taken back where the gain is not there', () =>
    session.step('gain', async () => {
      const { page } = session;
      await openFile(page, 'train.ts');
      const source = session.read('train.ts');
      // A click that meets lenses being drawn anew is lost, to a person too.
      const written = page.locator('.view-line', { hasText: /batchSize:\s(?!8,)\d/ });
      await clickUntil(lens(page, /^Apply$/), written);
      // Whether the gain shows in one run rests on how busy the machine is; that it is looked for does not.
      const gone = toast(page, /The gain did not appear/);
      const there = statusItem(page, /in this run/);
      await there.or(gone).first().waitFor({ timeout: RUN_LIMIT_MS });
      assert.notEqual(session.read('train.ts'), source, 'what was profiled is on disk');
      if (await gone.isVisible()) await gone.getByRole('button', { name: 'Revert' }).click();
      else await undoUntil(page, async () => (await page.locator('.view-line', { hasText: 'batchSize: 8,' }).count()) > 0); // prettier-ignore
      await page.locator('.view-line', { hasText: 'batchSize: 8,' }).waitFor();
      await saveFile(page);
      assert.equal(session.read('train.ts'), source);
    }));

  test('compared runs lead to what differs in the script', () =>
    session.step('source-difference', async () => {
      const { page } = session;
      await runCommand(page, 'Kernelscope: Open in Editor');
      const large = await webview(page, 'editor');
      await large.getByRole('tab', { name: /Compare/ }).click();
      await large.getByRole('button', { name: 'Show difference: train.ts' }).click();
      const side = (name: string) =>
        page.locator(`.monaco-diff-editor .editor.${name} .view-line`, { hasText: /batchSize:/ });
      await side('original').filter({ hasText: 'batchSize: 8,' }).waitFor();
      await side('modified').filter({ hasNotText: 'batchSize: 8,' }).waitFor();
      await session.shot('dark-source-difference');
      await runCommand(page, 'View: Close All Editors');
    }));

  test('a loader without a batch size is offered one', () =>
    session.step('insert-batch', async () => {
      const { page } = session;
      await openFile(page, 'endless.ts');
      await page.locator('.view-line', { hasText: 'DataLoader' }).click();
      const menu = await quickFixes(page, /Insert batchSize/);
      await menu.filter({ hasText: /Insert batchSize/ }).first().click(); // prettier-ignore
      await page.locator('.view-line', { hasText: /batchSize:/ }).waitFor();
      await runCommand(page, 'File: Revert File');
      await runCommand(page, 'View: Close Editor');
    }));

  test('the trace is saved as a file that opens again, and a report as one page', () =>
    session.step('files', async () => {
      const { page } = session;
      await runCommand(page, 'Kernelscope: Save Trace As');
      const trace = await acceptPath(page, '.kscope');
      assert.match(path.basename(trace), /^train-\d\d-\d\d\.kscope$/);
      await page.locator('.explorer-folders-view', { hasText: path.basename(trace) }).waitFor();
      const read = readTraceFile(new Uint8Array(readFileSync(trace)));
      assert.ok(read.ok && read.value.tables.dispatches.length > 0);
      await runCommand(page, 'Kernelscope: Export HTML Report');
      const report = await acceptPath(page, '.html');
      await toast(page, /Report written to train-.*\.html/).waitFor();
      assert.match(readFileSync(report, 'utf8'), /Content-Security-Policy/);
    }));

  test('the run is carried to other GPUs on a page of its own, with the prices of the settings', () =>
    session.step('what-if', async () => {
      const { page } = session;
      await runCommand(page, 'Kernelscope: What If on Another GPU');
      await page.locator('.tab.active', { hasText: /on other GPUs/ }).waitFor();
      const cell = (frame: Frame) => frame.getByRole('cell', { name: /H100/ }).first();
      let text = '';
      await untilTrue(page, async () => {
        for (const frame of page.frames())
          if (
            await cell(frame)
              .isVisible()
              .catch(() => false)
          )
            text = await frame.locator('body').innerText();
        return text !== '';
      });
      await session.shot('dark-what-if');
      assert.match(text, /price\/h/);
      assert.match(text, /Most samples for the money: .*H100.* at 2\.5 an hour/);
      assert.match(text, /this device being 0\.2: at 2\.5 /);
      assert.match(text, /left out of the setting kernelscope\.gpuPrices: L4/);
      await runCommand(page, 'View: Close Editor');
    }));

  test('the doctor names the adapter and why it was chosen', () =>
    session.step('doctor', async () => {
      const { page } = session;
      await runCommand(page, 'Kernelscope: Doctor');
      // Lines above the last ones may be scrolled away, and with them out of the page.
      const output = page.locator('.panel .view-line');
      await output
        .filter({ hasText: /computes.rightly/ })
        .first()
        .waitFor({ timeout: RUN_LIMIT_MS });
      await output
        .filter({ hasText: /drivers.found/ })
        .first()
        .waitFor();
      await session.shot('dark-doctor');
    }));

  test('a reload of the window keeps lines and picture', () =>
    session.step('reload', async () => {
      const { page } = session;
      await page.reload();
      // VS Code in a browser notes its editors every five seconds: it may come back with the file of a test before.
      await openFile(page, 'train.ts');
      await lens(page, 'of step').waitFor({ timeout: RUN_LIMIT_MS });
      await runCommand(page, 'Kernelscope: Show Timeline');
      await (await webview(page, 'panel')).locator('canvas').first().waitFor();
    }));

  test('clear takes figures and picture away', () =>
    session.step('clear', async () => {
      const { page } = session;
      await openFile(page, 'train.ts');
      await runCommand(page, 'Kernelscope: Clear');
      await lens(page, 'Profile').waitFor();
      assert.equal(await lenses(page, 'of step').count(), 0);
      await runCommand(page, 'Kernelscope: Show Timeline');
      await (await webview(page, 'panel')).getByText('Profile Training Script').first().waitFor();
      await session.shot('dark-empty');
    }));

  test('a script that throws is shown with its line, in a message and among the problems', () =>
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

  test('a script whose process dies leaves its trace and says what killed it', () =>
    session.step('crashes', async () => {
      const { page } = session;
      await openFile(page, 'crashes.ts');
      await runCommand(page, 'Kernelscope: Profile Training Script');
      const message = toast(page, /crashes\.ts: .*SIGSEGV/);
      await message.waitFor({ timeout: RUN_LIMIT_MS });
      await statusItem(page, 'Script crashed').waitFor();
      await (await webview(page, 'panel')).locator('canvas').first().waitFor();
    }));

  test('a script that never ends is stopped by the person, and what it did is there', () =>
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
