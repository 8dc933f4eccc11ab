/**
 * What the system itself says of a GPU beside the script's own work: utilization, memory, power. NVIDIA's by one long-lived
 * nvidia-smi, AMD's on Linux from sysfs. They are the whole device's, whoever uses it, and power is a trailing average of about a second.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { AdapterInfo } from '../trace/model.ts';
import { nowNs } from './clock.ts';
import type { Recorder } from './recorder.ts';

/** NaN: the device does not tell. */
export interface GpuReading {
  /** 0..1. */
  readonly utilization: number;
  readonly memoryBytes: number;
  readonly watts: number;
}

const EVERY_MS = 250;
const MIB = 2 ** 20;
const QUERY = ['--query-gpu=utilization.gpu,memory.used,power.draw', '--format=csv,noheader,nounits'];
const DRM = '/sys/class/drm';

/** A line of nvidia-smi: percent, MiB, watts; `[N/A]` where the board lacks a sensor. Null when it is something else. */
export function readingOfNvidia(line: string): GpuReading | null {
  const parts = line.split(',').map((part) => part.trim());
  if (parts.length !== 3 || !parts.every((part) => /^(\d+(\.\d+)?|\[.*\])$/.test(part))) return null;
  const [percent = NaN, mib = NaN, watts = NaN] = parts.map(Number);
  return { utilization: percent / 100, memoryBytes: mib * MIB, watts };
}

/** The texts of amdgpu's files: percent, bytes, microwatts; empty where a file is missing. */
export function readingOfAmd(busy: string, used: string, power: string): GpuReading {
  const number = (text: string): number => (/^\d+\s*$/.test(text) ? Number(text) : NaN);
  return { utilization: number(busy) / 100, memoryBytes: number(used), watts: number(power) / 1e6 };
}

export class GpuCounters {
  readonly #recorder: Recorder;
  #series: Record<keyof GpuReading, number> | null = null;
  #process: ChildProcess | null = null;
  #timer: NodeJS.Timeout | undefined;
  #wanted = false;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** There is a GPU, and the system told nothing of it. */
  get missing(): boolean {
    return this.#wanted && this.#series === null;
  }

  /** Starts to sample. Several GPUs of a vendor cannot be told apart from here: the first is read. */
  watch({ software, vendor }: AdapterInfo): void {
    if (software || this.#wanted) return;
    this.#wanted = true;
    if (/nvidia/i.test(vendor)) this.#watchNvidia();
    else if (/^(amd|ati)\b/i.test(vendor) && process.platform === 'linux') this.#watchAmd();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#process?.kill();
    this.#process = null;
  }

  #watchNvidia(): void {
    const smi = spawn('nvidia-smi', [...QUERY, '--id=0', `--loop-ms=${EVERY_MS}`], {
      stdio: ['ignore', 'pipe', 'ignore'],
      windowsHide: true,
    });
    this.#process = smi;
    // Not installed: the trace then has no such curves.
    smi.on('error', () => undefined);
    let rest = '';
    smi.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#sample(readingOfNvidia(line));
    });
    // It may not keep a finished script alive.
    smi.unref();
    (smi.stdout as unknown as { unref(): void }).unref();
  }

  #watchAmd(): void {
    const device = amdDevice();
    if (!device) return;
    const hwmon = path.join(device, 'hwmon');
    const sensors = list(hwmon).map((name) => path.join(hwmon, name, 'power1_average'));
    this.#timer = setInterval(() => {
      const [busy, used] = ['gpu_busy_percent', 'mem_info_vram_used'].map((name) =>
        text(path.join(device, name)),
      );
      this.#sample(readingOfAmd(busy as string, used as string, text(sensors[0] ?? '')));
    }, EVERY_MS);
    this.#timer.unref();
  }

  #sample(reading: GpuReading | null): void {
    if (!reading) return;
    this.#series ??= this.#declare();
    const atNs = nowNs();
    for (const key of Object.keys(this.#series) as (keyof GpuReading)[])
      if (Number.isFinite(reading[key]))
        this.#recorder.row('samples', { series: this.#series[key], atNs, value: reading[key] });
  }

  #declare(): Record<keyof GpuReading, number> {
    const track = this.#recorder.add('tracks', { name: 'GPU, whole device', kind: 'other', group: 'system' });
    return {
      utilization: this.#recorder.add('series', { name: 'GPU utilization', unit: 'share', track }),
      memoryBytes: this.#recorder.add('series', { name: 'GPU memory in use', unit: 'bytes', track }),
      watts: this.#recorder.add('series', { name: 'GPU power', unit: 'watts', track }),
    };
  }
}

/** The first card driven by amdgpu that reports how busy it is. */
function amdDevice(): string | null {
  const cards = list(DRM).filter((name) => /^card\d+$/.test(name));
  const devices = cards.map((name) => path.join(DRM, name, 'device'));
  return devices.find((device) => text(path.join(device, 'gpu_busy_percent')) !== '') ?? null;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
