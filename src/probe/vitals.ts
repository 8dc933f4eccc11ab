/** The process beside the GPU: how much processor time and memory it takes. On a software adapter that is the "GPU" itself. */
import { nowNs } from './clock.ts';
import type { Recorder } from './recorder.ts';

const EVERY_NS = 250e6;

export class Vitals {
  readonly #recorder: Recorder;
  #series: { readonly memory: number; readonly processor: number } | null = null;
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
    const { memory, processor } = (this.#series ??= this.#declare());
    this.#recorder.row('samples', { series: memory, atNs: now, value: process.memoryUsage.rss() });
    // 1 is one core's worth.
    this.#recorder.row('samples', { series: processor, atNs: now, value: (busyUs * 1e3) / passed });
  }

  #declare(): { readonly memory: number; readonly processor: number } {
    const track = this.#recorder.add('tracks', { name: 'process', kind: 'other', group: 'script' });
    return {
      memory: this.#recorder.add('series', { name: 'process memory', unit: 'bytes', track }),
      processor: this.#recorder.add('series', { name: 'processor cores in use', unit: 'count', track }),
    };
  }
}
