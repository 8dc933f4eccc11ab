/** `npm run bench -- views`: a million kernels in headless Chromium, from the file's bytes to the picture, and zooming. */
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { OutputFile } from 'esbuild';
import { median, quantile, sortedCopy } from '../../src/base/stats.ts';
import type { Many } from '../browser/many.ts';
import { measureMany } from '../browser/many.ts';
import { startHost } from '../browser/page.ts';

const BUNDLE = {
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  loader: { '.svg': 'text' },
  legalComments: 'none',
} as const;

export async function run({ json = false }: { readonly json?: boolean } = {}): Promise<void> {
  const host = await startHost();
  try {
    const measured = await measureMany(await host.open(), 1000);
    if (json) console.log(JSON.stringify(measured));
    else {
      printMany(measured);
      await printBundle();
    }
  } finally {
    await host.close();
  }
}

export function printMany({ kernels, open, step, everything }: Many): void {
  console.log(
    `${kernels} kernels: ${open.ms.toFixed(0)} ms from the file's bytes to the first picture (${open.processorMs.toFixed(0)} ms of processor time)`,
  );
  for (const [what, { frames, processorMs, mainMs }] of [
    ['one step in view', step],
    ['everything in view', everything],
  ] as const)
    console.log(
      `${what}: median frame ${median(frames).toFixed(1)} ms, 95 % within ${quantile(sortedCopy(frames), 0.95).toFixed(1)} ms (${processorMs.toFixed(1)} ms of processor time a frame, ${mainMs.toFixed(1)} ms of it the page's main thread)`,
    );
}

/** The page's script as it is shipped: at most 400 kB. */
export async function pageScript(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    ...BUNDLE,
    entryPoints: ['webview/main.ts'],
    minify: true,
    write: false,
  });
  return (outputFiles[0] as OutputFile).contents;
}

async function printBundle(): Promise<void> {
  const contents = await pageScript();
  console.log(
    `the page's script, minified: ${(contents.length / 1000).toFixed(0)} kB (${(gzipSync(contents).length / 1000).toFixed(0)} kB compressed)`,
  );
}
