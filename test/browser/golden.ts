/**
 * A picture of a view against a stored one, with room for what differs between browsers: letters are shaped a little
 * differently, an edge falls on the next pixel. So both are looked at from afar (cells of several pixels, averaged; that is also
 * what is stored), and a small share of cells may differ. A picture that is missing, has another size or other colors does not pass.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';

export const GOLDENS = path.resolve('test/browser/goldens');
/** Side of a cell, px. */
const CELL = 4;
/** Color distance (of 0..441) from which two cells differ. */
const DISTANCE = 40;
/** Share of cells that may differ. */
const TOLERANCE = 0.03;

/** The picture from afar, as PNG. The page does the work: it can read and write them. */
export async function fromAfar(page: Page, png: Buffer): Promise<Buffer> {
  const base64 = await page.evaluate(
    async ([given, cell]) => {
      const blob = await (await fetch(`data:image/png;base64,${given}`)).blob();
      const image = await createImageBitmap(blob);
      const canvas = document.createElement('canvas');
      canvas.width = Math.ceil(image.width / cell);
      canvas.height = Math.ceil(image.height / cell);
      const context = canvas.getContext('2d')!;
      context.imageSmoothingQuality = 'high';
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      return canvas.toDataURL('image/png').split(',')[1] ?? '';
    },
    [png.toString('base64'), CELL] as const,
  );
  return Buffer.from(base64, 'base64');
}

/** Share of cells whose colors differ; 1 when the sizes do. */
export function difference(page: Page, golden: Buffer, actual: Buffer): Promise<number> {
  return page.evaluate(
    async ([a, b, distance]) => {
      const cells = async (base64: string) => {
        const blob = await (await fetch(`data:image/png;base64,${base64}`)).blob();
        const image = await createImageBitmap(blob);
        const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, image.width, image.height);
      };
      const [one, other] = [await cells(a), await cells(b)];
      if (one.width !== other.width || one.height !== other.height) return 1;
      let differ = 0;
      for (let i = 0; i < one.data.length; i += 4) {
        const by = [0, 1, 2].map((c) => (one.data[i + c] ?? 0) - (other.data[i + c] ?? 0));
        if (Math.hypot(...by) > distance) differ++;
      }
      return differ / (one.data.length / 4);
    },
    [golden.toString('base64'), actual.toString('base64'), DISTANCE] as const,
  );
}

/** What is wrong with a picture against the stored one of its name; null when nothing is, or when it was just stored. */
export async function against(page: Page, name: string, picture: Buffer): Promise<string | null> {
  const file = path.join(GOLDENS, `${name}.png`);
  const actual = await fromAfar(page, picture);
  if (process.env['UPDATE_GOLDEN']) {
    mkdirSync(GOLDENS, { recursive: true });
    writeFileSync(file, actual);
    return null;
  }
  if (!existsSync(file)) return `there is no ${file}; look at the view, then run with UPDATE_GOLDEN=1`;
  const share = await difference(page, readFileSync(file), actual);
  return share <= TOLERANCE
    ? null
    : `${(share * 100).toFixed(1)} % of ${name} differs; ${(TOLERANCE * 100).toFixed(0)} % may`;
}
