/** GPU time of a piece of work, for choosing between algorithms. Profiling is the probe's business, not this. */
import { calm } from './calm.ts';
import type { CommandQueue } from './queue.ts';

const QUERY_RESOLVE = 0x0200;
const COPY_SRC = 0x04;
const COPY_DST = 0x08;
const MAP_READ = 0x01;

export class Stopwatch {
  readonly #queue: CommandQueue;
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #readable: GPUBuffer;

  constructor(device: GPUDevice, queue: CommandQueue) {
    this.#queue = queue;
    this.#queries = device.createQuerySet({ label: 'stopwatch', type: 'timestamp', count: 2 });
    this.#resolved = device.createBuffer({ label: 'stopwatch', size: 16, usage: QUERY_RESOLVE | COPY_SRC });
    this.#readable = device.createBuffer({ label: 'stopwatch', size: 16, usage: MAP_READ | COPY_DST });
  }

  /** Nanoseconds that the device spends on what `run` records; NaN where its clock did not move. */
  async time(run: () => void): Promise<number> {
    this.#queue.flush();
    this.#queue.stamp(this.#queries, 0, 'beginning');
    run();
    this.#queue.stamp(this.#queries, 1, 'end');
    this.#queue.resolve(this.#queries, 2, this.#resolved);
    this.#queue.copy(this.#resolved, 0, this.#readable, 0, 16);
    this.#queue.flush();
    await calm(this.#readable.mapAsync(MAP_READ));
    const [start, end] = new BigUint64Array(this.#readable.getMappedRange().slice(0)) as unknown as [
      bigint,
      bigint,
    ];
    this.#readable.unmap();
    return end > start ? Number(end - start) : NaN;
  }

  dispose(): void {
    this.#queries.destroy();
    this.#resolved.destroy();
    this.#readable.destroy();
  }
}
