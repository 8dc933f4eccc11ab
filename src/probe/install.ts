/**
 * The probe: one instrument for every script. It patches the prototypes of the WebGPU classes, so whoever uses them (this
 * project's engine, another library, hand-written code) is measured alike and without knowing it.
 */
import type { AdapterInfo, ClockInfo, TraceMeta } from '../trace/model.ts';
import type { ProbeMode } from '../wire/run-messages.ts';
import { annotations } from './annotate.ts';
import { adapterInfo } from './adapter-info.ts';
import { Attached } from './attached.ts';
import { Buffers } from './buffers.ts';
import { calibrate } from './calibrate.ts';
import type { ScriptPlaces } from './call-sites.ts';
import { CallSites } from './call-sites.ts';
import { nowNs } from './clock.ts';
import { ComputePasses } from './compute-pass.ts';
import { DawnPoll } from './dawn-poll.ts';
import type { EncoderRecord } from './device-probe.ts';
import { DeviceProbe } from './device-probe.ts';
import { Launches } from './launches.ts';
import { Layers } from './layers.ts';
import { createListener } from './listener.ts';
import { Pipelines } from './pipelines.ts';
import { Recorder } from './recorder.ts';
import type { StepProgress } from './steps.ts';
import { Steps } from './steps.ts';
import { Timing } from './timing.ts';
import { Transfers } from './transfers.ts';
import type { WebGpuClasses } from './webgpu-classes.ts';
import { Patches, nativeMethods } from './webgpu-classes.ts';

export interface ProbeOptions {
  readonly classes: WebGpuClasses;
  readonly mode: ProbeMode;
  /** Takes one encoded frame; must not keep the bytes' owner waiting for long. */
  readonly write: (frame: Uint8Array) => void;
  readonly places: ScriptPlaces;
  readonly onStep: (progress: StepProgress) => void;
  readonly calm?: boolean;
}

const TICK_MS = 50;

export class Probe {
  readonly #recorder: Recorder;
  readonly #steps: Steps;
  readonly #timing: Timing;
  readonly #pipelines: Pipelines;
  readonly #buffers: Buffers;
  readonly #patches = new Patches();
  readonly #poll: DawnPoll;
  readonly #devices: DeviceProbe[] = [];
  /** Dawn crashes when an instance is collected while a device of it lives, and scripts drop theirs. */
  readonly #pinned = new Set<object>();
  readonly #timer: NodeJS.Timeout;
  #clock: ClockInfo = { source: 'none', resolutionNs: 0, alignmentErrorNs: null };
  #adapter: AdapterInfo | null = null;
  #finished = false;

  constructor(options: ProbeOptions) {
    const { classes, mode } = options;
    const native = nativeMethods(classes);
    const recorder = (this.#recorder = new Recorder(options.write));
    const callSites = new CallSites(options.places);
    this.#poll = new DawnPoll(options.calm ?? true);
    this.#timing = new Timing(mode);
    const steps = (this.#steps = new Steps(recorder, this.#timing, options.onStep));
    const layers = new Layers(recorder, callSites);
    const buffers = (this.#buffers = new Buffers(recorder, callSites, layers, steps));
    const pipelines = (this.#pipelines = new Pipelines(recorder, callSites));
    const launches = new Launches(recorder, pipelines, buffers, layers, callSites);
    const passes = new ComputePasses(native, classes, launches, pipelines, steps, this.#timing);
    const transfers = new Transfers(recorder, buffers, steps);
    recorder.beforeFlush = () => {
      pipelines.settleCompiles(false);
      steps.settle(false);
    };

    buffers.install(classes, this.#patches);
    pipelines.install(classes, this.#patches);
    transfers.install(classes, this.#patches);
    passes.install(classes, this.#patches);
    this.#installDevices(classes, native);
    this.#installCommands(classes, passes, transfers);
    annotations.listener = createListener({
      recorder,
      steps,
      layers,
      buffers,
      afterStep: () => recorder.flushIfDue(),
    });

    this.#timer = setInterval(() => this.tick(), TICK_MS);
    this.#timer.unref();
  }

  /** Steps finished so far. */
  get steps(): number {
    return this.#steps.count;
  }

  meta(patch: Partial<TraceMeta>): void {
    this.#recorder.meta(patch);
  }

  tick(): void {
    for (const device of this.#devices) device.tick();
    this.#recorder.flushIfDue();
  }

  /** Reads what is outstanding and writes the last rows, without returning to the event loop: for the end of a process. */
  finish(end: Partial<TraceMeta>): void {
    if (this.#finished) return;
    this.#finished = true;
    clearInterval(this.#timer);
    annotations.listener = null;
    for (const device of this.#devices) device.drain();
    this.#steps.settle(true);
    this.#pipelines.settleCompiles(true);
    this.#recorder.flush();
    const dropped = this.#devices.reduce((sum, device) => sum + device.queue.dropped, 0);
    const refused = this.#devices.reduce((sum, device) => sum + (device.ring?.refused ?? 0), 0);
    const notes = [...(end.notes ?? [])];
    if (dropped > 0)
      notes.push(
        `${dropped} dispatches had zero or negative GPU times from the device; their times were dropped`,
      );
    if (refused > 0)
      notes.push(`${refused} dispatches went untimed because the script ran too far ahead of the GPU`);
    const errors = this.#devices.map((device) => device.clock.errorNs).filter((error) => error !== null);
    const clock = { ...this.#clock, alignmentErrorNs: errors.length > 0 ? Math.max(...errors) : null };
    this.#recorder.meta({ ...end, overhead: this.#timing.overhead(), clock, notes });
  }

  /** Puts everything back; for tests. */
  restore(): void {
    this.finish({});
    this.#patches.restore();
    this.#poll.restore();
  }

  #installDevices(classes: WebGpuClasses, native: ReturnType<typeof nativeMethods>): void {
    const probes = this.#devicesOf;
    const opened = (adapter: GPUAdapter, device: GPUDevice): void => {
      this.#pinned.add(adapter);
      this.#recorder.add('tracks', {
        name: device.label || 'GPU queue',
        kind: 'gpu-queue',
        group: adapter.info.description || 'GPU',
      });
      const probe = new DeviceProbe(
        device,
        native,
        this.#poll,
        this.#recorder,
        this.#devices.length,
        this.#timing.mode,
      );
      this.#devices.push(probe);
      probes.set(device, probe);
      this.#describe(adapter, probe, native);
      void device.lost.then(() => this.#buffers.deviceLost(device));
    };
    const drain = (device: GPUDevice): void => probes.get(device)?.drain();

    this.#patches.method(
      classes.GPUAdapter,
      'requestDevice',
      (original) =>
        async function (this: GPUAdapter, descriptor = {}) {
          const wanted = [...(descriptor.requiredFeatures ?? [])].flat() as GPUFeatureName[];
          if (this.features.has('timestamp-query') && !wanted.includes('timestamp-query'))
            wanted.push('timestamp-query');
          const device = await original.call(this, { ...descriptor, requiredFeatures: wanted });
          opened(this, device);
          return device;
        },
    );
    this.#patches.method(
      classes.GPUDevice,
      'destroy',
      (original) =>
        function (this: GPUDevice) {
          drain(this);
          return original.call(this);
        },
    );
  }

  readonly #devicesOf = new Attached<GPUDevice, DeviceProbe>('device');

  #describe(adapter: GPUAdapter, probe: DeviceProbe, native: ReturnType<typeof nativeMethods>): void {
    if (!this.#adapter) this.#recorder.meta({ adapter: (this.#adapter = adapterInfo(adapter)) });
    if (!probe.ring) return;
    const found = calibrate(probe.device, native, this.#poll, probe.clock);
    if (!found) {
      this.#recorder.meta({ notes: ['The device gives no usable timestamps: GPU times are missing'] });
      return;
    }
    this.#clock = {
      source: 'timestamp-query',
      resolutionNs: found.resolutionNs,
      alignmentErrorNs: probe.clock.errorNs,
    };
    this.#recorder.meta({ clock: this.#clock });
  }

  #installCommands(classes: WebGpuClasses, passes: ComputePasses, transfers: Transfers): void {
    const records = new Attached<GPUCommandEncoder, EncoderRecord>('encoder');
    const finished = new Attached<GPUCommandBuffer, EncoderRecord>('commands');
    const probes = this.#devicesOf;
    const submitted = (
      queue: GPUQueue,
      native: (list: GPUCommandBuffer[]) => undefined,
      list: GPUCommandBuffer[],
    ): void => {
      const done = list
        .map((commands) => finished.get(commands))
        .filter((record) => record !== undefined && !record.submitted) as EncoderRecord[];
      const owner = done[0]?.owner;
      const startNs = nowNs();
      for (const record of done) record.owner.letGo(record, startNs);
      const reading = owner?.ring?.due(false) ?? [];
      native.call(queue, reading.length > 0 ? [...list, ...reading] : list);
      const endNs = nowNs();
      if (!owner) return;
      if (reading.length > 0) owner.ring?.read();
      let passCount = 0;
      let dispatchCount = 0;
      for (const record of done) {
        passCount += record.passes;
        dispatchCount += record.dispatches.length;
        owner.queue.submitted(record.dispatches);
      }
      this.#recorder.row('submits', {
        startNs,
        endNs,
        step: this.#steps.current,
        passes: passCount,
        dispatches: dispatchCount,
      });
      this.#poll.submitted(dispatchCount);
      this.#recorder.flushIfDue();
    };

    this.#patches.method(
      classes.GPUDevice,
      'createCommandEncoder',
      (original) =>
        function (this: GPUDevice, descriptor) {
          const encoder = original.call(this, descriptor);
          const probe = probes.get(this);
          if (probe) records.set(encoder, probe.newRecord(encoder));
          return encoder;
        },
    );
    this.#patches.method(
      classes.GPUCommandEncoder,
      'beginComputePass',
      (original) =>
        function (this: GPUCommandEncoder, descriptor) {
          const record = records.get(this);
          return record ? passes.begin(this, record, descriptor) : original.call(this, descriptor);
        },
    );
    this.#patches.method(
      classes.GPUCommandEncoder,
      'beginRenderPass',
      (original) =>
        function (this: GPUCommandEncoder, descriptor) {
          passes.leaveOpen(this);
          const record = records.get(this);
          if (record) record.passes++;
          return original.call(this, descriptor);
        },
    );
    this.#patches.method(
      classes.GPUCommandEncoder,
      'finish',
      (original) =>
        function (this: GPUCommandEncoder, descriptor) {
          passes.leaveOpen(this);
          const commands = original.call(this, descriptor);
          const record = records.get(this);
          if (record) finished.set(commands, record);
          return commands;
        },
    );
    this.#patches.method(
      classes.GPUCommandEncoder,
      'copyBufferToBuffer',
      (original) =>
        function (this: GPUCommandEncoder, ...args: unknown[]) {
          passes.leaveOpen(this);
          (original as (...all: unknown[]) => undefined).apply(this, args);
          const [source, second, third, , size] = args;
          // The short form is (source, destination, size?).
          const short = typeof second !== 'number';
          const bytes = short
            ? ((third as number | undefined) ?? (source as GPUBuffer).size)
            : ((size as number | undefined) ?? (source as GPUBuffer).size - second);
          transfers.copied((short ? second : third) as GPUBuffer, bytes);
        } as GPUCommandEncoder['copyBufferToBuffer'],
    );
    for (const name of [
      'copyBufferToTexture',
      'copyTextureToBuffer',
      'copyTextureToTexture',
      'clearBuffer',
      'resolveQuerySet',
      'pushDebugGroup',
      'popDebugGroup',
      'insertDebugMarker',
    ] as const)
      this.#patches.method(
        classes.GPUCommandEncoder,
        name,
        (original) =>
          function (this: GPUCommandEncoder, ...args: unknown[]) {
            passes.leaveOpen(this);
            return (original as (...all: unknown[]) => undefined).apply(this, args);
          } as never,
      );
    this.#patches.method(
      classes.GPUQueue,
      'submit',
      (original) =>
        function (this: GPUQueue, list) {
          return submitted(this, original as never, [...list]) as undefined;
        },
    );
  }
}
