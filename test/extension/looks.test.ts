/** Pictures of the product in every kind of theme, kept as test artifacts; and that nothing of it fails to load in any. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { missing } from '../vscode-host/host.ts';
import { lens, openFile, runCommand, statusItem, useTheme, webview } from '../vscode-host/ui.ts';
import type { Session } from './session.ts';
import { firstProfile, startSession } from './session.ts';

/** Name in VS Code's list, class of the workbench, class of a webview's body. */
const THEMES = {
  dark: ['Dark Modern', 'vs-dark', 'vscode-dark'],
  light: ['Light Modern', 'vs', 'vscode-light'],
  contrast: ['Dark High Contrast', 'hc-black', 'vscode-high-contrast'],
  'contrast-light': ['Light High Contrast', 'hc-light', 'vscode-high-contrast-light'],
} as const;

describe('how it looks', { skip: missing() ?? false }, () => {
  let session: Session;
  before(async () => {
    session = await startSession({ settings: { 'kernelscope.steps': 40 } });
    await firstProfile(session);
  });
  after(() => session?.close());

  for (const [name, [label, workbench, body]] of Object.entries(THEMES))
    test(`${label}: lines, panel and large view`, () =>
      session.step(`looks-${name}`, async () => {
        const { page } = session;
        await useTheme(page, label, workbench);
        await openFile(page, 'train.ts');
        await lens(page, 'of step').waitFor();
        await (await webview(page, 'panel')).locator(`body.${body} canvas`).first().waitFor();
        await session.shot(`${name}-lines`);
        await runCommand(page, 'Kernelscope: Open in Editor');
        const large = await webview(page, 'editor');
        await large.getByRole('tab', { name: /Overview/ }).waitFor();
        await session.shot(`${name}-overview`);
        await large.getByRole('tab', { name: /Timeline/ }).click();
        await large.locator('canvas').first().waitFor();
        await session.shot(`${name}-timeline`);
        await runCommand(page, 'View: Close Editor');
      }));

  test('a line leads to its layer in the picture, and the picture back to the line', () =>
    session.step('both-ways', async () => {
      const { page } = session;
      await openFile(page, 'train.ts');
      // A lens drawn from VS Code's memory of the file has no link yet.
      await page.locator('.codelens-decoration a', { hasText: 'of step' }).nth(1).click();
      await runCommand(page, 'Kernelscope: Open in Editor');
      const large = await webview(page, 'editor');
      const details = large.getByLabel('Details of the selection');
      await details.getByText('Linear').first().waitFor();
      await session.shot('light-selected-layer');
      await details.getByText('train.ts:9').first().click();
      await statusItem(page, 'Ln 9,').waitFor();
    }));

  test('the hover of a layer shows its steps, bytes and kernels', () =>
    session.step('looks-hover', async () => {
      const { page } = session;
      await useTheme(page, THEMES.dark[0], THEMES.dark[1]);
      await openFile(page, 'train.ts');
      const box = page.locator('.monaco-hover:visible', { hasText: 'of GPU time a step' });
      const word = page
        .locator('.view-line', { hasText: 'new nn.Linear(784, 256)' })
        .locator('span span', { hasText: 'Linear' })
        .first();
      await word.hover();
      await box.waitFor();
      await page.waitForTimeout(500);
      await session.shot('dark-hover');
      const text = await box.innerText();
      for (const expected of ['of memory: parameter', 'kernel', 'Show in the timeline'])
        assert.ok(text.includes(expected), text);
      const chart = (await box.locator('img').first().getAttribute('alt')) ?? '';
      assert.match(chart, /forward .*, backward .*/, 'the chart of the last steps');
    }));
});
