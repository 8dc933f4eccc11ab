/** The column of names beside the timeline: cut in the middle, made wider by hand or key, and kept. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { readTraceFile } from '../../src/trace/codec.ts';
import type { Trace } from '../../src/trace/model.ts';
import { THEMES, startHost } from './page.ts';
import type { Host, Shown, ThemeName } from './page.ts';

/** As PyTorch's profiler calls its threads. */
const THREAD = 'thread 28412 (pt_autograd_0)';
const TITLE = `Script ${THREAD}`;
let host: Host;
let trace: Trace;

before(async () => {
  const read = readTraceFile(readFileSync(path.resolve('test/browser/traces/mnist-cnn.kscope')));
  assert.ok(read.ok);
  const renamed = read.value.tracks.map((track) =>
    track.name === 'layers' ? { ...track, name: THREAD } : track,
  );
  trace = { ...read.value, tracks: renamed };
  host = await startHost();
});
after(() => host?.close());

async function timeline(
  options: { theme?: ThemeName; stored?: Readonly<Record<string, string>>; zoomed?: boolean } = {},
): Promise<Shown> {
  const { zoomed = false, ...rest } = options;
  const shown = await host.open({
    ...rest,
    ...(zoomed ? { scale: 2, size: { width: 640, height: 410 } } : {}),
  });
  await shown.show(trace);
  await shown.post({ type: 'show', view: 'timeline' });
  await shown.drawn();
  return shown;
}

const line = ({ page }: Shown) => page.getByRole('separator', { name: 'Width of the names' });
const now = async (shown: Shown) => Number(await line(shown).getAttribute('aria-valuenow'));
const plotLeft = async ({ page }: Shown) => (await page.locator('.timeline .plot').boundingBox())?.x ?? NaN;
/** Names of which something is not seen. */
const cut = ({ page }: Shown) =>
  page
    .locator('.timeline .head-name')
    .evaluateAll((names) =>
      names
        .filter((name) => [...name.children].some((piece) => piece.scrollWidth > piece.clientWidth))
        .map((name) => name.textContent),
    );

test('arrow keys move the line and the picture with it; Enter fits the longest name', async () => {
  const shown = await timeline();
  const [start, left] = [await now(shown), await plotLeft(shown)];
  assert.ok((await cut(shown)).length > 0, 'a name is too long at first');
  await line(shown).focus();
  await shown.page.keyboard.press('ArrowRight');
  await shown.page.keyboard.press('Shift+ArrowRight');
  await shown.drawn();
  assert.equal(await now(shown), start + 48);
  assert.equal(await plotLeft(shown), left + 48);
  await shown.page.keyboard.press('Home');
  const least = await now(shown);
  await shown.page.keyboard.press('ArrowLeft');
  assert.equal(await now(shown), least);
  await shown.page.keyboard.press('Enter');
  await shown.drawn();
  assert.deepEqual(await cut(shown), []);
  await shown.page.close();
});

test('the line is dragged, and where it was left is kept for the next page', async () => {
  const shown = await timeline({ stored: {} });
  const box = await line(shown).boundingBox();
  assert.ok(box);
  const start = await now(shown);
  await shown.page.mouse.move(box.x + 4, box.y + 40);
  await shown.page.mouse.down();
  await shown.page.mouse.move(box.x + 64, box.y + 60, { steps: 3 });
  await shown.page.mouse.up();
  assert.equal(await now(shown), start + 60);
  const stored = await shown.page.evaluate(() => ({ ...localStorage }) as Record<string, string>);
  await shown.page.close();
  const next = await timeline({ stored });
  assert.equal(await now(next), start + 60);
  await next.page.close();
});

test('a name that is cut keeps its end, and is told whole', async () => {
  const shown = await timeline();
  const name = shown.page.getByRole('button', { name: TITLE, exact: true });
  assert.equal(await name.textContent(), TITLE);
  assert.match((await name.getAttribute('title')) ?? '', /^Script thread 28412 \(pt_autograd_0\)\n/);
  const end = await name
    .locator('.cut-end')
    .evaluate((piece) => [piece.textContent, piece.scrollWidth <= piece.clientWidth]);
  assert.deepEqual(end, ['tograd_0)', true]);
  await shown.page.close();
});

for (const theme of THEMES)
  for (const zoomed of [false, true])
    test(`names at ${zoomed ? '200' : '100'} % in the ${theme} theme stay within their column`, async () => {
      const shown = await timeline({ theme, zoomed });
      await line(shown).focus();
      await shown.shot(`gutter-${theme}-${zoomed ? 200 : 100}`);
      const column = await plotLeft(shown);
      const boxes = await shown.page
        .locator('.timeline .head-name')
        .evaluateAll((names) => names.map((name) => name.getBoundingClientRect().right));
      for (const right of boxes) assert.ok(right <= column, `${right} within ${column}`);
      await shown.page.close();
    });
