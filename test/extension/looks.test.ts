/** Pictures of the product in every kind of theme, kept as test artifacts; and that nothing of it fails to load in any. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { missing } from '../vscode-host/host.ts';
import { lens, openFile, runCommand, webview } from '../vscode-host/ui.ts';
import type { Session } from './session.ts';
import { startSession } from './session.ts';

const THEMES = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  contrast: 'Default High Contrast',
  'contrast-light': 'Default High Contrast Light',
} as const;

describe('how it looks', { skip: missing() ?? false }, () => {
  let session: Session;
  before(async () => {
    session = await startSession({ settings: { 'kernelscope.steps': 40 } });
    const { page } = session;
    await openFile(page, 'train.ts');
    await runCommand(page, 'Kernelscope: Profile Training Script');
    await lens(page, 'of step').waitFor({ timeout: 90_000 });
  });
  after(() => session?.close());

  for (const [name, theme] of Object.entries(THEMES))
    test(`${theme}: lines, panel and large view`, () =>
      session.step(`looks-${name}`, async () => {
        const { page } = session;
        session.set({ 'workbench.colorTheme': theme });
        await page.locator(`.monaco-workbench.${themeClass(name)}`).waitFor();
        await openFile(page, 'train.ts');
        await lens(page, 'of step').waitFor();
        await webview(page, 'panel')
          .locator(`body[data-vscode-theme-id="${theme}"] canvas`)
          .first()
          .waitFor();
        await session.shot(`${name}-lines`);
        await runCommand(page, 'Kernelscope: Open in Editor');
        const large = webview(page, 'editor');
        await large.getByRole('tab', { name: /Overview/ }).waitFor();
        await session.shot(`${name}-overview`);
        await large.getByRole('tab', { name: /Timeline/ }).click();
        await large.locator('canvas').first().waitFor();
        await session.shot(`${name}-timeline`);
        await runCommand(page, 'View: Close Editor');
      }));

  test('the hover of a layer shows its steps, bytes and kernels', () =>
    session.step('looks-hover', async () => {
      const { page } = session;
      session.set({ 'workbench.colorTheme': THEMES.dark });
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
      for (const expected of ['forward', 'backward', 'kernel', 'Show in the timeline'])
        assert.ok(text.includes(expected), text);
      assert.ok((await box.locator('img').count()) > 0, 'the chart of the last steps');
    }));
});

function themeClass(name: string): string {
  return (
    { dark: 'vs-dark', light: 'vs', contrast: 'hc-black', 'contrast-light': 'hc-light' }[name] ?? 'vs-dark'
  );
}
