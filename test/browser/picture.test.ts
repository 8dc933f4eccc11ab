/** The picture that "Save picture" makes of each view, against what the browser shows there. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { writeTraceFile } from '../../src/trace/codec.ts';
import type { ViewId } from '../../src/wire/view-messages.ts';
import { makeTrace } from '../webview/made-trace.ts';
import { difference, fromAfar } from './golden.ts';
import { MADE_SUGGESTIONS } from './made-suggestions.ts';
import type { Page } from 'playwright-core';
import { RESULTS, startHost } from './page.ts';
import type { Host } from './page.ts';

/** Share of cells that may differ from the page: lines of text fall on another half pixel. */
const MOST = 0.02;
/** Of the SVG: letters stand half a pixel off, and another program draws them its own way. */
const MOST_OF_SVG = 0.05;
const hasLibrsvg = spawnSync('rsvg-convert', ['--version']).status === 0;
const VIEWS: readonly ViewId[] = ['overview', 'timeline', 'kernels', 'layers', 'memory', 'occupancy', 'roofline', 'compare', 'advice']; // prettier-ignore
const trace = makeTrace();
const baseline = writeTraceFile(makeTrace({ slower: { convolution: 2 } }));
let host: Host;

before(async () => {
  host = await startHost();
});
after(() => host?.close());

for (const [i, view] of VIEWS.entries())
  test(`the picture of ${view} is what the page shows`, async () => {
    // Pictures have two pixels for each of the page.
    const shown = await host.open({ theme: i % 2 === 0 ? 'dark' : 'light', scale: 2 });
    const { page } = shown;
    await shown.show(trace, 'mnist <cnn> & 14:02');
    await shown.post({ type: 'suggestions', suggestions: MADE_SUGGESTIONS });
    await shown.post({ type: 'baseline', bytes: baseline, title: '13:40' });
    await shown.post({ type: 'show', view });
    await page.getByRole('button', { name: 'Save picture…' }).click();
    await page.mouse.move(1, 1);
    const sent = async () => (await shown.sent()).find((message) => message.type === 'picture');
    for (let tries = 0; tries < 100 && !(await sent()); tries++) await page.waitForTimeout(50);
    const picture = (await sent()) ?? assert.fail('no picture was sent');
    assert.equal(picture.view, view);
    assert.match(picture.svg, /^<svg [^>]+><title>mnist &lt;cnn&gt; &amp; 14:02, \w+<\/title>/);
    assert.doesNotMatch(picture.svg, /<script|<foreignObject|href="http/);
    const [, width = 0, height = 0] = (/ width="(\d+)" height="(\d+)"/.exec(picture.svg) ?? []).map(Number);
    const bottom = await page.locator('#view').evaluate((element) => element.getBoundingClientRect().bottom);
    const clip = { x: 0, y: Math.round(bottom) - height, width, height };
    const screen = await page.screenshot({ clip });
    const png = Buffer.from(picture.png, 'base64');
    for (const [kind, bytes] of [['page', screen], ['png', png], ['svg', Buffer.from(picture.svg)]] as const)
      writeFileSync(path.join(RESULTS, `picture-${view}.${kind === 'page' ? 'page.png' : kind}`), bytes); // prettier-ignore
    const differs = await difference(page, await fromAfar(page, screen), await fromAfar(page, png));
    assert.ok(differs <= MOST, `${(differs * 100).toFixed(1)} % of ${view} differs`);
    const inBrowser = await difference(page, await fromAfar(page, screen), await fromAfar(page, await drawn(page, picture.svg))); // prettier-ignore
    assert.ok(inBrowser <= MOST_OF_SVG, `${(inBrowser * 100).toFixed(1)} % of the SVG of ${view} differs`);
    if (hasLibrsvg) {
      // Another program, with fonts of its own, which is no browser.
      const other = execFileSync('rsvg-convert', ['--zoom', '2', path.join(RESULTS, `picture-${view}.svg`)], { maxBuffer: 1 << 28 }); // prettier-ignore
      writeFileSync(path.join(RESULTS, `picture-${view}.librsvg.png`), other);
      const there = await difference(page, await fromAfar(page, screen), await fromAfar(page, other));
      assert.ok(there <= MOST_OF_SVG, `${(there * 100).toFixed(1)} % of ${view} differs in librsvg`);
    }
    await page.close();
  });

/** What the browser makes of an SVG, two pixels for each of its own. */
async function drawn(page: Page, svg: string): Promise<Buffer> {
  const url = await page.evaluate(async (source) => {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width * 2, image.height * 2];
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL('image/png');
  }, svg);
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}
