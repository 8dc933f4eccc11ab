/**
 * Which line of the user's script is running? Walking the stack is the expensive part (about a microsecond a frame), so
 * it is walked as structured frames, no deeper than needed, and a line is looked up in its source map only on first sight.
 */
import type { SourceLocation } from '../trace/model.ts';
import { nowNs } from './clock.ts';

export interface ScriptPlaces {
  /** Does this script URL or path belong to the user (and not to a library, Node or Kernelscope)? */
  isUsers(script: string): boolean;
  /** The place in the file as its author wrote it. */
  original(script: string, line: number, column: number): SourceLocation;
  /** The file of a place that is the author's own already. */
  file(script: string): string;
}

type Frame = NodeJS.CallSite & { getPosition(): number; getScriptNameOrSourceURL(): string | undefined };

/** Enough to see the user's line from inside a library that batches its work (TensorFlow.js goes 32 deep). */
export const DEEP = 40;
export const SHALLOW = 6;

/** Time that looking may take: some for a start, then a share of what has passed. */
export class LookBudget {
  readonly #startNs: number;
  readonly #share: number;
  #spentNs = 0;

  constructor(startNs: number, share: number) {
    this.#startNs = startNs;
    this.#share = share;
  }

  get isSpent(): boolean {
    return this.#spentNs > this.#startNs + this.#share * nowNs();
  }

  /** What `look` finds; null, without looking, once too much time has been spent. */
  spend<T>(look: () => T): T | null {
    if (this.isSpent) return null;
    const before = nowNs();
    const found = look();
    this.#spentNs += nowNs() - before;
    return found;
  }
}

const frames = (_error: Error, sites: NodeJS.CallSite[]): NodeJS.CallSite[] => sites;

export class CallSites {
  readonly #places: ScriptPlaces;
  readonly #known = new Map<string, SourceLocation>();
  readonly #users = new Map<string, boolean>();
  readonly #often = new LookBudget(20e6, 0.005);

  constructor(places: ScriptPlaces) {
    this.#places = places;
  }

  /** As `here`, but gives up (null) while looking has taken more than its share of the time. For what happens often. */
  hereIfCheap(below: (...args: never[]) => unknown, depth: number): SourceLocation | null {
    return this.#often.spend(() => this.here(below, depth));
  }

  /** The innermost line of the user's above the function `below`, or null when none is within `depth` frames. */
  here(below: (...args: never[]) => unknown, depth: number): SourceLocation | null {
    const { stackTraceLimit, prepareStackTrace } = Error;
    const holder: { stack?: unknown } = {};
    try {
      Error.stackTraceLimit = depth;
      Error.prepareStackTrace = frames;
      Error.captureStackTrace(holder, below);
      for (const frame of holder.stack as Frame[]) {
        const script = frame.getScriptNameOrSourceURL();
        if (script && this.#isUsers(script)) return this.#placeOf(script, frame);
      }
      return null;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
      // Absent is not the same as undefined to Node: it then formats with source maps.
      if (prepareStackTrace === undefined)
        delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;
      else Error.prepareStackTrace = prepareStackTrace;
    }
  }

  /** The first line of the user's in the text of a stack, already mapped to the original files by the runtime. */
  inText(stack: string | undefined): SourceLocation | null {
    for (const line of (stack ?? '').split('\n')) {
      const match = /(?:\(|at (?:async )?)((?:file:\/\/|\/|[A-Za-z]:[\\/]).+?):(\d+):(\d+)\)?$/.exec(line);
      if (match && this.#isUsers(match[1] as string))
        return {
          file: this.#places.file(match[1] as string),
          line: Number(match[2]),
          column: Number(match[3]),
        };
    }
    return null;
  }

  #isUsers(script: string): boolean {
    let users = this.#users.get(script);
    if (users === undefined) this.#users.set(script, (users = this.#places.isUsers(script)));
    return users;
  }

  #placeOf(script: string, frame: Frame): SourceLocation {
    const key = `${frame.getPosition()}:${script}`;
    let place = this.#known.get(key);
    if (!place) {
      place = this.#places.original(script, frame.getLineNumber() ?? 1, frame.getColumnNumber() ?? 1);
      this.#known.set(key, place);
    }
    return place;
  }
}
