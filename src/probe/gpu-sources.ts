/**
 * Where systems tell of a GPU beside the script's own work: NVIDIA's by one long-lived nvidia-smi; amdgpu, i915 and xe on Linux by files of
 * the kernel; Apple's by ioreg; others on Windows by one long-lived typeperf. Each file, line or table that a system gives is read
 * by a function of its own, which knows nonsense from a reading.
 */
import { execFile, spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** NaN: the system does not tell. */
export interface GpuReading {
  /** 0..1, of the busiest engine. */
  readonly utilization: number;
  readonly memoryBytes: number;
  readonly watts: number;
  /** A counter of energy, since some moment. */
  readonly joules: number;
}

export interface GpuSource {
  /** `vendor` as the adapter gives it. */
  suits(vendor: string, platform: NodeJS.Platform): boolean;
  /** Hands readings to `take` until the function that it returns is called. */
  start(take: (reading: GpuReading) => void): () => void;
}

const EVERY_MS = 250;
/** A program started for each reading costs more. */
const SELDOM_MS = 1000;
const MIB = 2 ** 20;
const DRM = '/sys/class/drm';
const NOTHING: GpuReading = { utilization: NaN, memoryBytes: NaN, watts: NaN, joules: NaN };

/** A line of nvidia-smi: percent, MiB, watts; `[N/A]` where the board lacks a sensor. Null when it is something else. */
export function readingOfNvidia(line: string): GpuReading | null {
  const parts = line.split(',').map((part) => part.trim());
  if (parts.length !== 3 || !parts.every((part) => /^(\d+(\.\d+)?|\[.*\])$/.test(part))) return null;
  const [percent = NaN, mib = NaN, watts = NaN] = parts.map(Number);
  return { ...NOTHING, utilization: percent / 100, memoryBytes: mib * MIB, watts };
}

/** The texts of amdgpu's files: percent, bytes, microwatts, microjoules; empty where a file is missing. */
export function readingOfAmd(busy: string, used: string, power: string, energy: string): GpuReading {
  return {
    utilization: number(busy) / 100,
    memoryBytes: number(used),
    watts: number(power) / 1e6,
    joules: number(energy) / 1e6,
  };
}

/** How far each engine of the process's clients has come, and the memory they hold, by the texts of /proc/self/fdinfo. */
export interface DrmUse {
  /** By client and engine: nanoseconds or cycles of work, and the cycles that passed (NaN where the driver counts time). */
  readonly engines: ReadonlyMap<string, { readonly work: number; readonly passed: number }>;
  readonly memoryBytes: number;
}

/** https://docs.kernel.org/gpu/drm-usage-stats.html; a client's numbers come with each of its files, and count once. */
export function drmUseOf(texts: readonly string[]): DrmUse {
  const engines = new Map<string, { readonly work: number; readonly passed: number }>();
  const memory = new Map<string, number>();
  for (const text of texts) {
    const fields = new Map(
      [...text.matchAll(/^(drm-[\w-]+):\s*(\S+)(?: (\w+))?/gm)].map(([, key, value, unit]) => [
        key as string,
        { value: Number(value), unit },
      ]),
    );
    const client = fields.get('drm-client-id')?.value;
    if (client === undefined) continue;
    for (const [key, { value, unit }] of fields) {
      const [, kind, name] = /^drm-(engine|cycles|total|resident)-(.+)$/.exec(key) ?? [];
      if (kind === 'engine' && !name?.startsWith('capacity'))
        engines.set(`${client} ${name}`, { work: value, passed: NaN });
      if (kind === 'cycles')
        engines.set(`${client} ${name}`, {
          work: value,
          passed: fields.get(`drm-total-cycles-${name}`)?.value ?? NaN,
        });
      if (kind === 'resident' && /vram|local|system|stolen/.test(name ?? ''))
        memory.set(`${client} ${name}`, value * (unit === 'KiB' ? 1024 : unit === 'MiB' ? MIB : 1));
    }
  }
  return {
    engines,
    memoryBytes: memory.size > 0 ? [...memory.values()].reduce((a, b) => a + b, 0) : NaN,
  };
}

/** Share of the time between two looks in which the busiest engine worked. */
export function busyBetween(before: DrmUse, after: DrmUse, passedNs: number): number {
  const shares = [...after.engines].map(([engine, { work, passed }]) => {
    const first = before.engines.get(engine);
    if (!first) return 0;
    return (work - first.work) / (Number.isNaN(passed) ? passedNs : passed - first.passed);
  });
  return shares.length > 0 ? Math.min(1, Math.max(...shares)) : NaN;
}

/** What ioreg prints of an IOAccelerator. Null when there is none. */
export function readingOfApple(text: string): GpuReading | null {
  const value = (name: string): number => Number(new RegExp(`"${name}"=(\\d+)`).exec(text)?.[1] ?? NaN);
  const utilization = value('Device Utilization %') / 100;
  const memoryBytes = value('In use system memory');
  return Number.isNaN(utilization) && Number.isNaN(memoryBytes)
    ? null
    : { ...NOTHING, utilization, memoryBytes };
}

/** A line of typeperf's table below its line of names. The busiest engine counts, as in the task manager. */
export function readingOfWindows(names: string, line: string): GpuReading | null {
  const cells = (text: string): string[] =>
    [...text.matchAll(/"([^"]*)"/g)].map((match) => match[1] as string);
  const columns = cells(names);
  const values = cells(line).map(Number);
  if (columns.length < 2 || values.length !== columns.length) return null;
  const of = (sign: RegExp): number[] =>
    values.filter((value, i) => sign.test(columns[i] as string) && !Number.isNaN(value));
  const engines = of(/GPU Engine.*Utilization Percentage$/);
  const memory = of(/GPU Process Memory.*Dedicated Usage$/);
  if (engines.length + memory.length === 0) return null;
  return {
    ...NOTHING,
    utilization: engines.length > 0 ? Math.max(...engines) / 100 : NaN,
    memoryBytes: memory.length > 0 ? memory.reduce((a, b) => a + b, 0) : NaN,
  };
}

const nvidia: GpuSource = {
  suits: (vendor) => /nvidia/i.test(vendor),
  start(take) {
    const query = ['--query-gpu=utilization.gpu,memory.used,power.draw', '--format=csv,noheader,nounits'];
    return lines('nvidia-smi', [...query, '--id=0', `--loop-ms=${EVERY_MS}`], (line) => {
      const reading = readingOfNvidia(line);
      if (reading) take(reading);
    });
  },
};

const amd: GpuSource = {
  suits: (vendor, platform) => /^(amd|ati)\b/i.test(vendor) && platform === 'linux',
  start(take) {
    const device = cardWith('gpu_busy_percent');
    if (!device) return () => undefined;
    const sensors = sensorsOf(device);
    return every(EVERY_MS, () => {
      const [busy = '', used = ''] = ['gpu_busy_percent', 'mem_info_vram_used'].map((name) =>
        text(path.join(device, name)),
      );
      take(readingOfAmd(busy, used, sensors('power1_average'), sensors('energy1_input')));
    });
  },
};

const intel: GpuSource = {
  suits: (vendor, platform) => /intel/i.test(vendor) && platform === 'linux',
  start(take) {
    const device = cardWith('vendor', /^0x8086/);
    const sensors = device ? sensorsOf(device) : () => '';
    let before: { readonly use: DrmUse; readonly atNs: bigint } | null = null;
    return every(EVERY_MS, () => {
      const use = drmUseOf(
        list('/proc/self/fdinfo').map((name) => text(path.join('/proc/self/fdinfo', name))),
      );
      const atNs = process.hrtime.bigint();
      const utilization = before ? busyBetween(before.use, use, Number(atNs - before.atNs)) : NaN;
      before = { use, atNs };
      take({
        ...NOTHING,
        utilization,
        memoryBytes: use.memoryBytes,
        joules: number(sensors('energy1_input')) / 1e6,
      });
    });
  },
};

const apple: GpuSource = {
  suits: (_, platform) => platform === 'darwin',
  start: (take) =>
    every(SELDOM_MS, () => {
      execFile('ioreg', ['-r', '-d', '1', '-w', '0', '-c', 'IOAccelerator'], (error, stdout) => {
        const reading = error ? null : readingOfApple(stdout);
        if (reading) take(reading);
      }).unref();
    }),
};

const windows: GpuSource = {
  suits: (_, platform) => platform === 'win32',
  start(take) {
    let names = '';
    const counters = ['GPU Engine', 'GPU Process Memory'].map(
      (object, i) => `\\${object}(pid_${process.pid}_*)\\${['Utilization Percentage', 'Dedicated Usage'][i]}`,
    );
    return lines('typeperf', [...counters, '-si', '1'], (line) => {
      if (line.startsWith('"(PDH')) names = line;
      const reading = readingOfWindows(names, line);
      if (reading) take(reading);
    });
  },
};

/** In order: the first that suits is asked. Several GPUs of a vendor cannot be told apart from here: the first is read. */
export const GPU_SOURCES: readonly GpuSource[] = [nvidia, amd, intel, apple, windows];

/** Runs a program and takes each line that it prints. It may be missing, and may not keep a finished script alive. */
function lines(program: string, args: readonly string[], take: (line: string) => void): () => void {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
  child.on('error', () => undefined);
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const whole = (rest + text).split(/\r?\n/);
    rest = whole.pop() ?? '';
    for (const line of whole) take(line);
  });
  child.unref();
  (child.stdout as unknown as { unref(): void }).unref();
  return () => child.kill();
}

function every(ms: number, look: () => void): () => void {
  const timer = setInterval(look, ms);
  timer.unref();
  return () => clearInterval(timer);
}

/** The folder of the first graphics card that has a file, with such a content. */
function cardWith(file: string, content = /\S/): string | null {
  const cards = list(DRM).filter((name) => /^card\d+$/.test(name));
  const devices = cards.map((name) => path.join(DRM, name, 'device'));
  return devices.find((device) => content.test(text(path.join(device, file)))) ?? null;
}

/** Reads a sensor of a card by its name; empty where the card has none. */
function sensorsOf(device: string): (name: string) => string {
  const folders = list(path.join(device, 'hwmon')).map((name) => path.join(device, 'hwmon', name));
  return (name) => folders.map((folder) => text(path.join(folder, name))).find((value) => value !== '') ?? '';
}

function number(text: string): number {
  return /^\d+\s*$/.test(text) ? Number(text) : NaN;
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
