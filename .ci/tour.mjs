// `npm run tour`: makes the pictures of docs/tour.md anew, from real runs: an example is profiled, its report is opened in Chromium
// and each view photographed; another example is given advice, which is proved, and compared with itself after it. The
// pictures of VS Code are those that the extension tests left in test-results/extension.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { root } from '../build.mjs';
import { CHROMIUM } from './chromium.mjs';

const out = path.join(root, 'docs/tour');
const work = path.join(root, '.cache/tour');
const at = (name) => path.join(work, name);
mkdirSync(out, { recursive: true });
mkdirSync(work, { recursive: true });

function kernelscope(...args) {
  const run = spawnSync(process.execPath, ['dist/cli.mjs', ...args], { cwd: root, stdio: 'inherit' });
  if (run.status !== 0) process.exit(run.status ?? 1);
}

// `npm run tour -- run.kscope` shows a run recorded before: on a busy machine a new one would be no good picture.
const recorded = process.argv[2];
kernelscope(...(recorded ? ['open', recorded] : ['profile', 'examples/mnist-cnn.ts', '--steps', '120']), '--html', at('views.html'));

const SMALL = 'examples/mnist-mlp.ts';
kernelscope('suggest', SMALL, '--rule', 'batch-size', '--verify', '--json', at('advice.json'), '--html', at('advice.html'));
const [{ edit } = {}] = JSON.parse(readFileSync(at('advice.json'), 'utf8')).suggestions;
if (edit) {
  writeFileSync(at('edits.json'), JSON.stringify([edit]));
  kernelscope('profile', SMALL, '--steps', '60', '--trace', at('before.kscope'));
  kernelscope('profile', SMALL, '--steps', '60', '--edits', at('edits.json'), '--trace', at('after.kscope'));
  kernelscope('compare', at('before.kscope'), at('after.kscope'), '--html', at('compare.html'));
} else console.log(`tour: nothing to suggest for ${SMALL}: the pictures of advice and comparison stay as they are`);

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });

/** Photographs those of the page's views that `wanted` names, in one color scheme. */
async function photograph(page, colorScheme, wanted) {
  const shown = await browser.newPage({ viewport: { width: 1280, height: 760 }, colorScheme });
  await shown.goto(pathToFileURL(at(page)).href);
  for (const name of await shown.getByRole('tab').allInnerTexts()) {
    if (!wanted(name)) continue;
    await shown.getByRole('tab', { name }).click();
    await shown.waitForTimeout(400); // the picture settles
    await shown.screenshot({ path: path.join(out, `${name.toLowerCase()}-${colorScheme}.png`) });
  }
  await shown.close();
}

await photograph('views.html', 'dark', (name) => name !== 'Compare' && name !== 'Advice');
await photograph('views.html', 'light', (name) => name === 'Timeline');
if (edit) {
  await photograph('advice.html', 'dark', (name) => name === 'Advice');
  await photograph('compare.html', 'dark', (name) => name === 'Compare');
}
await browser.close();

for (const name of ['dark-lenses-and-panel', 'dark-suggestion-proved', 'dark-hover', 'light-lines', 'contrast-overview']) {
  const from = path.join(root, 'test-results/extension', `${name}.png`);
  if (existsSync(from)) copyFileSync(from, path.join(out, `vscode-${name}.png`));
  else console.log(`tour: no ${from}; run \`node .ci/test.mjs extension\` first`);
}
