/** The HTML report in a browser: what it can do without a shell, under its own content security policy. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { htmlReport } from '../../src/export/index.ts';
import { writeTraceFile } from '../../src/trace/codec.ts';
import { makeTrace } from '../webview/made-trace.ts';
import { MADE_SUGGESTIONS } from './made-suggestions.ts';
import { startHost } from './page.ts';
import type { Host } from './page.ts';

let host: Host;
before(async () => {
  host = await startHost();
});
after(() => host?.close());

test('a view of the report is saved as PNG and as SVG', async () => {
  const { page } = await host.open();
  await page.setContent(
    htmlReport({
      title: 'mnist: cnn/14',
      trace: writeTraceFile(makeTrace()),
      suggestions: MADE_SUGGESTIONS,
      webviewScript: readFileSync('dist/webview.js', 'utf8'),
      webviewStyle: readFileSync('dist/webview.css', 'utf8'),
      nonce: 'abc123',
    }),
  );
  await page.getByRole('tab', { name: 'Roofline' }).click();
  await page.locator('.view.roofline svg').first().waitFor();
  for (const [kind, head] of [['png', '\u0089PNG'], ['svg', '<svg ']] as const) {
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: `Save as ${kind.toUpperCase()}` }).click();
    const download = await coming;
    assert.equal(download.suggestedFilename(), `mnist-cnn-14-roofline.${kind}`);
    const content = readFileSync(await download.path());
    assert.equal(content.subarray(0, 4).toString('latin1'), head.slice(0, 4));
    assert.ok(content.length > 5000, `${content.length} bytes`);
  }
  await page.close();
}); // prettier-ignore
