/** The whole job in a real VS Code: command, picture, lines, suggestion, one edit, undo. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { missing } from '../vscode-host/host.ts';
import { editorText, lenses, openFile, runCommand, statusItem, toast, webview } from '../vscode-host/ui.ts';
import type { Session } from './session.ts';
import { startSession } from './session.ts';

const RUN_LIMIT_MS = 90_000;
const PROOF_LIMIT_MS = 240_000;

describe('profiling a training script', { skip: missing() ?? false }, () => {
  let session: Session;
  before(async () => {
    session = await startSession({ settings: { 'kernelscope.steps': 40, 'kernelscope.trialBudget': 60 } });
  });
  after(() => session?.close());

  test('before a profile the import line offers one, and its package has types', () =>
    session.step('before', async () => {
      const { page } = session;
      await openFile(page, 'train.ts');
      await lenses(page, 'Profile').first().waitFor();
      await page
        .locator('.view-line', { hasText: 'model = ' })
        .first()
        .hover({ position: { x: 75, y: 9 } });
      await page
        .locator('.monaco-hover:visible', { hasText: /const model:\s+nn\.Sequential/ })
        .waitFor({ timeout: 60_000 });
      await page.keyboard.press('Escape');
      assert.equal(await page.locator('.squiggly-error').count(), 0, 'the script has no type error');
    }));

  test('the command runs the script, and its lines get figures', () =>
    session.step('run', async () => {
      const { page } = session;
      await runCommand(page, 'Kernelscope: Profile Training Script');
      await lenses(page, 'of step').first().waitFor({ timeout: RUN_LIMIT_MS });
      const texts = await lenses(page).allInnerTexts();
      const figures = /\d (µs|ms|ns|s) fwd · \d.* bwd · \d.* % of step · \d.* [kM]?B/;
      const layers = texts.filter((text) => figures.test(text));
      assert.ok(
        layers.length >= 4,
        `on the container, both linear layers and the loss: ${texts.join(' | ')}`,
      );
      assert.ok(
        texts.some((text) => /a step \(.* \.\. .*\) · GPU busy \d+ %/.test(text)),
        `a lens on the step: ${texts.join(' | ')}`,
      );
      await statusItem(page, /a step, GPU \d+ %/).waitFor();
    }));

  test('the panel shows the kernels of this run', () =>
    session.step('panel', async () => {
      const view = webview(session.page, 'panel');
      await view.locator('canvas').first().waitFor();
      await view.getByText('train.ts').first().waitFor();
      await session.shot('dark-lenses-and-panel');
    }));

  test('an edit of a measured line turns its figures grey, undo brings them back', () =>
    session.step('stale', async () => {
      const { page } = session;
      const line = page.locator('.view-line', { hasText: 'new nn.Linear(784, 256)' });
      await line.click({ position: { x: 120, y: 9 } });
      await page.keyboard.press('Home');
      // As one piece: typed letters would be several steps of undo.
      await page.keyboard.insertText('/* wider */ ');
      await lenses(page, 'measured before this edit').waitFor();
      await page.keyboard.press('Control+Z');
      await lenses(page, 'measured before this edit').waitFor({ state: 'detached' });
    }));

  test('lines put in above leave every figure on its line', () =>
    session.step('follow', async () => {
      const { page } = session;
      const before = await lenses(page, 'of step').allInnerTexts();
      await page.keyboard.press('Control+Home');
      await page.keyboard.insertText('// a note\n// and another\n');
      await page.waitForFunction(() =>
        document.querySelector('.view-lines')?.textContent?.includes('another'),
      );
      await page.waitForTimeout(600);
      assert.deepEqual(await lenses(page, 'of step').allInnerTexts(), before);
      await page.keyboard.press('Control+Z');
    }));

  test('the suggestion is proved, applied as one edit of one literal, and undone at once', () =>
    session.step('suggestion', async () => {
      const { page } = session;
      await lenses(page, /Suggestion: .*predicted \+\d+ %/)
        .first()
        .waitFor();
      await lenses(page, /^Prove$/)
        .first()
        .click();
      await toast(page, /Proving/).waitFor();
      await lenses(page, /Suggestion: .*measured \+\d+ % \(\d+ \.\. \d+\)/)
        .first()
        .waitFor({ timeout: PROOF_LIMIT_MS });
      await session.shot('dark-suggestion-proved');
      const source = session.read('train.ts');
      await lenses(page, /^Apply$/)
        .first()
        .click();
      await lenses(page, /Applied: /)
        .first()
        .waitFor();
      const applied = await editorText(page);
      const value = Number(/batchSize: (\d+)/.exec(applied)?.[1]);
      assert.ok(value > 8, `a larger batch stands in the editor: ${value}`);
      assert.equal(
        applied.replace(`batchSize: ${value}`, 'batchSize: 8'),
        source.trimEnd(),
        'nothing but the literal differs',
      );
      await session.shot('dark-suggestion-applied');
      await page.locator('.view-lines').first().click();
      await page.keyboard.press('Control+Z');
      await lenses(page, /Suggestion: /)
        .first()
        .waitFor();
      assert.equal((await editorText(page)).trimEnd(), source.trimEnd(), 'one undo takes it back');
    }));
});
