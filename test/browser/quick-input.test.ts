/** The helper that the tests of VS Code open commands with, on a quick input that closes under it as a loading view makes it do. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { runCommand } from '../vscode-host/ui.ts';

let browser: Browser;
before(async () => {
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
});
after(() => browser?.close());

/** Closes the first time before it takes text, the second time when its row is pointed at; the third time it stays. */
const QUICK_INPUT = `<div class="quick-input-widget" hidden>
  <input type="text"><div class="quick-input-list"><div class="monaco-list-row" aria-label="Kernelscope: Profile" hidden>Profile</div></div>
</div><script>
  const widget = document.querySelector('.quick-input-widget'), input = widget.querySelector('input'), row = widget.querySelector('.monaco-list-row');
  let opened = 0;
  const close = () => (widget.hidden = true);
  addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') close();
    if (key !== 'F1') return;
    opened++;
    widget.hidden = false; row.hidden = true; input.disabled = opened === 1; input.value = '';
    if (opened === 1) setTimeout(close, 300);
  });
  input.addEventListener('input', () => (row.hidden = input.value !== '>Kernelscope: Profile'));
  row.addEventListener('pointermove', () => opened === 2 && close());
  row.addEventListener('click', () => { close(); document.title = 'ran at opening ' + opened; });
</script>`;

test('a command is run though its quick input closes before it is typed into, and before its row is clicked', async () => {
  const page = await browser.newPage();
  await page.setContent(QUICK_INPUT);
  const start = performance.now();
  await runCommand(page, 'Kernelscope: Profile', 20_000);
  assert.equal(await page.title(), 'ran at opening 3');
  assert.ok(performance.now() - start < 15_000, `${performance.now() - start} ms`);
});

test('a command that is not there is named after the time that was given', async () => {
  const page = await browser.newPage();
  await page.setContent(QUICK_INPUT);
  await assert.rejects(
    () => runCommand(page, 'Kernelscope: Dance', 3_000),
    /no row "Kernelscope: Dance".*3000 ms/,
  );
});
