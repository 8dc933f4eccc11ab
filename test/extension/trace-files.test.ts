/** Trace files in the editor: ours, foreign ones, and ones that are broken. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { missing } from '../vscode-host/host.ts';
import { openPath, openFile, runCommand, webview } from '../vscode-host/ui.ts';
import { writeBrokenTrace, writeChromeTrace, writeSampleTrace } from './sample-file.ts';
import type { Session } from './session.ts';
import { startSession } from './session.ts';

describe('trace files', { skip: missing() ?? false }, () => {
  let session: Session;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'ks-files-'));
    cpSync('test/extension/workspace', folder, { recursive: true });
    writeSampleTrace(path.join(folder, 'sample.kscope'));
    writeBrokenTrace(path.join(folder, 'broken.kscope'));
    writeChromeTrace(path.join(folder, 'chrome.json'));
    session = await startSession({ workspace: folder });
  });
  after(async () => {
    await session?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a .kscope file opens as a picture', () =>
    session.step('own-trace', async () => {
      const { page } = session;
      await openFile(page, 'sample.kscope');
      const view = await webview(page, 'editor');
      await view.getByRole('tab', { name: /Overview/ }).waitFor();
      await view.getByRole('tab', { name: /Timeline/ }).click();
      await view.locator('canvas').first().waitFor();
      await session.shot('dark-trace-file');
    }));

  test('a broken file says in one line what is wrong', () =>
    session.step('broken-trace', async () => {
      const { page } = session;
      await openFile(page, 'broken.kscope');
      const alert = (await webview(page, 'editor')).getByRole('alert');
      await alert
        .filter({ hasText: /broken\.kscope: trace version 250; this Kernelscope reads version \d+/ })
        .waitFor();
    }));

  test('a foreign trace opens through the palette', () =>
    session.step('foreign-trace', async () => {
      const { page } = session;
      await runCommand(page, 'Kernelscope: Open Trace');
      await openPath(page, session.path('chrome.json'));
      await page.locator('.tab.active[data-resource-name="chrome.json"]').waitFor();
      await (
        await webview(page, 'editor')
      )
        .getByRole('tab', { name: /Timeline/ })
        .first()
        .waitFor();
    }));
});
