/** Steps of formats that have no word for them: from ranges that a person named like one. */
import type { TraceBuilder } from '../../trace/builder.ts';
import { STEP_FLAGS } from '../../trace/model.ts';

const STEP_RANGE = /^(?:ProfilerStep|training step|train step|step|iteration|iter)[\s_:#-]*(\d{1,9})$/i;

export interface NamedRange {
  readonly name: string;
  readonly startNs: number;
  readonly endNs: number;
}

interface Step {
  readonly index: number;
  readonly startNs: number;
  readonly endNs: number;
}

export class NamedSteps {
  readonly #steps: Step[] = [];

  /** Of ranges that overlap (two threads, a range within another) the one that begins first is the step. */
  constructor(ranges: Iterable<NamedRange>) {
    const found: Step[] = [];
    for (const { name, startNs, endNs } of ranges) {
      const number = STEP_RANGE.exec(name)?.[1];
      if (number !== undefined) found.push({ index: Number(number), startNs, endNs });
    }
    found.sort((a, b) => a.startNs - b.startNs);
    for (const step of found) if (step.startNs >= (this.#steps.at(-1)?.endNs ?? 0)) this.#steps.push(step);
  }

  get count(): number {
    return this.#steps.length;
  }

  write(builder: TraceBuilder): void {
    for (const step of this.#steps)
      builder.row('steps', { ...step, flags: STEP_FLAGS.timed, loss: NaN, samples: NaN });
  }

  /** Number of the step that holds a time; -1 between steps. */
  at(ns: number): number {
    let low = 0;
    let high = this.#steps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#steps[middle]?.startNs ?? 0) <= ns) low = middle + 1;
      else high = middle;
    }
    const step = this.#steps[low - 1];
    return step && ns < step.endNs ? step.index : -1;
  }
}
