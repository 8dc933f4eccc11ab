/** Commands from recording to submission: passes are handed to ComputePasses, submissions become rows. */
import { Attached } from './attached.ts';
import { nowNs } from './clock.ts';
import type { ComputePasses } from './compute-pass.ts';
import type { DawnPoll } from './dawn-poll.ts';
import type { EncoderRecord, Recording } from './device-probe.ts';
import type { Devices } from './devices.ts';
import type { Recorder } from './recorder.ts';
import type { RenderPasses } from './render-pass.ts';
import type { Steps } from './steps.ts';
import type { Transfers } from './transfers.ts';
import type { Patches, WebGpuClasses } from './webgpu-classes.ts';

type Submit = (this: GPUQueue, list: readonly GPUCommandBuffer[]) => undefined;

/** Commands of an encoder that may not come while a pass is open. */
const BETWEEN_PASSES = [
  'copyBufferToTexture',
  'copyTextureToBuffer',
  'copyTextureToTexture',
  'clearBuffer',
  'resolveQuerySet',
  'pushDebugGroup',
  'popDebugGroup',
  'insertDebugMarker',
] as const;

export class Commands {
  readonly #devices: Devices;
  readonly #passes: ComputePasses;
  readonly #renders: RenderPasses;
  readonly #transfers: Transfers;
  readonly #steps: Steps;
  readonly #recorder: Recorder;
  readonly #poll: DawnPoll;
  readonly #afterSubmit: () => void;
  readonly #recordings = new Attached<GPUCommandEncoder, Recording>();
  readonly #finished = new Attached<GPUCommandBuffer, Recording>();

  constructor(
    devices: Devices,
    passes: ComputePasses,
    renders: RenderPasses,
    transfers: Transfers,
    steps: Steps,
    recorder: Recorder,
    poll: DawnPoll,
    afterSubmit: () => void,
  ) {
    this.#devices = devices;
    this.#passes = passes;
    this.#renders = renders;
    this.#transfers = transfers;
    this.#steps = steps;
    this.#recorder = recorder;
    this.#poll = poll;
    this.#afterSubmit = afterSubmit;
  }

  install(classes: WebGpuClasses, patches: Patches): void {
    const passes = this.#passes;
    const renders = this.#renders;
    const transfers = this.#transfers;
    const devices = this.#devices;
    const recordings = this.#recordings;
    const finished = this.#finished;
    const submit = (queue: GPUQueue, native: Submit, list: GPUCommandBuffer[]): void =>
      this.#submit(queue, native, list);

    patches.method(
      classes.GPUDevice,
      'createCommandEncoder',
      (original) =>
        function (this: GPUDevice, descriptor) {
          const encoder = original.call(this, descriptor);
          const owner = devices.of(this);
          if (owner) recordings.set(encoder, owner.newRecording());
          return encoder;
        },
    );
    patches.method(
      classes.GPUCommandEncoder,
      'beginComputePass',
      (original) =>
        function (this: GPUCommandEncoder, descriptor) {
          const record = recordings.get(this)?.record;
          return record ? passes.begin(this, record, descriptor) : original.call(this, descriptor);
        },
    );
    patches.method(
      classes.GPUCommandEncoder,
      'beginRenderPass',
      (original) =>
        function beginRenderPass(this: GPUCommandEncoder, descriptor) {
          passes.leaveOpen(this);
          const record = recordings.get(this)?.record;
          return original.call(
            this,
            record ? renders.begin(record, descriptor, beginRenderPass) : descriptor,
          );
        },
    );
    patches.method(
      classes.GPUCommandEncoder,
      'finish',
      (original) =>
        function (this: GPUCommandEncoder, descriptor) {
          passes.leaveOpen(this);
          const commands = original.call(this, descriptor);
          const recording = recordings.get(this);
          if (recording) finished.set(commands, recording);
          return commands;
        },
    );
    patches.method(
      classes.GPUCommandEncoder,
      'copyBufferToBuffer',
      (original) =>
        function (this: GPUCommandEncoder, ...args: unknown[]) {
          passes.leaveOpen(this);
          (original as (...all: unknown[]) => undefined).apply(this, args);
          transfers.copied(...copyOf(args));
        } as GPUCommandEncoder['copyBufferToBuffer'],
    );
    for (const name of BETWEEN_PASSES)
      patches.method(
        classes.GPUCommandEncoder,
        name,
        (original) =>
          function (this: GPUCommandEncoder, ...args: unknown[]) {
            passes.leaveOpen(this);
            return (original as (...all: unknown[]) => undefined).apply(this, args);
          } as never,
      );
    patches.method(
      classes.GPUQueue,
      'submit',
      (original) =>
        function (this: GPUQueue, list) {
          return submit(this, original as Submit, [...list]) as undefined;
        },
    );
    this.#installWaiting(classes, patches);
  }

  /** Waiting for the queue tells, as reading back does, how long its work took. */
  #installWaiting(classes: WebGpuClasses, patches: Patches): void {
    const poll = this.#poll;
    patches.method(
      classes.GPUQueue,
      'onSubmittedWorkDone',
      (original) =>
        function (this: GPUQueue) {
          const done = original.call(this);
          done.then(
            () => poll.settled(),
            () => undefined,
          );
          return done;
        },
    );
  }

  #submit(queue: GPUQueue, native: Submit, list: GPUCommandBuffer[]): void {
    const startNs = nowNs();
    const records: EncoderRecord[] = [];
    for (const commands of list) {
      const record = this.#finished.get(commands)?.record;
      if (record && !record.submitted) records.push(record);
    }
    const owner = records[0]?.owner;
    if (!owner || owner.lost) {
      native.call(queue, list);
      for (const record of records) owner?.letGo(record, 0);
      return;
    }
    for (const record of records) owner.letGo(record, startNs);
    const marks = owner.marks(startNs);
    native.call(queue, marks.length > 0 ? [...list, ...marks] : list);
    const endNs = nowNs();
    // On its own: a mistake in the script's commands stops all that is submitted with them.
    const reading = owner.ring?.due(false) ?? [];
    if (reading.length > 0) {
      native.call(queue, reading);
      owner.ring?.read();
    }
    let passes = 0;
    let dispatches = 0;
    for (const record of records) {
      passes += record.passes;
      dispatches += record.dispatches.length;
      owner.queue.submitted(record.dispatches);
    }
    this.#recorder.row('submits', { startNs, endNs, step: this.#steps.current, passes, dispatches });
    this.#poll.submitted(dispatches);
    this.#recorder.flushIfDue();
    this.#afterSubmit();
  }
}

/** Destination and bytes of a copy, in its long form or the short one (source, destination, size?). */
function copyOf(args: readonly unknown[]): [GPUBuffer, number] {
  const [source, second, third, , size] = args as [
    GPUBuffer,
    GPUBuffer | number,
    unknown,
    unknown,
    number | undefined,
  ];
  if (typeof second !== 'number') return [second, (third as number | undefined) ?? source.size];
  return [third as GPUBuffer, size ?? source.size - second];
}
