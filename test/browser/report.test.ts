/** The report as one file, as `--html` writes it, opened from the disk like a person opens it: no shell, no server. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { htmlReport } from '../../src/export/index.ts';
import { writeTraceFile } from '../../src/trace/codec.ts';
import { makeTrace } from '../webview/made-trace.ts';
import { MADE_SUGGESTIONS } from './made-suggestions.ts';
import { startHost } from './page.ts';
import type { Host } from './page.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-report-'));
let host: Host;

before(async () => {
  host = await startHost();
});
after(async () => {
  await host?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens a report and tells what went wrong in it: errors of its scripts, and whatever it tried to fetch. */
async function opened(name: string, more: Partial<Parameters<typeof htmlReport>[0]>) {
  const file = path.join(folder, name);
  const input = {
    title: 'train.ts',
    trace: writeTraceFile(makeTrace()),
    suggestions: MADE_SUGGESTIONS,
    webviewScript: readFileSync('dist/webview.js', 'utf8'),
    webviewStyle: readFileSync('dist/webview.css', 'utf8'),
    nonce: 'a1',
    ...more,
  };
  writeFileSync(file, htmlReport(input));
  const { page } = await host.open();
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
  const { href } = pathToFileURL(file);
  page.on('request', (request) => request.url() !== href && wrong.push(`asked for ${request.url()}`));
  await page.goto(href);
  await page.getByRole('tab', { name: 'Overview' }).waitFor();
  return { page, wrong };
}

test('a report opens on its overview and shows every view', async () => {
  const { page, wrong } = await opened('report.html', {});
  assert.equal(await page.getByRole('tab', { selected: true }).innerText(), 'Overview');
  assert.equal(await page.locator('.run-title').innerText(), 'train.ts');
  for (const name of await page.getByRole('tab').allInnerTexts()) {
    await page.getByRole('tab', { name }).click();
    await page.locator('#view > *:visible').first().waitFor();
    assert.notEqual(await page.locator('#view').innerText(), '', name);
  }
  await page.getByRole('tab', { name: 'Compare' }).click();
  await page.getByText('No run to compare with').waitFor();
  assert.deepEqual(wrong, []);
});

test('a report with a baseline opens on the comparison', async () => {
  const trace = writeTraceFile(makeTrace({ slower: { convolution: 2 } }));
  const { page, wrong } = await opened('compare.html', { baseline: { title: 'before.kscope', trace } });
  await page.getByText('Step, against before.kscope').waitFor();
  assert.equal(await page.getByRole('tab', { selected: true }).innerText(), 'Compare');
  assert.match(await page.locator('.compare .tiles').innerText(), /Faster/);
  assert.match(await page.locator('.compare table').innerText(), /faster/);
  assert.deepEqual(wrong, []);
});
