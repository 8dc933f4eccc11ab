/** The process beside the GPU: how much processor time and memory it takes. On a software adapter that is the "GPU" itself. */
import { PROCESSOR_SERIES } from '../trace/series-names.ts';
import { nowNs } from './clock.ts';
import { MachineLoad } from './machine-load.ts';
import type { Recorder } from './recorder.ts';

const EVERY_NS = 250e6;

/** Ids of the series that are written. */
interface Series {
  readonly memory: number;
  readonly processor: number;
  readonly others: number;
}

export class Vitals {
  readonly #recorder: Recorder;
  readonly #machine = new MachineLoad();
  #series: Series | null = null;
  #at = nowNs();
  #usage = process.cpuUsage();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** Called often; samples seldom. */
  tick(): void {
    const now = nowNs();
    const passed = now - this.#at;
    if (passed < EVERY_NS) return;
    const usage = process.cpuUsage();
    const busyUs = usage.user - this.#usage.user + usage.system - this.#usage.system;
    this.#at = now;
    this.#usage = usage;
    const { memory, processor, others } = (this.#series ??= this.#declare());
    this.#recorder.row('samples', { series: memory, atNs: now, value: process.memoryUsage.rss() });
    // 1 is one core's worth.
    this.#recorder.row('samples', { series: processor, atNs: now, value: (busyUs * 1e3) / passed });
    const otherCores = this.#machine.otherCores(busyUs / 1e3, passed / 1e6);
    if (otherCores !== null) this.#recorder.row('samples', { series: others, atNs: now, value: otherCores });
  }

  #declare(): Series {
    const track = this.#recorder.add('tracks', { name: 'process', kind: 'other', group: 'script' });
    const cores = (name: string): number => this.#recorder.add('series', { name, unit: 'count', track });
    return {
      memory: this.#recorder.add('series', { name: 'process memory', unit: 'bytes', track }),
      processor: cores(PROCESSOR_SERIES.own),
      others: cores(PROCESSOR_SERIES.others),
    };
  }
}
