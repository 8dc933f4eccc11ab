// `npm run tour`: makes the pictures of docs/tour.md anew, from real runs: an example is profiled, its report is opened in Chromium
// and each view photographed; the pictures of VS Code are those that the extension tests left in test-results/extension.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { root } from '../build.mjs';
import { CHROMIUM } from './chromium.mjs';

const out = path.join(root, 'docs/tour');
const report = path.join(root, '.cache/tour.html');
mkdirSync(out, { recursive: true });

// `npm run tour -- run.kscope` shows a run recorded before: on a busy machine a new one would be no good picture.
const recorded = process.argv[2];
const args = recorded ? ['open', recorded] : ['profile', 'examples/mnist-cnn.ts', '--steps', '120'];
const run = spawnSync(process.execPath, ['dist/cli.mjs', ...args, '--html', report], { cwd: root, stdio: 'inherit' });
if (run.status !== 0) process.exit(run.status ?? 1);

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
for (const colorScheme of ['dark', 'light']) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 760 }, colorScheme });
  await page.goto(pathToFileURL(report).href);
  for (const name of await page.getByRole('tab').allInnerTexts()) {
    if (name === 'Compare') continue; // one run has nothing to compare with
    await page.getByRole('tab', { name }).click();
    await page.waitForTimeout(400); // the picture settles
    if (colorScheme === 'dark' || name === 'Timeline') await page.screenshot({ path: path.join(out, `${name.toLowerCase()}-${colorScheme}.png`) });
  }
  await page.close();
}
await browser.close();

for (const name of ['dark-lenses-and-panel', 'dark-suggestion-proved', 'dark-hover', 'light-lines', 'contrast-overview']) {
  const from = path.join(root, 'test-results/extension', `${name}.png`);
  if (existsSync(from)) copyFileSync(from, path.join(out, `vscode-${name}.png`));
  else console.log(`tour: no ${from}; run \`node .ci/test.mjs extension\` first`);
}
