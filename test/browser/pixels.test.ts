/**
 * Every view on golden traces, pixel by pixel with tolerance: what was recorded is fixed, so what is drawn may change only
 * on purpose. `UPDATE_GOLDEN=1 node .ci/test.mjs browser --file pixels` stores the pictures anew; look at them before committing.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { readTraceFile } from '../../src/trace/codec.ts';
import type { Trace } from '../../src/trace/model.ts';
import type { ViewId } from '../../src/wire/view-messages.ts';
import { against, difference, fromAfar } from './golden.ts';
import { MADE_SUGGESTIONS } from './made-suggestions.ts';
import { RESULTS, startHost } from './page.ts';
import type { Host, ThemeName } from './page.ts';

const VIEWS: readonly ViewId[] = ['overview', 'timeline', 'kernels', 'layers', 'memory', 'occupancy', 'roofline', 'compare', 'advice']; // prettier-ignore
/** One theme a view would miss what only the other kinds have; the panel is short and wide. */
const SHOTS: readonly (readonly [ViewId | 'panel', ThemeName])[] = [
  ...VIEWS.map((view) => [view, 'dark'] as const),
  ['timeline', 'light'],
  ['timeline', 'hc'],
  ['memory', 'hc-light'],
  ['panel', 'dark'],
  ['panel', 'light'],
];
const recorded = (name: string): Uint8Array => readFileSync(path.resolve('test/browser/traces', name));
let host: Host;
let trace: Trace;

before(async () => {
  const read = readTraceFile(recorded('mnist-cnn.kscope'));
  assert.ok(read.ok);
  trace = read.value;
  host = await startHost({ font: 'DejaVu Sans' });
});
after(() => host?.close());

for (const [view, theme] of SHOTS)
  test(`${view} in the ${theme} theme looks as it did`, async () => {
    const shown = await host.open({
      theme,
      layout: view === 'panel' ? 'panel' : 'editor',
      size: view === 'panel' ? { width: 1200, height: 220 } : { width: 1120, height: 700 },
    });
    await shown.show(trace, 'mnist-cnn.ts 14:02');
    await shown.post({ type: 'suggestions', suggestions: MADE_SUGGESTIONS });
    if (view !== 'panel') {
      await shown.post({ type: 'baseline', bytes: recorded('mnist-cnn-before.kscope'), title: '13:40' });
      await shown.post({ type: 'show', view });
    }
    await shown.drawn();
    await shown.drawn();
    const name = `${view}-${theme}`;
    const picture = await shown.page.screenshot();
    writeFileSync(path.join(RESULTS, `pixels-${name}.png`), picture);
    assert.equal(await against(shown.page, name, picture), null);
    await shown.page.close();
  });

test('a picture with other colors, another size or a part moved away does not pass', async () => {
  const shown = await host.open({ size: { width: 800, height: 400 } });
  await shown.show(trace, 'mnist-cnn.ts 14:02');
  await shown.post({ type: 'show', view: 'memory' });
  const here = await fromAfar(shown.page, await shown.page.screenshot());
  assert.equal(await difference(shown.page, here, here), 0);
  await shown.page.evaluate(() => document.querySelector<HTMLElement>('.axis-chart')?.remove());
  assert.ok(
    (await difference(shown.page, here, await fromAfar(shown.page, await shown.page.screenshot()))) > 0.1,
  );
  await shown.page.setViewportSize({ width: 700, height: 400 });
  assert.equal(
    await difference(shown.page, here, await fromAfar(shown.page, await shown.page.screenshot())),
    1,
  );
  await shown.page.close();
});
