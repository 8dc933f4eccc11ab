/**
 * A pass of one dispatch that does nothing, for its time stamps alone. (A pass without any dispatch reads zero on Metal.)
 */
import type { NativeMethods } from './webgpu-classes.ts';

const NOTHING = '@compute @workgroup_size(1) fn main() {}';

export class EmptyPass {
  readonly #native: NativeMethods;
  readonly #pipeline: GPUComputePipeline;

  constructor(device: GPUDevice, native: NativeMethods) {
    this.#native = native;
    const module = native.device.createShaderModule.call(device, { code: NOTHING });
    this.#pipeline = native.device.createComputePipeline.call(device, {
      layout: 'auto',
      compute: { module, entryPoint: 'main' },
    });
  }

  /** Stamps its begin and end into two queries from `first` on; with no query set it only runs. */
  encode(commands: GPUCommandEncoder, querySet: GPUQuerySet | null, first: number): void {
    const pass = this.#native.encoder.beginComputePass.call(
      commands,
      querySet
        ? { timestampWrites: { querySet, beginningOfPassWriteIndex: first, endOfPassWriteIndex: first + 1 } }
        : undefined,
    );
    this.#native.pass.setPipeline.call(pass, this.#pipeline);
    this.#native.pass.dispatchWorkgroups.call(pass, 1);
    this.#native.pass.end.call(pass);
  }
}
