/**
 * A script in an endless loop cannot say where it is, so another thread looks: while the main thread's heart stands still, it is
 * paused for an instant by the inspector, its line is read and written into the trace, and it goes on. If the run is
 * ended from outside after that, the trace names the line.
 */
import { Session } from 'node:inspector';
import type { Debugger } from 'node:inspector';
import { encodeMeta } from '../trace/frames.ts';
import type { SourceLocation } from '../trace/model.ts';
import { writeFrame } from './frames-out.ts';

/** Cells of the memory that both threads share. */
const BEATS = 0;
const WRITING = 1;
const BEAT_MS = 200;
const STILL_MS = 1000;
/** A look that comes so late says that the whole process was paused (a trial in turns, a machine asleep). */
const PAUSED_MS = 3 * BEAT_MS;
const PAUSE_LIMIT_MS = 500;

export type Heart = Int32Array<SharedArrayBuffer>;

export function newHeart(): Heart {
  return new Int32Array(new SharedArrayBuffer(8));
}

/** Called in the main thread. */
export function beat(heart: Heart): void {
  setInterval(() => Atomics.add(heart, BEATS, 1), BEAT_MS).unref();
}

/** Around every write of frames: a frame of the watching thread must not land inside another. */
export function whileWriting(heart: Heart, write: () => void): void {
  Atomics.store(heart, WRITING, 1);
  write();
  Atomics.store(heart, WRITING, 0);
}

/** May another thread write a frame now? */
export function isWriting(heart: Heart): boolean {
  return Atomics.load(heart, WRITING) === 1;
}

/** Called in the other thread. `placeOf` gives the user's place of a running line, null for other code. */
export function watch(
  heart: Heart,
  placeOf: (url: string, line: number, column: number) => SourceLocation | null,
): void {
  let seen = -1;
  let changedAt = performance.now();
  let lookedAt = changedAt;
  let told = false;
  setInterval(() => {
    const beats = Atomics.load(heart, BEATS);
    const paused = performance.now() - lookedAt > PAUSED_MS;
    lookedAt = performance.now();
    if (beats !== seen || paused) {
      seen = beats;
      changedAt = performance.now();
      told = false;
    } else if (!told && performance.now() - changedAt > STILL_MS) {
      told = true;
      look(heart, placeOf);
    }
  }, BEAT_MS).unref();
}

function look(
  heart: Heart,
  placeOf: (url: string, line: number, column: number) => SourceLocation | null,
): void {
  const session = new Session();
  session.connectToMainThread();
  const timer = setTimeout(() => session.disconnect(), PAUSE_LIMIT_MS);
  // A frame's own url is empty in scripts parsed before the debugger was there; the list of scripts has it.
  const urls = new Map<string, string>();
  session.on('Debugger.scriptParsed', ({ params }: { params: Debugger.ScriptParsedEventDataType }) =>
    urls.set(params.scriptId, params.url),
  );
  session.once('Debugger.paused', ({ params }: { params: Debugger.PausedEventDataType }) => {
    clearTimeout(timer);
    for (const { location } of params.callFrames) {
      const url = urls.get(location.scriptId) ?? '';
      const place = placeOf(url, location.lineNumber + 1, (location.columnNumber ?? 0) + 1);
      if (!place) continue;
      const message = `the script was busy here for more than ${STILL_MS / 1000} s without a pause`;
      if (!isWriting(heart)) writeFrame(encodeMeta({ error: { message, ...place } }));
      break;
    }
    session.post('Debugger.resume', () => session.disconnect());
  });
  session.post('Debugger.enable');
  session.post('Debugger.pause');
}
