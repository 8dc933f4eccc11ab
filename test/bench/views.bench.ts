/** `npm run bench -- views`: a million kernels in headless Chromium, from the file's bytes to the picture, and zooming. */
import { median, quantile, sortedCopy } from '../../src/base/stats.ts';
import type { Many } from '../browser/many.ts';
import { measureMany } from '../browser/many.ts';
import { startHost } from '../browser/page.ts';

export async function run({ json = false }: { readonly json?: boolean } = {}): Promise<void> {
  const host = await startHost();
  try {
    const measured = await measureMany(await host.open(), 1000);
    if (json) console.log(JSON.stringify(measured));
    else printMany(measured);
  } finally {
    await host.close();
  }
}

export function printMany({ kernels, openMs, step, everything }: Many): void {
  console.log(`${kernels} kernels: ${openMs.toFixed(0)} ms from the file's bytes to the first picture`);
  for (const [what, times] of [
    ['one step in view', step],
    ['everything in view', everything],
  ] as const)
    console.log(
      `${what}: median frame ${median(times).toFixed(1)} ms, 95 % within ${quantile(sortedCopy(times), 0.95).toFixed(1)} ms`,
    );
}
