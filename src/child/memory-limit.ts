/**
 * A script that eats memory is ended before the machine suffers: another thread looks, so that a script busy with it is
 * caught, too. What ended it is the last thing in the trace.
 */
import { encodeMeta } from '../trace/frames.ts';
import { writeFrame } from './frames-out.ts';
import type { Heart } from './heartbeat.ts';
import { isWriting } from './heartbeat.ts';

const EVERY_MS = 50;

/** Called in a thread other than the script's. */
export function watchMemory(heart: Heart, limitBytes: number): void {
  setInterval(() => {
    const bytes = process.memoryUsage.rss();
    // A frame may not land within another; the next look is soon enough.
    if (bytes <= limitBytes || isWriting(heart)) return;
    const message = `the script took ${gb(bytes)} of memory, more than it may have (${gb(limitBytes)})`;
    writeFrame(encodeMeta({ status: 'crashed', error: { message } }));
    process.kill(process.pid, 'SIGKILL');
  }, EVERY_MS).unref();
}

function gb(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
