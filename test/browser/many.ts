/** Measures the timeline on many kernels: for the bench, which prints it, and for a test of what is drawn. */
import { writeTraceFile } from '../../src/trace/codec.ts';
import { makeTrace } from '../webview/made-trace.ts';
import type { Shown } from './page.ts';

const FRAMES = 90;
export const WARMUP_STEPS = 2;

export interface Many {
  readonly kernels: number;
  /** From the file's bytes in the page until the timeline's picture has pixels, ms. */
  readonly open: { readonly ms: number; readonly processorMs: number };
  /** While the wheel turns: one step in view, and everything. */
  readonly step: Turned;
  readonly everything: Turned;
}

export interface Turned {
  /** Times between frames, ms. */
  readonly frames: readonly number[];
  /** Processor time of the page's process for one frame, ms: what a busy machine does not change. */
  readonly processorMs: number;
  /** That of the page's main thread alone, ms: below the 16.7 ms of a display's frame, no frame waits for the page. */
  readonly mainMs: number;
}

interface Clock {
  readonly processMs: number;
  readonly mainMs: number;
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
  const processor = await processorClock(shown);
  const before = await processor();
  const ms = await shown.page.evaluate(async () => {
    const { bytes } = window as unknown as { bytes: Uint8Array };
    const isPainted = () => {
      const canvas = document.querySelector<HTMLCanvasElement>('.timeline canvas.marks');
      const context = canvas && canvas.width > 0 ? canvas.getContext('2d') : null;
      // One column of pixels through the middle of all tracks.
      return context?.getImageData(canvas!.width >> 1, 0, 1, canvas!.height).data.some((value) => value > 0);
    };
    const start = performance.now();
    dispatchEvent(
      new MessageEvent('message', { data: { type: 'trace', bytes, title: 'many', live: false } }),
    );
    do await new Promise((done) => requestAnimationFrame(done));
    while (!isPainted() && performance.now() - start < 60_000);
    return performance.now() - start;
  });
  const open = { ms, processorMs: (await processor()).processMs - before.processMs };
  await shown.page.waitForFunction(() => document.querySelector('.words')?.textContent !== '', null, {
    timeout: 60_000,
  });
  const turned = async (): Promise<Turned> => {
    const from = await processor();
    const times = await frames(shown);
    const to = await processor();
    return {
      frames: times,
      processorMs: (to.processMs - from.processMs) / FRAMES,
      mainMs: (to.mainMs - from.mainMs) / FRAMES,
    };
  };
  const step = await turned();
  await shown.page.keyboard.press('0');
  await shown.page.waitForTimeout(500);
  return { kernels: trace.tables.dispatches.length, open, step, everything: await turned() };
}

/** Processor time so far of the page's process, and of its main thread. */
async function processorClock({ page }: Shown): Promise<() => Promise<Clock>> {
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await devTools.send('Performance.getMetrics');
    const ms = (wanted: string) => 1000 * (metrics.find(({ name }) => name === wanted)?.value ?? NaN);
    return { processMs: ms('ProcessTime'), mainMs: ms('ThreadTime') };
  };
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
