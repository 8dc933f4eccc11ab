/** Restricted Mode: scripts do not run, but traces open: ours, foreign ones, and broken ones with a word on why not. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { npmReason } from '../../src/base/npm-reason.ts';
import { missing } from '../vscode-host/host.ts';
import {
  acceptPath,
  explorerMenu,
  lenses,
  openFile,
  openPath,
  runCommand,
  statusItem,
  toast,
  webview,
} from '../vscode-host/ui.ts';
import { writeBrokenTrace, writeChromeTrace, writeRanks, writeSampleTrace } from './sample-file.ts';
import type { Session } from './session.ts';
import { startSession } from './session.ts';

const DUCKDB = 'node_modules/@duckdb';

/** Where the button of the SQL tab installs, as the command beside it says. */
async function packagesFolder(frame: Awaited<ReturnType<typeof webview>>): Promise<string> {
  const command = await frame.locator('.view.sql code').innerText();
  return /^cd "([^"]+)"; npm install @duckdb\/node-api@\d/.exec(command)?.[1] ?? assert.fail(command);
}

/** Why a package cannot be had from npm here; false where it can. */
function noRegistry(): string | false {
  const asked = spawnSync('npm', ['view', '@duckdb/node-api', 'name'], { timeout: 20_000, encoding: 'utf8' });
  return asked.status === 0 ? false : `no npm registry within reach: ${npmReason(asked.stderr ?? '')}`;
}

describe('an untrusted workspace', { skip: missing() ?? false }, () => {
  let session: Session;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'ks-untrusted-'));
    cpSync('test/extension/workspace', folder, { recursive: true });
    writeSampleTrace(path.join(folder, 'sample.kscope'));
    writeBrokenTrace(path.join(folder, 'broken.kscope'));
    writeChromeTrace(path.join(folder, 'chrome.json'));
    writeRanks(path.join(folder, 'ranks'));
    session = await startSession({ workspace: folder, trusted: false });
  });
  after(async () => {
    await session?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a trace opens with its picture', () =>
    session.step('restricted-trace', async () => {
      const { page } = session;
      await statusItem(page, 'Restricted Mode').waitFor();
      await openFile(page, 'sample.kscope');
      await (
        await webview(page, 'editor')
      )
        .getByRole('tab', { name: /Overview/ })
        .first()
        .waitFor();
      await session.shot('dark-restricted-trace');
    }));

  test('a note on a trace is kept in a file beside it, and is there when the trace opens again', () =>
    session.step('note', async () => {
      const { page } = session;
      const view = await webview(page, 'editor');
      await view.getByRole('tab', { name: /Timeline/ }).click();
      const track = view.locator('button.head-name', { hasText: 'GPU' }).first();
      await track.press('ArrowRight');
      await track.press('n');
      const field = view.locator('[data-keys=note]');
      await field.fill('why so slow?');
      await field.press('Enter');
      await view.locator('.note-button', { hasText: 'why so slow?' }).waitFor();
      const beside = page.locator('.explorer-folders-view', { hasText: 'sample.kscope.notes.json' });
      await beside.waitFor();
      const kept = JSON.parse(session.read('sample.kscope.notes.json')) as { notes: { text: string }[] };
      assert.deepEqual(kept.notes.map(({ text }) => text), ['why so slow?']); // prettier-ignore
      await runCommand(page, 'View: Close Editor');
      await openFile(page, 'sample.kscope');
      const again = await webview(page, 'editor');
      await again.getByRole('tab', { name: /Timeline/ }).click();
      await again.locator('.note-button', { hasText: 'why so slow?' }).waitFor();
      await session.shot('dark-note');
    }));

  test('where npm cannot install DuckDB, the SQL tab says why and can be asked again', () =>
    session.step('sql-install-fails', async () => {
      const frame = await webview(session.page, 'editor');
      await frame.getByRole('tab', { name: 'SQL' }).click();
      const folder = await packagesFolder(frame);
      mkdirSync(folder, { recursive: true });
      // A registry where nothing listens, for installs into this folder.
      writeFileSync(path.join(folder, '.npmrc'), 'registry=http://127.0.0.1:9/\nfetch-retries=0\n');
      try {
        await frame.getByRole('button', { name: 'Install DuckDB' }).click();
        await frame.getByText(/npm could not install it: .*ECONNREFUSED/).waitFor({ timeout: 60_000 });
        await session.shot('dark-sql-install-failed');
        await frame.getByRole('button', { name: 'Install DuckDB' }).waitFor();
      } finally {
        rmSync(path.join(folder, '.npmrc'));
      }
    }));

  test('the button of the SQL tab installs DuckDB from npm', { skip: noRegistry() }, () =>
    session.step('sql-install', async () => {
      const frame = await webview(session.page, 'editor');
      const folder = await packagesFolder(frame);
      await frame.getByRole('button', { name: 'Install DuckDB' }).click();
      await frame.getByLabel('Query (SQL of DuckDB)').waitFor({ timeout: 120_000 });
      assert.ok(existsSync(path.join(folder, 'node_modules/@duckdb/node-api/package.json')));
    }),
  );

  test(
    'SQL runs on the trace once DuckDB is there, and a row selects in the other views',
    { skip: existsSync(DUCKDB) ? false : '@duckdb/node-api is missing' },
    () =>
      session.step('sql', async () => {
        const frame = await webview(session.page, 'editor');
        await frame.getByRole('tab', { name: 'SQL' }).click();
        // The extension comes without DuckDB: where the button would install it (and did, with a registry), it is put by hand.
        if (await frame.getByRole('button', { name: 'Look again' }).isVisible()) {
          const target = await packagesFolder(frame);
          mkdirSync(path.join(target, 'node_modules'), { recursive: true });
          symlinkSync(path.resolve(DUCKDB), path.join(target, 'node_modules', '@duckdb'));
          await frame.getByRole('button', { name: 'Look again' }).click();
        }
        const query = frame.getByLabel('Query (SQL of DuckDB)');
        await query.fill('select kernel, count(*) as calls from dispatches group by kernel order by kernel');
        await query.press('Control+Enter');
        const row = frame.locator('.sql-result tbody tr').first();
        await row.click();
        const [kernel = ''] = (await row.innerText()).split('\t');
        await frame.locator('.details', { hasText: kernel }).waitFor();
        await query.fill('select nope from dispatches');
        await query.press('Control+Enter');
        await frame
          .getByRole('alert')
          .filter({ hasText: /Binder Error.*"nope"/ })
          .waitFor();
        await session.shot('dark-sql');
        // A query that breaks the database: it is started again.
        await query.fill(
          "from query('from enable_' || 'logging(storage=''file'', storage_path=''nowhere'')')",
        );
        await query.press('Control+Enter');
        await frame
          .getByRole('alert')
          .filter({ hasText: /broke the database/ })
          .waitFor();
        await query.fill('select 41 + 1 as answer');
        await query.press('Control+Enter');
        await frame.locator('.sql-result tbody tr', { hasText: '42' }).waitFor();
      }),
  );

  test('a view is saved as a picture under the policy of a webview', () =>
    session.step('picture', async () => {
      const frame = await webview(session.page, 'editor');
      await frame.getByRole('tab', { name: 'Roofline' }).click();
      await frame.locator('.roofline-plot').first().waitFor();
      await frame.getByRole('button', { name: 'Save picture…' }).click();
      const file = await acceptPath(session.page, '.png');
      await statusItem(session.page, 'Picture written to').waitFor();
      // The keyboard is in the page now; the next test wants it in the workbench.
      await session.page
        .locator('.explorer-folders-view .monaco-list-row', { hasText: 'sample.kscope' })
        .first()
        .click();
      const bytes = readFileSync(file);
      const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
      assert.ok(width > 600 && height > 300 && bytes.length > 20_000, `${width} x ${height}, ${bytes.length} B`); // prettier-ignore
    }));

  test('no script is offered to run, not in the editor and not in the palette', () =>
    session.step('restricted-run', async () => {
      const { page } = session;
      await openFile(page, 'train.ts');
      await page.keyboard.press('F1');
      const input = page.locator('.quick-input-widget:visible input[type=text]').first();
      await input.fill('>Kernelscope:');
      await page
        .locator('.quick-input-list .monaco-list-row[aria-label^="Kernelscope: Open Trace"]')
        .waitFor();
      const rows = await page.locator('.quick-input-list .monaco-list-row').allInnerTexts();
      assert.ok(!rows.some((row) => /Profile|Doctor|Prove/.test(row)), rows.join(' | '));
      await page.keyboard.press('Escape');
      assert.equal(await lenses(page, 'Profile').count(), 0);
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

  test("PyTorch's traces open on a click, a folder of them as one, and two of them side by side", () =>
    session.step('ranks', async () => {
      const { page } = session;
      await explorerMenu(page, ['ranks'], 'Open Folder of Ranks as One Trace');
      await page.locator('.tab.active[data-resource-name="ranks"]').waitFor();
      await (await webview(page, 'editor')).getByText('ranks (2 ranks)').first().waitFor();
      await runCommand(page, 'View: Close Editor');
      await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'ranks' }).first().click();
      const [first, second] = ['worker-rank0.pt.trace.json', 'worker-rank1.pt.trace.json'] as const;
      await page.locator('.explorer-folders-view .monaco-list-row', { hasText: first }).dblclick();
      await (await webview(page, 'editor')).getByText(first).first().waitFor();
      assert.equal(await toast(page, /multiple default editors/).count(), 0);
      await runCommand(page, 'View: Close Editor');
      await explorerMenu(page, [first, second], 'Compare Traces');
      await page.locator('.tab.active', { hasText: `Kernelscope: ${second}` }).waitFor();
      await webview(page, 'editor', 60_000, `against ${first}`);
    }));
});
