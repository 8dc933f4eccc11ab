/** The extension in a VS Code that speaks German. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Frame } from 'playwright-core';
import { missing } from '../vscode-host/host.ts';
import { lens, openFile, runCommand, webview } from '../vscode-host/ui.ts';
import type { Session } from './session.ts';
import { startSession } from './session.ts';

const titles = JSON.parse(readFileSync('package.nls.de.json', 'utf8')) as Readonly<Record<string, string>>;
const words = JSON.parse(readFileSync('l10n/bundle.l10n.de.json', 'utf8')) as Readonly<
  Record<string, string>
>;
const said = (key: string): string => words[key] ?? assert.fail(`no German for ${key}`);

describe('in German', { skip: missing() ?? false }, () => {
  let session: Session;
  before(async () => {
    session = await startSession({ language: 'de', settings: { 'kernelscope.steps': 40 } });
  });
  after(() => session?.close());

  const large = async (): Promise<Frame> => {
    await runCommand(session.page, `Kernelscope: ${titles['command.openLarge']}`);
    return webview(session.page, 'editor');
  };

  test('commands, lenses and what a rule says speak the language of the editor', () =>
    session.step('german', async () => {
      const { page } = session;
      await openFile(page, 'train.ts');
      await runCommand(page, `Kernelscope: ${titles['command.profile']}`);
      await lens(page, 'des Schritts').waitFor({ timeout: 90_000 });
      const raise = said('Raise the batch from {0} to {1}').split('{0}')[0]!.trim();
      await lens(page, raise).waitFor();
      const view = await large();
      await view.getByRole('tab', { name: said('Advice') }).click();
      const card = view.locator('article', { hasText: raise }).first();
      const text = await card.innerText();
      await session.shot('german-advice');
      for (const key of ['The GPU is busy {0} of a timed step', 'A batch {0}x as large makes {1}x fewer updates an epoch, so training itself changes.'])
        for (const part of said(key).split(/\{\d\}/).filter((each) => each.trim().length > 3))
          assert.ok(text.includes(part.trim()), `${part} in ${text}`);
      assert.ok(!/ of a | the /.test(text), text);
    })); // prettier-ignore
});
