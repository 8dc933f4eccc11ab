/** What the system itself says of a GPU beside the script's own work, as curves: utilization, memory, power, energy (gpu-sources.ts). */
import type { AdapterInfo, SeriesInfo } from '../trace/model.ts';
import { nowNs } from './clock.ts';
import type { GpuReading } from './gpu-sources.ts';
import { GPU_SOURCES } from './gpu-sources.ts';
import type { Recorder } from './recorder.ts';

const CURVES: Readonly<Record<keyof GpuReading, Pick<SeriesInfo, 'name' | 'unit'>>> = {
  utilization: { name: 'GPU utilization', unit: 'share' },
  memoryBytes: { name: 'GPU memory in use', unit: 'bytes' },
  watts: { name: 'GPU power', unit: 'watts' },
  joules: { name: 'GPU energy', unit: 'joules' },
};

export class GpuCounters {
  readonly #recorder: Recorder;
  readonly #series = new Map<keyof GpuReading, number>();
  #track = -1;
  #stop: (() => void) | null = null;
  #firstJoules = NaN;
  #wanted = false;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** There is a GPU, and the system told nothing of it. */
  get missing(): boolean {
    return this.#wanted && this.#series.size === 0;
  }

  /** Starts to sample. */
  watch({ software, vendor }: AdapterInfo): void {
    if (software || this.#wanted) return;
    this.#wanted = true;
    const source = GPU_SOURCES.find(({ suits }) => suits(vendor, process.platform));
    this.#stop = source?.start((reading) => this.take(reading)) ?? null;
  }

  stop(): void {
    this.#stop?.();
    this.#stop = null;
  }

  /** A sample of each curve that the system tells; a curve without any is not there. */
  take(reading: GpuReading): void {
    const atNs = nowNs();
    if (Number.isNaN(this.#firstJoules)) this.#firstJoules = reading.joules;
    const values = { ...reading, joules: reading.joules - this.#firstJoules };
    for (const key of Object.keys(CURVES) as (keyof GpuReading)[])
      if (Number.isFinite(values[key]))
        this.#recorder.row('samples', { series: this.#seriesOf(key), atNs, value: values[key] });
  }

  #seriesOf(key: keyof GpuReading): number {
    let series = this.#series.get(key);
    if (series !== undefined) return series;
    if (this.#track < 0)
      this.#track = this.#recorder.add('tracks', {
        name: 'GPU, as the system tells',
        kind: 'other',
        group: 'system',
      });
    series = this.#recorder.add('series', { ...CURVES[key], track: this.#track });
    this.#series.set(key, series);
    return series;
  }
}
