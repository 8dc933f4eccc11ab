/** One observed device: its clock, its ring of timestamps, its queue of dispatches. */
import { ClockAlignment, nowNs } from './clock.ts';
import type { DawnPoll } from './dawn-poll.ts';
import { calibrate } from './calibrate.ts';
import type { Calibration } from './calibrate.ts';
import { Collected } from './collected.ts';
import { EmptyPass } from './empty-pass.ts';
import type { EndedStep } from './steps.ts';
import type { Dispatch } from './dispatches.ts';
import { DispatchQueue } from './dispatches.ts';
import type { FirstRuns } from './first-runs.ts';
import type { QueueTrack, Recorder } from './recorder.ts';
import type { RingSlot } from './timestamps.ts';
import { TimestampRing } from './timestamps.ts';
import type { NativeMethods } from './webgpu-classes.ts';

/** What one encoder has recorded; it becomes rows when its commands are submitted, and nothing if they never are. */
export interface EncoderRecord {
  readonly owner: DeviceProbe;
  readonly dispatches: Dispatch[];
  readonly slots: RingSlot[];
  passes: number;
  submitted: boolean;
}

/** Held by the encoder and by its commands, and by nobody else: when it is collected, both were dropped. */
export interface Recording {
  readonly record: EncoderRecord;
}

export class DeviceProbe {
  readonly device: GPUDevice;
  readonly clock = new ClockAlignment();
  /** Null when the device gives no usable times. */
  readonly calibration: Calibration | null = null;
  ring: TimestampRing | null = null;
  readonly queue: DispatchQueue;
  /** The track of the queue. */
  readonly track: number;
  /** Destroyed or lost: nothing that is submitted runs any more. */
  lost = false;
  readonly #native: NativeMethods;
  readonly #empty: EmptyPass | null = null;
  /** Dispatches recorded and not submitted. */
  #recorded = 0;
  /** Steps that ended while some of their work was not submitted yet. */
  #unmarked: EndedStep[] = [];
  /** Commands that are dropped without being submitted must let go of their slots. */
  readonly #abandoned = new Collected<Recording, EncoderRecord>(
    (record) => record.submitted,
    (record) => this.letGo(record, 0),
  );

  constructor(
    device: GPUDevice,
    native: NativeMethods,
    poll: DawnPoll,
    recorder: Recorder,
    firstRuns: FirstRuns,
    { queue, track }: QueueTrack,
  ) {
    this.device = device;
    this.#native = native;
    this.track = track;
    this.queue = new DispatchQueue(recorder, this.clock, queue, firstRuns);
    if (!device.features.has('timestamp-query')) return;
    const empty = new EmptyPass(device, native);
    this.calibration = calibrate(device, empty, native, poll, this.clock);
    if (!this.calibration) return;
    this.#empty = empty;
    this.ring = new TimestampRing(device, native, poll, ({ submittedNs, first, last, doneNs }) => {
      this.clock.bracket(submittedNs, first, last, doneNs);
      poll.settled();
    });
  }

  newRecording(): Recording {
    const record: EncoderRecord = { owner: this, dispatches: [], slots: [], passes: 0, submitted: false };
    const recording = { record };
    this.#abandoned.watch(recording, record);
    return recording;
  }

  recorded(record: EncoderRecord, dispatch: Dispatch): void {
    record.dispatches.push(dispatch);
    this.#recorded++;
  }

  /** Some of an ended step's work has not been submitted. */
  get owesMarks(): boolean {
    return this.#unmarked.length > 0;
  }

  /** The script says a step is over. False when its end cannot be stamped. */
  mark(step: EndedStep): boolean {
    if (!this.ring) return false;
    this.#unmarked.push(step);
    if (this.#recorded === 0) this.#native.queue.submit.call(this.device.queue, this.marks(nowNs()));
    return true;
  }

  /** Command buffers that stamp the ends of steps, to follow all work submitted so far. */
  marks(submittedNs: number): readonly GPUCommandBuffer[] {
    const { ring } = this;
    const steps = this.#unmarked;
    if (steps.length === 0 || this.#recorded > 0 || !ring || !this.#empty) return [];
    this.#unmarked = [];
    const pair = ring.take({
      resolved: (start, end) => settle(steps, start > 0n ? this.clock.toHost(end) : NaN),
      lost: () => settle(steps, NaN),
    });
    if (!pair) {
      settle(steps, NaN);
      return [];
    }
    if (pair.slot.submittedNs === 0) pair.slot.submittedNs = submittedNs;
    const commands = this.#native.device.createCommandEncoder.call(this.device);
    this.#empty.encode(commands, pair.slot.querySet, pair.query);
    return [this.#native.encoder.finish.call(commands)];
  }

  /** The encoder will not write into its slots any more: submitted at `submittedNs`, or dropped (0). */
  letGo(record: EncoderRecord, submittedNs: number): void {
    if (record.submitted) return;
    record.submitted = true;
    this.#recorded -= record.dispatches.length;
    for (const slot of record.slots) this.ring?.letGo(slot, submittedNs);
  }

  /** Lets rows go whose times have arrived. */
  tick(): void {
    this.#abandoned.look();
    if (this.ring?.pending) {
      this.ring.collect();
      this.ring.flush();
    }
    this.queue.settle();
  }

  /** The device is gone: what has no times yet will have none, and it is asked for nothing more (Dawn would crash). */
  lose(): void {
    this.lost = true;
    this.ring?.abandon();
    this.ring = null;
    settle(this.#unmarked.splice(0), NaN);
    this.queue.settle(true);
  }

  /** Blocks until all times are in: the process or the device is about to end. */
  drain(): void {
    this.ring?.drain();
    this.queue.settle(true);
  }
}

function settle(steps: readonly EndedStep[], doneNs: number): void {
  for (const step of steps) {
    step.doneNs = doneNs;
    step.settled = true;
  }
}
