/**
 * The real passes behind a virtual one: each is opened in the state that the script's pass is in, does one thing and ends. Misuse
 * goes the same way as it came, so that the script gets the very error it would get without a probe.
 */
import type { EncoderRecord } from './device-probe.ts';
import type { PassGroup } from './pass-group.ts';
import type { NativeMethods } from './webgpu-classes.ts';

export interface PassState {
  readonly record: EncoderRecord;
  readonly encoder: GPUCommandEncoder;
  /** What the script holds. */
  readonly handle: GPUComputePassEncoder;
  /** The script's handle stands for no real pass. */
  readonly virtual: boolean;
  /** Its dispatches share one pair of time stamps. */
  readonly group: PassGroup | null;
  pipeline: GPUComputePipeline | null;
  readonly groups: (GPUBindGroup | null)[];
  readonly offsets: (readonly number[] | undefined)[];
  readonly debugGroups: string[];
  /** Calls of newer methods (immediates, resource table), replayed as they came; the last of each key counts. Null while there are none. */
  other: Map<string, (pass: GPUComputePassEncoder) => void> | null;
  ended: boolean;
}

type Run = (pass: GPUComputePassEncoder) => void;

export class Replay {
  readonly #native: NativeMethods;

  constructor(native: NativeMethods) {
    this.#native = native;
  }

  /** A real pass in the state that the script's pass is in. */
  open(state: PassState, timestampWrites: GPUComputePassTimestampWrites | undefined): GPUComputePassEncoder {
    const { pass: native, encoder } = this.#native;
    const { handle, pipeline, groups, offsets } = state;
    const setBindGroup = native.setBindGroup as (...args: unknown[]) => undefined;
    const pass = encoder.beginComputePass.call(state.encoder, {
      ...(handle.label === '' ? {} : { label: handle.label }),
      ...(timestampWrites ? { timestampWrites } : {}),
    });
    for (const name of state.debugGroups) native.pushDebugGroup.call(pass, name);
    if (pipeline) native.setPipeline.call(pass, pipeline);
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i];
      if (group === undefined) continue;
      const own = offsets[i];
      setBindGroup.apply(pass, own ? [i, group, own] : [i, group]);
    }
    if (state.other) for (const call of state.other.values()) call(pass);
    return pass;
  }

  /** One dispatch in a real pass of its own. */
  dispatch(state: PassState, stamps: GPUComputePassTimestampWrites | undefined, run: Run): void {
    const { popDebugGroup, end } = this.#native.pass;
    const pass = this.open(state, stamps);
    try {
      run(pass);
    } finally {
      for (let i = 0; i < state.debugGroups.length; i++) popDebugGroup.call(pass);
      end.call(pass);
    }
  }

  /** Sees on an empty pass whether the device takes the arguments at all. */
  attempt(state: PassState, run: Run): void {
    const { pass: native, encoder } = this.#native;
    const pass = encoder.beginComputePass.call(state.encoder);
    try {
      run(pass);
    } finally {
      native.end.call(pass);
    }
  }

  /** Does on a real pass what the script should not have done. `after`: it did so after ending the pass. */
  misuse(state: PassState, run: Run, after = false): void {
    const { end } = this.#native.pass;
    const pass = this.open(state, undefined);
    if (after) end.call(pass);
    try {
      run(pass);
    } finally {
      if (!after) end.call(pass);
    }
  }
}
