import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeTrace } from '../webview/made-trace.ts';
import { MADE_SUGGESTIONS } from './made-suggestions.ts';
import { startHost } from './page.ts';
import type { Host, Shown } from './page.ts';

let host: Host;
let shown: Shown;

before(async () => {
  host = await startHost();
  shown = await host.open();
  await shown.show(makeTrace());
  await shown.post({ type: 'suggestions', suggestions: MADE_SUGGESTIONS });
  await shown.post({ type: 'show', view: 'advice' });
});
after(() => host?.close());

const handle = () => shown.page.locator('.batch-handle').first();
const chosen = () => shown.page.locator('.batch-chosen').first().innerText();
const applied = async () => (await shown.sent()).filter((message) => message.type === 'apply');

test('the handle stands at the proposed batch; dragged, it says what another would bring, and writes where it is let go', async () => {
  assert.equal(await handle().getAttribute('aria-valuenow'), '128');
  const box = await handle().locator('.catch').boundingBox();
  assert.ok(box);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await shown.page.mouse.move(x, y);
  await shown.page.mouse.down();
  await shown.page.mouse.move(x + 30, y, { steps: 4 });
  await shown.drawn();
  assert.match(await chosen(), /batch \d+: .*samples\/s, \+\d+ %, .*Let go to write it/);
  await shown.shot('advice-dragging');
  const batch = Number(await handle().getAttribute('aria-valuenow'));
  assert.ok(batch > 128 && batch < 512 && batch % 16 === 0, String(batch));
  assert.deepEqual(await applied(), []);
  await shown.page.mouse.up();
  assert.deepEqual(await applied(), [{ type: 'apply', suggestion: 'batch-size:mnist-cnn', batch }]);
});

test('the same by keyboard: arrows move, Escape goes back, Enter writes', async () => {
  const before = (await applied()).length;
  await handle().focus();
  await shown.page.keyboard.press('Escape');
  await shown.page.keyboard.press('ArrowRight');
  assert.equal(await handle().getAttribute('aria-valuenow'), '144');
  await shown.page.keyboard.press('Escape');
  assert.equal(await handle().getAttribute('aria-valuenow'), '128');
  await shown.page.keyboard.press('PageDown');
  assert.match((await handle().getAttribute('aria-valuetext')) ?? '', /^batch 64: /);
  await shown.page.keyboard.press('Enter');
  assert.deepEqual((await applied()).slice(before), [
    { type: 'apply', suggestion: 'batch-size:mnist-cnn', batch: 64 },
  ]);
});
