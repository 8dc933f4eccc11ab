/** `npm run bench -- views`: a million kernels in headless Chromium, from the file's bytes to the picture, and zooming. */
import { median, quantile, sortedCopy } from '../../src/base/stats.ts';
import type { Million } from '../browser/million.ts';
import { measureMillion } from '../browser/million.ts';
import { startHost } from '../browser/page.ts';

export async function run({ json = false }: { readonly json?: boolean } = {}): Promise<void> {
  const host = await startHost();
  try {
    const measured = await measureMillion(await host.open());
    if (json) console.log(JSON.stringify(measured));
    else printMillion(measured);
  } finally {
    await host.close();
  }
}

export function printMillion({ kernels, openMs, step, everything }: Million): void {
  console.log(`${kernels} kernels: ${openMs.toFixed(0)} ms from the file's bytes to the first picture`);
  for (const [what, times] of [
    ['one step in view', step],
    ['everything in view', everything],
  ] as const)
    console.log(
      `${what}: median frame ${median(times).toFixed(1)} ms, 95 % within ${quantile(sortedCopy(times), 0.95).toFixed(1)} ms`,
    );
}
