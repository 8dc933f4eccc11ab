/** Commands on their way to the device: one encoder and one compute pass, kept open until the batch is submitted. */
import { calm } from './calm.ts';

/** A batch longer than this is submitted so that the device does not wait for the end of a long step. */
const MOST_DISPATCHES = 1024;

export class CommandQueue {
  readonly #device: GPUDevice;
  readonly #beforeSubmit: () => void;
  #encoder: GPUCommandEncoder | null = null;
  #pass: GPUComputePassEncoder | null = null;
  #pipeline: GPUComputePipeline | null = null;
  #dispatches = 0;
  #batch = 0;
  #marker: Promise<undefined> | null = null;

  constructor(device: GPUDevice, beforeSubmit: () => void) {
    this.#device = device;
    this.#beforeSubmit = beforeSubmit;
  }

  /** Number of the batch being recorded: memory last used by an earlier one may be written by the host. */
  get batch(): number {
    return this.#batch;
  }

  dispatch(pipeline: GPUComputePipeline, group: GPUBindGroup, x: number, y: number, z: number): void {
    const pass = (this.#pass ??= this.#openPass());
    if (pipeline !== this.#pipeline) {
      pass.setPipeline(pipeline);
      this.#pipeline = pipeline;
    }
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(x, y, z);
    if (++this.#dispatches >= MOST_DISPATCHES) this.flush();
  }

  copy(from: GPUBuffer, fromOffset: number, to: GPUBuffer, toOffset: number, bytes: number): void {
    this.#betweenPasses().copyBufferToBuffer(from, fromOffset, to, toOffset, bytes);
  }

  clear(buffer: GPUBuffer, offset: number, bytes: number): void {
    this.#betweenPasses().clearBuffer(buffer, offset, bytes);
  }

  /** Writes the device's clock between what was recorded before and what comes after. */
  stamp(queries: GPUQuerySet, index: number, at: 'beginning' | 'end'): void {
    const timestampWrites = {
      querySet: queries,
      ...(at === 'beginning' ? { beginningOfPassWriteIndex: index } : { endOfPassWriteIndex: index }),
    };
    this.#betweenPasses().beginComputePass({ label: 'stamp', timestampWrites }).end();
  }

  resolve(queries: GPUQuerySet, count: number, to: GPUBuffer): void {
    this.#betweenPasses().resolveQuerySet(queries, 0, count, to, 0);
  }

  /** Submits what was recorded. Cheap when there is nothing. */
  flush(): void {
    if (!this.#encoder) return;
    this.#endPass();
    const commands = this.#encoder.finish();
    this.#encoder = null;
    this.#dispatches = 0;
    this.#batch++;
    this.#beforeSubmit();
    this.#device.queue.submit([commands]);
  }

  /** Resolves when the device has done all that was asked so far. */
  async idle(): Promise<void> {
    this.flush();
    await calm(this.#device.queue.onSubmittedWorkDone());
  }

  /**
   * Lets the host run at most one step ahead of the device: waits for what was submitted before the previous call.
   * Called once a step from wherever the script awaits anyway.
   */
  async throttle(): Promise<void> {
    this.flush();
    const before = this.#marker;
    this.#marker = calm(this.#device.queue.onSubmittedWorkDone());
    await before;
  }

  #openPass(): GPUComputePassEncoder {
    this.#pipeline = null;
    return this.#open().beginComputePass();
  }

  #open(): GPUCommandEncoder {
    return (this.#encoder ??= this.#device.createCommandEncoder());
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = null;
  }

  #betweenPasses(): GPUCommandEncoder {
    this.#endPass();
    return this.#open();
  }
}
