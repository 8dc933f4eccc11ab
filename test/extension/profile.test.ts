/** The whole job in a real VS Code: command, picture, lines, suggestion, one edit, undo. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { missing } from '../vscode-host/host.ts';
import { hover, lens, lenses, openFile, runCommand, saveFile } from '../vscode-host/ui.ts';
import { statusItem, toast, undoUntil, webview } from '../vscode-host/ui.ts';
import type { Session } from './session.ts';
import { startSession } from './session.ts';

const RUN_LIMIT_MS = 90_000;
const PROOF_LIMIT_MS = 240_000;
const STALE = 'measured before this edit';

describe('profiling a training script', { skip: missing() ?? false }, () => {
  let session: Session;
  before(async () => {
    session = await startSession({
      settings: {
        'kernelscope.steps': 40,
        'kernelscope.trialBudget': 20,
        'kernelscope.profileAfterApply': false,
      },
    });
  });
  after(() => session?.close());

  test('before a profile the import line offers one, and its package has types', () =>
    session.step('before', async () => {
      const { page } = session;
      await openFile(page, 'train.ts');
      await lens(page, 'Profile').waitFor();
      await hover(page, 'model', /nn\.Sequential/);
      assert.equal(await page.locator('.squiggly-error').count(), 0, 'the script has no type error');
    }));

  test('the command runs the script, and its lines get figures', () =>
    session.step('run', async () => {
      const { page } = session;
      await runCommand(page, 'Kernelscope: Profile Training Script');
      await lens(page, 'of step').waitFor({ timeout: RUN_LIMIT_MS });
      const texts = await lenses(page).allInnerTexts();
      const figures = /\d (µs|ms|ns|s) fwd · \d.* bwd · \d.* % of step · \d.* [kM]?B/;
      const layers = texts.filter((text) => figures.test(text));
      assert.ok(
        layers.length >= 4,
        `on the container, both linear layers and the loss: ${texts.join(' | ')}`,
      );
      await statusItem(page, /a step, GPU \d+ %/).waitFor();
    }));

  test('the panel shows the kernels of this run', () =>
    session.step('panel', async () => {
      const view = await webview(session.page, 'panel');
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
      await page.keyboard.type('/* wider */');
      await lens(page, STALE).waitFor();
      await undoUntil(page, async () => (await lenses(page, STALE).count()) === 0);
    }));

  test('lines put in above leave every figure on its line', () =>
    session.step('follow', async () => {
      const { page } = session;
      const figures = await lenses(page, 'of step').allInnerTexts();
      await page.keyboard.press('Control+Home');
      await page.keyboard.insertText('void 1;\nvoid 2;\n');
      const inserted = page.locator('.view-line', { hasText: 'void 2;' });
      await inserted.waitFor();
      await page.waitForTimeout(1000);
      assert.deepEqual(await lenses(page, 'of step').allInnerTexts(), figures);
      await runCommand(page, 'File: Revert File');
      await inserted.waitFor({ state: 'detached' });
    }));

  test('the suggestion is proved by trials', () =>
    session.step('prove', async () => {
      const { page } = session;
      await lens(page, /Suggestion: .*predicted \+\d+ %/).waitFor();
      await lens(page, /^Prove$/).click();
      await toast(page, /Proving/).waitFor();
      // Which verdict it is rests on how busy the machine is; that there is one, with its figures, does not.
      await lens(page, /Suggestion: .*(measured|inconclusive:) \+\d+ % \(/).waitFor({
        timeout: PROOF_LIMIT_MS,
      });
      await session.shot('dark-suggestion-proved');
    }));

  test('it is applied as one edit of one literal, and one undo takes it back', () =>
    session.step('apply', async () => {
      const { page } = session;
      const source = session.read('train.ts');
      await lens(page, /^Apply$/).click();
      await lens(page, /Applied: /).waitFor();
      await session.shot('dark-suggestion-applied');
      await saveFile(page);
      const applied = session.read('train.ts');
      const value = Number(/batchSize: (\d+)/.exec(applied)?.[1]);
      assert.ok(value > 8, `a larger batch is written: ${value}`);
      assert.equal(
        applied.replace(`batchSize: ${value}`, 'batchSize: 8'),
        source,
        'only the literal differs',
      );
      await page.keyboard.press('Control+Z');
      await lens(page, /Suggestion: /).waitFor();
      await saveFile(page);
      assert.equal(session.read('train.ts'), source);
    }));

  test('a batch that is dragged to on its chart is written where the handle is let go', () =>
    session.step('drag', async () => {
      const { page } = session;
      const source = session.read('train.ts');
      await runCommand(page, 'Kernelscope: Open in Editor');
      const large = await webview(page, 'editor');
      await large.getByRole('tab', { name: /Advice/ }).click();
      const handle = large.locator('.batch-handle').first();
      const proposed = await handle.getAttribute('aria-valuenow');
      await handle.scrollIntoViewIfNeeded();
      const box = (await handle.locator('.catch').boundingBox())!;
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x - 40, y, { steps: 5 });
      await large.getByText(/Let go to write it/).waitFor();
      await session.shot('dark-batch-dragging');
      const batch = await handle.getAttribute('aria-valuenow');
      assert.notEqual(batch, proposed);
      assert.equal(session.read('train.ts'), source, 'nothing is written while it is dragged');
      await page.mouse.up();
      await page.locator('.view-line', { hasText: new RegExp(`batchSize:\\s${batch},`) }).waitFor();
      await saveFile(page);
      assert.equal(session.read('train.ts'), source.replace('batchSize: 8', `batchSize: ${batch}`));
      await page.keyboard.press('Control+Z');
      await saveFile(page);
      assert.equal(session.read('train.ts'), source, 'one undo takes it back');
    }));
});
