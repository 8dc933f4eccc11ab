/** Dispatches of a pass that is timed as one (light mode): each gets a share of its time by predicted cost, and is marked so. */
import { DISPATCH_FLAGS } from '../trace/model.ts';
import type { Dispatch } from './dispatches.ts';
import type { Timed } from './timestamps.ts';

export class PassGroup implements Timed {
  readonly #dispatches: Dispatch[] = [];
  readonly #weights: number[] = [];

  /** `weight`: predicted cost, in any unit that all of them share. */
  add(dispatch: Dispatch, weight: number): void {
    dispatch.flags |= DISPATCH_FLAGS.timed | DISPATCH_FLAGS.shared;
    dispatch.settled = false;
    this.#dispatches.push(dispatch);
    this.#weights.push(weight);
  }

  resolved(start: bigint, end: bigint): void {
    const total = this.#weights.reduce((sum, weight) => sum + weight, 0);
    const lasted = Number(end - start);
    let passed = 0;
    this.#dispatches.forEach((dispatch, i) => {
      const from = start + BigInt(Math.round((lasted * passed) / total));
      passed += this.#weights[i] as number;
      // A pass that the device did not time is no time to share.
      if (start <= 0n || end <= start) dispatch.resolved(start, end);
      else dispatch.resolved(from, start + BigInt(Math.round((lasted * passed) / total)));
    });
  }

  lost(): void {
    for (const dispatch of this.#dispatches) {
      dispatch.flags &= ~DISPATCH_FLAGS.shared;
      dispatch.lost();
    }
  }
}
