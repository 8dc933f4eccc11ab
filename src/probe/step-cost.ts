/**
 * What timing a step costs, from blocks of timed and untimed steps that follow each other. Scripts become faster while they run
 * (code is compiled, caches fill), so a block of timed steps is held only against its neighbors: up to as many steps right before
 * and right after it. One neighbor must do only while no block has two.
 */
import { median } from '../base/stats.ts';

/** Steps kept at either end of a block: none has more timed ones. */
const EDGE = 4;
const KEEP_BLOCKS = 65;

interface Block {
  readonly number: number;
  readonly timed: boolean;
  /** Durations in ns. */
  readonly first: number[];
  readonly last: number[];
}

export interface StepCost {
  /** Medians of what was compared, ns. */
  readonly timedMedianNs: number;
  readonly untimedMedianNs: number;
  /** Extra time of a timed step as a share of an untimed one: the median over blocks, each against its own neighbors. */
  readonly extra: number;
}

export class StepCosts {
  readonly #blocks: Block[] = [];
  #cost: StepCost | null = null;
  #stale = false;

  /** A step of block `number` lasted `durationNs`; steps come in order. */
  add(number: number, timed: boolean, durationNs: number): void {
    let block = this.#blocks.at(-1);
    if (block?.number !== number) {
      this.#blocks.push((block = { number, timed, first: [], last: [] }));
      if (this.#blocks.length > KEEP_BLOCKS) this.#blocks.shift();
    }
    if (block.first.length < EDGE) {
      block.first.push(durationNs);
      // Later ones matter to a block that is not there yet.
      this.#stale = true;
    }
    block.last.push(durationNs);
    if (block.last.length > EDGE) block.last.shift();
  }

  /** Null until a timed step and an untimed neighbor have been seen. */
  cost(): StepCost | null {
    if (this.#stale) this.#cost = this.#compare(true) ?? this.#compare(false);
    this.#stale = false;
    return this.#cost;
  }

  #compare(both: boolean): StepCost | null {
    const timed: number[] = [];
    const untimed: number[] = [];
    this.#blocks.forEach((block, i) => {
      if (!block.timed) return;
      const before = this.#neighbor(block, i - 1)?.last.slice(-block.first.length) ?? [];
      const after = this.#neighbor(block, i + 1)?.first.slice(0, block.first.length) ?? [];
      const sides = [before, after].filter((side) => side.length > 0);
      if (sides.length < (both ? 2 : 1)) return;
      timed.push(median(block.first));
      untimed.push(sides.reduce((total, side) => total + median(side), 0) / sides.length);
    });
    if (timed.length === 0) return null;
    return {
      timedMedianNs: median(timed),
      untimedMedianNs: median(untimed),
      extra: median(timed.map((ns, i) => ns / (untimed[i] as number))) - 1,
    };
  }

  #neighbor({ number }: Block, at: number): Block | null {
    const other = this.#blocks[at];
    return other && Math.abs(other.number - number) === 1 ? other : null;
  }
}
