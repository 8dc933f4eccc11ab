/** Devices as scripts open them: with timestamps asked for, calibrated, and kept an eye on until they are gone. */
import type { AdapterInfo, ClockInfo } from '../trace/model.ts';
import { adapterInfo } from './adapter-info.ts';
import { Attached } from './attached.ts';
import type { Buffers } from './buffers.ts';
import type { DawnPoll } from './dawn-poll.ts';
import { DeviceProbe } from './device-probe.ts';
import type { FirstRuns } from './first-runs.ts';
import type { GpuCounters } from './gpu-counters.ts';
import type { Recorder } from './recorder.ts';
import type { Timing } from './timing.ts';
import type { NativeMethods, Patches, WebGpuClasses } from './webgpu-classes.ts';

export interface DevicesParts {
  readonly native: NativeMethods;
  readonly poll: DawnPoll;
  readonly recorder: Recorder;
  readonly buffers: Buffers;
  readonly timing: Timing;
  /** Null in a worker thread. */
  readonly counters: GpuCounters | null;
  readonly firstRuns: FirstRuns;
}

export class Devices {
  readonly #native: NativeMethods;
  readonly #poll: DawnPoll;
  readonly #recorder: Recorder;
  readonly #buffers: Buffers;
  readonly #timing: Timing;
  readonly #counters: GpuCounters | null;
  readonly #firstRuns: FirstRuns;
  readonly #attached = new Attached<GPUDevice, DeviceProbe>();
  readonly #all: DeviceProbe[] = [];
  /** Dawn crashes when an instance or adapter is collected while a device of it lives, and scripts drop theirs. */
  readonly #pinned = new Set<object>();
  #adapter: AdapterInfo | null = null;

  constructor({ native, poll, recorder, buffers, timing, counters, firstRuns }: DevicesParts) {
    this.#native = native;
    this.#poll = poll;
    this.#recorder = recorder;
    this.#buffers = buffers;
    this.#timing = timing;
    this.#counters = counters;
    this.#firstRuns = firstRuns;
  }

  get all(): readonly DeviceProbe[] {
    return this.#all;
  }

  of(device: GPUDevice): DeviceProbe | undefined {
    return this.#attached.get(device);
  }

  /** Of the GPU clocks against the host's. */
  clock(): ClockInfo {
    return worstClock(
      this.#all.map(({ calibration, clock }) =>
        calibration
          ? { source: 'timestamp-query', resolutionNs: calibration.resolutionNs, alignmentErrorNs: clock.errorNs } // prettier-ignore
          : { source: 'none', resolutionNs: 0, alignmentErrorNs: null },
      ),
    );
  }

  /** The trace tells of one adapter: the first that a device was opened on, in whichever thread. */
  adopt(adapter: AdapterInfo): void {
    if (this.#adapter) return;
    this.#recorder.meta({ adapter: (this.#adapter = adapter) });
    this.#counters?.watch(adapter);
  }

  install(classes: WebGpuClasses, patches: Patches): void {
    const opened = (adapter: GPUAdapter, device: GPUDevice): void => this.#opened(adapter, device);
    const destroyed = (device: GPUDevice): void => {
      const probe = this.of(device);
      if (!probe || probe.lost) return;
      probe.drain();
      this.#lost(probe);
    };

    patches.method(
      classes.GPUAdapter,
      'requestDevice',
      (original) =>
        async function (this: GPUAdapter, descriptor = {}) {
          // TensorFlow.js asks for a list within the list.
          const wanted = [...(descriptor.requiredFeatures ?? [])].flat() as GPUFeatureName[];
          if (this.features.has('timestamp-query') && !wanted.includes('timestamp-query'))
            wanted.push('timestamp-query');
          const device = await original.call(this, { ...descriptor, requiredFeatures: wanted });
          opened(this, device);
          return device;
        },
    );
    patches.method(
      classes.GPUDevice,
      'destroy',
      (original) =>
        function (this: GPUDevice) {
          destroyed(this);
          original.call(this);
        },
    );
  }

  #opened(adapter: GPUAdapter, device: GPUDevice): void {
    this.#pinned.add(adapter);
    this.adopt(adapterInfo(adapter));
    const track = this.#recorder.queueTrack({
      name: device.label || 'GPU queue',
      kind: 'gpu-queue',
      group: adapter.info.description || 'GPU',
    });
    const probe = new DeviceProbe(device, this.#native, this.#poll, this.#recorder, this.#firstRuns, track);
    if (probe.calibration) this.#timing.pairCostNs = probe.calibration.pairCostNs;
    this.#all.push(probe);
    this.#attached.set(device, probe);
    this.#recorder.meta({ clock: this.clock() });
    void device.lost.then(() => this.#lost(probe));
  }

  #lost(probe: DeviceProbe): void {
    if (probe.lost) return;
    probe.lose();
    this.#buffers.deviceLost(probe.device);
  }
}

/** Of several devices' clocks what holds for all that have one. */
export function worstClock(clocks: readonly ClockInfo[]): ClockInfo {
  const measured = clocks.filter(({ source }) => source !== 'none');
  const errors = measured.map((clock) => clock.alignmentErrorNs).filter((error) => error !== null);
  return {
    source: measured[0]?.source ?? 'none',
    resolutionNs: Math.max(0, ...measured.map((clock) => clock.resolutionNs)),
    alignmentErrorNs: errors.length > 0 ? Math.max(...errors) : null,
  };
}
