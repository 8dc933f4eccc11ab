/** Frames leave by a blocking write on a pipe of their own: what was written survives any end of this process. */
import { writeSync } from 'node:fs';
import { FRAMES_FD } from '../wire/run-messages.ts';

const RETRY_MS = 1;
const cell = new Int32Array(new SharedArrayBuffer(4));
let closed = false;

export function writeFrame(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length && !closed;) {
    try {
      at += writeSync(FRAMES_FD, bytes, at);
    } catch (error) {
      // A full pipe: the reader is behind, so this process waits for it.
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') Atomics.wait(cell, 0, 0, RETRY_MS);
      // Nobody reads any more; the script may still finish its work.
      else closed = true;
    }
  }
}
