/** One observed device: its clock, its ring of timestamps, its queue of dispatches. */
import type { ProbeMode } from '../wire/run-messages.ts';
import { ClockAlignment } from './clock.ts';
import type { DawnPoll } from './dawn-poll.ts';
import type { Dispatch } from './dispatches.ts';
import { DispatchQueue } from './dispatches.ts';
import type { Recorder } from './recorder.ts';
import type { RingSlot } from './timestamps.ts';
import { TimestampRing } from './timestamps.ts';
import type { NativeMethods } from './webgpu-classes.ts';

/** What one encoder has recorded; it becomes rows when its commands are submitted, and nothing if they never are. */
export interface EncoderRecord {
  readonly owner: DeviceProbe;
  readonly dispatches: Dispatch[];
  readonly slots: Set<RingSlot>;
  passes: number;
  submitted: boolean;
}

export class DeviceProbe {
  readonly device: GPUDevice;
  readonly clock = new ClockAlignment();
  readonly ring: TimestampRing | null;
  readonly queue: DispatchQueue;
  /** Command buffers are refused once; an encoder that is dropped must let go of its slots. */
  readonly #abandoned = new FinalizationRegistry<EncoderRecord>((record) => this.letGo(record, 0));

  constructor(
    device: GPUDevice,
    native: NativeMethods,
    poll: DawnPoll,
    recorder: Recorder,
    queue: number,
    mode: ProbeMode,
  ) {
    this.device = device;
    this.queue = new DispatchQueue(recorder, this.clock, queue);
    const timed = mode !== 'off' && device.features.has('timestamp-query');
    this.ring = timed
      ? new TimestampRing(device, native, poll, ({ submittedNs, first, last, doneNs }) => {
          this.clock.bracket(submittedNs, first, last, doneNs);
          poll.settled();
        })
      : null;
  }

  newRecord(encoder: GPUCommandEncoder): EncoderRecord {
    const record: EncoderRecord = {
      owner: this,
      dispatches: [],
      slots: new Set(),
      passes: 0,
      submitted: false,
    };
    this.#abandoned.register(encoder, record);
    return record;
  }

  /** The encoder will not write into its slots any more: submitted at `submittedNs`, or dropped (0). */
  letGo(record: EncoderRecord, submittedNs: number): void {
    if (record.submitted) return;
    record.submitted = true;
    for (const slot of record.slots) {
      slot.open--;
      if (submittedNs > 0 && slot.submittedNs === 0) slot.submittedNs = submittedNs;
    }
  }

  /** Lets rows go whose times have arrived. */
  tick(): void {
    if (this.ring?.pending) {
      this.ring.collect();
      this.ring.flush();
    }
    this.queue.settle();
  }

  /** Blocks until all times are in: the process or the device is about to end. */
  drain(): void {
    this.ring?.drain();
    this.queue.settle(true);
  }
}
