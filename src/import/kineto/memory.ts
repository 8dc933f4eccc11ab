/** Memory of a PyTorch trace: `[memory]` marks become buffers (where they carry addresses) and curves. */
import { DEATHS, ROLES } from '../../trace/model.ts';
import type { HostContext } from './host.ts';

const RELEASED = DEATHS.indexOf('released');
const ALIVE = DEATHS.indexOf('alive');
const UNKNOWN = ROLES.indexOf('unknown');

/** c10::DeviceType 0 is the processor; each other number is some kind of GPU. */
const PROCESSOR = 0;

export interface Memory {
  readonly events: number;
  /** Frees of what was allocated before the recording began. */
  readonly bornBefore: number;
}

export function readMemory(context: HostContext): Memory {
  const { events } = context;
  const mark = events.strings.known('[memory]');
  const ids: number[] = [];
  for (let i = 0; i < events.length; i++)
    if (events.name[i] === mark && Number.isFinite(events.startNs[i] as number)) ids.push(i);
  ids.sort((a, b) => (events.startNs[a] as number) - (events.startNs[b] as number) || a - b);
  const reader = new MemoryReader(context);
  for (const id of ids) reader.read(id);
  return { events: ids.length, bornBefore: reader.bornBefore };
}

class MemoryReader {
  bornBefore = 0;
  readonly #context: HostContext;
  readonly #series = new Map<string, number>();
  readonly #allocated = new Map<string, number>();
  readonly #alive = new Map<string, number>();

  constructor(context: HostContext) {
    this.#context = context;
  }

  read(i: number): void {
    const { events, keys, builder } = this.#context;
    const atNs = events.startNs[i] as number;
    const bytes = events.number(i, keys.memoryBytes);
    if (!Number.isFinite(bytes)) return;
    const onGpu = events.number(i, keys.deviceType) !== PROCESSOR;
    const device = onGpu ? `GPU ${numberOr(events.number(i, keys.deviceId), 0)}` : 'CPU';
    const total = events.number(i, keys.totalAllocated);
    const value = Number.isNaN(total) ? (this.#allocated.get(device) ?? 0) + bytes : total;
    this.#allocated.set(device, value);
    builder.row('samples', { series: this.#seriesOf(device, 'allocated'), atNs, value });
    const reserved = events.number(i, keys.totalReserved);
    if (!Number.isNaN(reserved) && onGpu)
      builder.row('samples', { series: this.#seriesOf(device, 'reserved'), atNs, value: reserved });
    const address = events.argText(i, keys.address);
    if (onGpu && address !== undefined) this.#block(`${device} ${address}`, bytes, atNs);
  }

  #block(key: string, bytes: number, atNs: number): void {
    const { builder, steps } = this.#context;
    const alive = this.#alive.get(key);
    if (bytes > 0) {
      const bornStep = steps.at(atNs);
      this.#alive.set(key, this.#birth(bytes, atNs, bornStep));
      return;
    }
    this.#alive.delete(key);
    let buffer = alive;
    if (buffer === undefined) {
      this.bornBefore++;
      buffer = this.#birth(-bytes, 0, -1);
    }
    builder.row('deaths', { buffer, atNs, death: RELEASED });
  }

  #birth(sizeBytes: number, bornNs: number, bornStep: number): number {
    const { builder } = this.#context;
    return builder.row('buffers', {
      parent: -1,
      sizeBytes,
      usage: 0,
      role: UNKNOWN,
      layer: -1,
      location: -1,
      label: builder.string(''),
      bornNs,
      bornStep,
      diedNs: NaN,
      death: ALIVE,
    });
  }

  #seriesOf(device: string, what: string): number {
    const { builder, tracks } = this.#context;
    const key = `${device} ${what}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      const track = tracks.id(`memory ${device}`, () => ({ name: 'memory', kind: 'other', group: device }));
      series = builder.add('series', { name: `${device} ${what}`, unit: 'bytes', track });
      this.#series.set(key, series);
    }
    return series;
  }
}

function numberOr(value: number, fallback: number): number {
  return Number.isNaN(value) ? fallback : value;
}
