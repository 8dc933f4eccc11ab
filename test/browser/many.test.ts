/** A hundred thousand slices (the bench has a million). Times depend on the machine: they are printed, and what is drawn is asserted. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pageScript, printMany } from '../bench/views.bench.ts';
import { WARMUP_STEPS, measureMany } from './many.ts';
import { startHost } from './page.ts';
import type { Host } from './page.ts';

/** More than the page sums up before its first picture. */
const STEPS = 110;
let host: Host;

before(async () => {
  host = await startHost();
});
after(() => host?.close());

test('many kernels open on their typical step, zoom and pan at every scale, and are summed up', async () => {
  const shown = await host.open();
  const measured = await measureMany(shown, STEPS);
  printMany(measured);
  await shown.shot('many');
  await shown.post({ type: 'show', view: 'kernels' });
  const counts = await shown.page.locator('.kernels tbody tr:not(.spacer) td:nth-child(4)').allInnerTexts();
  const counted = counts.reduce((sum, text) => sum + Number(text.replaceAll(',', '')), 0);
  assert.equal(
    counted,
    (measured.kernels / STEPS) * (STEPS - WARMUP_STEPS),
    'every steady kernel is in the table',
  );
});

test('the page brings no package that would double its script', async () => {
  assert.ok((await pageScript()).length <= 400_000);
});
