/** Steps, from the ProfilerStep#N marks that torch.profiler writes around each. */
import type { TraceBuilder } from '../../trace/builder.ts';
import { STEP_FLAGS } from '../../trace/model.ts';
import type { EventColumns } from '../events/columns.ts';
import { WORK } from './categories.ts';

const MARK = /^ProfilerStep#(\d+)$/;

export class Steps {
  /** Host span of each step in order of time, and the number the script gave it. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #numbers: number[] = [];

  constructor(events: EventColumns, work: Uint8Array) {
    const found: { number: number; start: number; end: number }[] = [];
    const numbers = new Map<number, number>();
    for (let i = 0; i < events.length; i++) {
      if (work[i] !== WORK.operator && work[i] !== WORK.annotation) continue;
      const name = events.name[i] as number;
      let number = numbers.get(name);
      if (number === undefined) numbers.set(name, (number = Number(MARK.exec(events.text(name))?.[1] ?? -1)));
      if (number >= 0 && number < 2 ** 31)
        found.push({ number, start: events.startNs[i] as number, end: events.endNs(i) });
    }
    found.sort((a, b) => a.start - b.start);
    for (const { number, start, end } of found) {
      // A second thread may carry the same mark, and a nested profiler another: the first span of a time wins.
      if (numbers.size > 0 && start < (this.#ends.at(-1) ?? -Infinity)) continue;
      this.#starts.push(start);
      this.#ends.push(end);
      this.#numbers.push(number);
    }
  }

  get count(): number {
    return this.#starts.length;
  }

  /** Number of the step whose host span holds a time; -1 between steps. */
  at(ns: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] as number) <= ns) low = middle + 1;
      else high = middle;
    }
    return low > 0 && ns < (this.#ends[low - 1] as number) ? (this.#numbers[low - 1] as number) : -1;
  }

  write(builder: TraceBuilder): void {
    for (let i = 0; i < this.count; i++)
      builder.row('steps', {
        index: this.#numbers[i] as number,
        startNs: this.#starts[i] as number,
        endNs: this.#ends[i] as number,
        flags: STEP_FLAGS.timed,
        loss: NaN,
        samples: NaN,
      });
  }
}
