/** Measures the timeline on many kernels: for the bench, which prints it, and for a test of what is drawn. */
import { writeTraceFile } from '../../src/trace/codec.ts';
import { makeTrace } from '../webview/made-trace.ts';
import type { Shown } from './page.ts';

const FRAMES = 90;
export const WARMUP_STEPS = 2;

export interface Many {
  readonly kernels: number;
  /** From the file's bytes in the page to the second frame after it, ms. */
  readonly openMs: number;
  /** Times between frames while the wheel turns, ms: one step in view, and everything. */
  readonly step: readonly number[];
  readonly everything: readonly number[];
}

/** A thousand kernels a step. */
export async function measureMany(shown: Shown, steps: number): Promise<Many> {
  const trace = makeTrace({ steps, blocks: 124, alternating: false });
  const base64 = Buffer.from(writeTraceFile(trace)).toString('base64');
  await shown.post({ type: 'show', view: 'timeline' });
  await shown.page.evaluate(
    (text) => Object.assign(window, { bytes: Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)) }),
    base64,
  );
  const openMs = await shown.page.evaluate(async () => {
    const { bytes } = window as unknown as { bytes: Uint8Array };
    const start = performance.now();
    dispatchEvent(
      new MessageEvent('message', { data: { type: 'trace', bytes, title: 'many', live: false } }),
    );
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - start;
  });
  await shown.page.waitForFunction(() => document.querySelector('.words')?.textContent !== '', null, {
    timeout: 60_000,
  });
  const step = await frames(shown);
  await shown.page.keyboard.press('0');
  await shown.page.waitForTimeout(500);
  return { kernels: trace.tables.dispatches.length, openMs, step, everything: await frames(shown) };
}

function frames({ page }: Shown): Promise<number[]> {
  return page.evaluate(async (count) => {
    const overlay = document.querySelector('.overlay') as HTMLElement;
    const { left, top, width } = overlay.getBoundingClientRect();
    const times: number[] = [];
    let before = 0;
    for (let i = 0; i < count; i++) {
      const deltaY = i % 30 < 15 ? 12 : -12;
      overlay.dispatchEvent(
        new WheelEvent('wheel', {
          deltaY,
          clientX: left + width / 2,
          clientY: top + 100,
          bubbles: true,
          cancelable: true,
        }),
      );
      const now = await new Promise<number>((done) => requestAnimationFrame(done));
      if (before > 0) times.push(now - before);
      before = now;
    }
    return times;
  }, FRAMES);
}
