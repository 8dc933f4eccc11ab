/**
 * Which code of the importers a case ran, from V8's own counters: a damaged file that reaches code no file reached before
 * is worth damaging further.
 */
import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { fileURLToPath } from 'node:url';

interface Script {
  readonly url: string;
  readonly functions: readonly {
    readonly ranges: readonly {
      readonly startOffset: number;
      readonly endOffset: number;
      readonly count: number;
    }[];
  }[];
}

export class Coverage {
  readonly #session = new Session();
  readonly #url: string;
  /** Spans of the bundle that hold the importers' files. */
  readonly #spans: readonly (readonly [number, number])[];
  readonly #seen = new Set<number>();

  /** `url` of the bundle whose code is watched. */
  constructor(url: string) {
    this.#url = url;
    this.#spans = importerSpans(readFileSync(fileURLToPath(url), 'utf8'));
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  get size(): number {
    return this.#seen.size;
  }

  /** How many blocks ran since the last call that no case ran before (or that ran a hundred times more often). */
  fresh(): number {
    const before = this.#seen.size;
    this.#session.post('Profiler.takePreciseCoverage', (error, taken) => {
      if (error) return;
      const scripts = (taken as unknown as { readonly result: readonly Script[] }).result;
      for (const { url, functions } of scripts) if (url === this.#url) this.#add(functions);
    });
    return this.#seen.size - before;
  }

  #add(functions: Script['functions']): void {
    for (const { ranges } of functions) {
      const start = ranges[0]?.startOffset ?? 0;
      if (!this.#spans.some(([from, to]) => start >= from && start < to)) continue;
      for (const { startOffset, endOffset, count } of ranges) {
        if (count === 0) continue;
        const often = Math.min(7, Math.floor(Math.log10(count) / 2));
        this.#seen.add((startOffset * 2 ** 22 + (endOffset & 0x3fffff)) * 8 + often);
      }
    }
  }
}

/** The bundler writes the name of each file in a comment before its code. */
function importerSpans(bundle: string): [number, number][] {
  const spans: [number, number][] = [];
  const heads = [...bundle.matchAll(/^\/\/ (\S+\.(?:ts|m?js))$/gm)];
  for (const [i, head] of heads.entries())
    if (/^src\/(import|trace)\//.test(head[1] as string))
      spans.push([head.index, heads[i + 1]?.index ?? bundle.length]);
  return spans;
}
