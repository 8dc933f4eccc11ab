/**
 * One measurement at a time on this machine, whichever window or terminal asks: two at once would measure each other. The
 * turn is a file in Kernelscope's cache folder that names its holder; a holder that is gone, or silent for a minute, has lost it.
 */
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheFolder } from './drivers.ts';

/** Who measures now. */
export interface TurnHolder {
  readonly pid: number;
  /** What is measured: the script. */
  readonly what: string;
}

export interface TurnOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told once for each holder that is waited for. */
  readonly onWaiting?: ((holder: TurnHolder) => void) | undefined;
  readonly folder?: string;
}

const ASK_EVERY_MS = 200;
const ALIVE_EVERY_MS = 5_000;
const SILENT_MS = 60_000;
let taken = 0;

/**
 * Waits until nothing else measures. @returns what gives the turn back. Without a cache folder to write to there are no turns, and
 * with the environment variable KERNELSCOPE_NO_WAIT nobody waits. Rejects when the signal aborts.
 */
export async function measuringTurn(what: string, options: TurnOptions = {}): Promise<() => void> {
  if (process.env['KERNELSCOPE_NO_WAIT']) return () => undefined;
  const { signal, onWaiting, folder = cacheFolder() } = options;
  const turn = path.join(folder, 'measuring.json');
  const own = `${JSON.stringify({ pid: process.pid, what, number: taken++ })}\n`;
  const draft = path.join(folder, `measuring.${process.pid}.${taken}.json`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(draft, own);
  } catch {
    return () => undefined;
  }
  let told = '';
  try {
    while (!take(draft, turn)) {
      signal?.throwIfAborted();
      const text = read(turn);
      const holder = text === null ? null : holderIn(text);
      if (text !== null && (!holder || isGone(holder, turn))) removeStale(turn, text, draft);
      else {
        // A proof takes a turn for each of its trials; it is one holder to those who wait.
        const who = holder ? `${holder.pid} ${holder.what}` : told;
        if (holder && who !== told) onWaiting?.(holder);
        told = who;
        await delay(ASK_EVERY_MS, undefined, signal ? { signal } : {});
      }
    }
  } finally {
    rmSync(draft, { force: true });
  }
  const beat = setInterval(() => touch(turn), ALIVE_EVERY_MS);
  beat.unref();
  return () => {
    clearInterval(beat);
    if (read(turn) === own) rmSync(turn, { force: true });
  };
}

/** A link appears whole or not at all, and never over another one. */
function take(draft: string, turn: string): boolean {
  try {
    linkSync(draft, turn);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // A file system without links: measuring goes before waiting.
    return true;
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function holderIn(text: string): TurnHolder | null {
  try {
    const { pid, what } = JSON.parse(text) as Partial<TurnHolder>;
    return Number.isInteger(pid) && typeof what === 'string' ? { pid: pid as number, what } : null;
  } catch {
    return null;
  }
}

function isGone({ pid }: TurnHolder, turn: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true;
  }
  // The number may belong to another process by now.
  try {
    return Date.now() - statSync(turn).mtimeMs > SILENT_MS;
  } catch {
    return false;
  }
}

/** Of several that see a stale turn one moves it away; who moved a fresh one by mistake puts it back. */
function removeStale(turn: string, stale: string, draft: string): void {
  const aside = `${draft}.stale`;
  try {
    renameSync(turn, aside);
    if (read(aside) !== stale) take(aside, turn);
  } catch {
    // Another one was faster.
  }
  rmSync(aside, { force: true });
}

function touch(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // Gone: someone took it for stale, and this run goes on all the same.
  }
}
