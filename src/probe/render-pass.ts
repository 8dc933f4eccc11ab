/** Render passes are timed as they are: draws cannot be told apart from outside. Each is a slice of its queue's track. */
import type { CallSites } from './call-sites.ts';
import { DEEP } from './call-sites.ts';
import { nowNs } from './clock.ts';
import type { ComputePasses } from './compute-pass.ts';
import type { EncoderRecord } from './device-probe.ts';
import type { Recorder } from './recorder.ts';
import type { Steps } from './steps.ts';

export class RenderPasses {
  readonly #recorder: Recorder;
  readonly #callSites: CallSites;
  readonly #passes: ComputePasses;
  readonly #steps: Steps;

  constructor(recorder: Recorder, callSites: CallSites, passes: ComputePasses, steps: Steps) {
    this.#recorder = recorder;
    this.#callSites = callSites;
    this.#passes = passes;
    this.#steps = steps;
  }

  /** What the pass is to be begun with. One that the script times itself is left to it. */
  begin(
    record: EncoderRecord,
    descriptor: GPURenderPassDescriptor,
    below: (...args: never[]) => unknown,
  ): GPURenderPassDescriptor {
    record.passes++;
    const times = this.#steps.timesPasses || this.#steps.timesDispatch(nowNs());
    if (!times || !record.owner.ring || descriptor.timestampWrites) return descriptor;
    const { owner } = record;
    const step = this.#steps.current;
    const name = this.#recorder.string(descriptor.label || 'render pass');
    const location = this.#recorder.location(this.#callSites.hereIfCheap(below, DEEP));
    const timestampWrites = this.#passes.stamps(record, {
      // Zeros: it was never submitted, or the device gave no times.
      resolved: (start, end) => {
        if (start <= 0n || end < start) return;
        const startNs = owner.clock.toHost(start);
        const endNs = owner.clock.toHost(end);
        this.#recorder.row('slices', {
          track: owner.track,
          name,
          startNs,
          endNs,
          depth: 0,
          step,
          layer: -1,
          location,
        });
      },
      lost: () => undefined,
    });
    return timestampWrites ? { ...descriptor, timestampWrites } : descriptor;
  }
}
