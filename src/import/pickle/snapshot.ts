/** From a memory snapshot's values to buffers: the history first, then what the final segments know beyond it. */
import type { TraceBuilder } from '../../trace/builder.ts';
import { DEATHS, ROLES } from '../../trace/model.ts';
import { Locations } from '../events/locations.ts';
import { listOf, member, numberOf, textOf } from './value.ts';
import type { PickleValue } from './value.ts';

const ALIVE = DEATHS.indexOf('alive');
const RELEASED = DEATHS.indexOf('released');
const DESTROYED = DEATHS.indexOf('destroyed');
const UNKNOWN = ROLES.indexOf('unknown');

/** Lists can be shared within a pickle, so a small file may stand for endless rows. */
const MAX_ROWS = 20_000_000;

interface Segment {
  readonly address: number;
  readonly size: number;
  readonly buffer: number;
}

/** Fills the builder; returns one line when the value is no snapshot. */
export function convertSnapshot(snapshot: PickleValue, builder: TraceBuilder): string | null {
  const segments = Array.isArray(snapshot) ? snapshot : listOf(member(snapshot, 'segments'));
  const histories = listOf(member(snapshot, 'device_traces'));
  if (segments.length === 0 && histories.length === 0)
    return 'the pickle is no memory snapshot: it has neither segments nor device_traces';
  const clock = new Clock(histories);
  const devices = new Map<number, DeviceMemory>();
  const deviceOf = (id: number): DeviceMemory => {
    let device = devices.get(id);
    if (!device) devices.set(id, (device = new DeviceMemory(id, builder, clock)));
    return device;
  };
  const notes: string[] = [];
  histories.forEach((history, id) =>
    listOf(history).forEach((event, index) => deviceOf(id).event(event, index)),
  );
  for (const segment of segments)
    deviceOf(Math.max(0, numberOf(member(segment, 'device')) || 0)).finalSegment(segment);
  for (const device of devices.values()) device.finish();
  if (!clock.timed)
    notes.push('The history has no times (PyTorch before 2.2): its events stand one microsecond apart.');
  if (histories.every((history) => listOf(history).length === 0))
    notes.push(
      'The snapshot has no history (torch.cuda.memory._record_memory_history was off): every block is as old as the snapshot.',
    );
  const early = [...devices.values()].reduce((sum, device) => sum + device.bornBefore, 0);
  if (early > 0)
    notes.push(
      `Blocks that were allocated before the history begins (their births stand at its start): ${early}.`,
    );
  if ([...devices.values()].some((device) => device.full))
    notes.push(`The snapshot has more than ${MAX_ROWS} allocations; the rest is left out.`);
  notes.push('A memory snapshot holds memory alone: no kernels, no operators, no times of work.');
  builder.setMeta({
    origin: 'import:memory-snapshot',
    status: 'ok',
    startedAt: clock.startedAt,
    adapterReason: 'the file does not name one',
    clock: { source: 'imported', resolutionNs: 1000, alignmentErrorNs: null },
    notes,
  });
  return null;
}

/** Times of the events in nanoseconds since the first; without times, their order. */
class Clock {
  readonly timed: boolean;
  readonly #firstUs: number;

  constructor(histories: readonly PickleValue[]) {
    let first = Infinity;
    for (const history of histories)
      for (const event of listOf(history)) {
        const us = numberOf(member(event, 'time_us'));
        if (us > 0 && us < first) first = us;
      }
    this.timed = Number.isFinite(first) || histories.every((history) => listOf(history).length === 0);
    this.#firstUs = Number.isFinite(first) ? first : 0;
  }

  get startedAt(): string {
    const ms = this.#firstUs / 1000;
    return ms > 978_307_200_000 && ms < 4_102_444_800_000 ? new Date(ms).toISOString() : '';
  }

  ns(event: PickleValue, index: number): number {
    const us = numberOf(member(event, 'time_us'));
    if (!this.timed || this.#firstUs === 0) return index * 1000;
    return us >= this.#firstUs ? (us - this.#firstUs) * 1000 : 0;
  }
}

class DeviceMemory {
  bornBefore = 0;
  full = false;
  readonly #builder: TraceBuilder;
  readonly #clock: Clock;
  readonly #locations: Locations;
  readonly #track: number;
  readonly #allocatedSeries: number;
  readonly #reservedSeries: number;
  readonly #blocks = new Map<number, { buffer: number; size: number }>();
  readonly #segments: Segment[] = [];
  #allocated = 0;
  #reserved = 0;
  #allocatedBefore = 0;
  #reservedBefore = 0;
  /** Curves start from what was there before: known only at the end, so the changes are kept until then. */
  readonly #curve: { atNs: number; allocated: number; reserved: number }[] = [];

  constructor(id: number, builder: TraceBuilder, clock: Clock) {
    this.#builder = builder;
    this.#clock = clock;
    this.#locations = new Locations(builder);
    const group = `GPU ${id}`;
    this.#track = builder.add('tracks', { name: 'memory', kind: 'other', group });
    this.#allocatedSeries = builder.add('series', {
      name: `${group} allocated`,
      unit: 'bytes',
      track: this.#track,
    });
    this.#reservedSeries = builder.add('series', {
      name: `${group} reserved`,
      unit: 'bytes',
      track: this.#track,
    });
  }

  event(event: PickleValue, index: number): void {
    const action = textOf(member(event, 'action'));
    const address = numberOf(member(event, 'addr'));
    const size = numberOf(member(event, 'size'));
    const atNs = this.#clock.ns(event, index);
    switch (action) {
      case 'alloc':
        this.#blocks.set(address, { buffer: this.#birth(size, atNs, event, this.#segmentAt(address)), size });
        this.#allocated += size;
        break;
      case 'free_completed':
        this.#free(address, size, atNs);
        break;
      case 'segment_alloc':
      case 'segment_map':
        this.#addSegment({ address, size, buffer: this.#birth(size, atNs, event, -1) });
        this.#reserved += size;
        break;
      case 'segment_free':
      case 'segment_unmap':
        this.#dropSegment(address, size, atNs);
        break;
      case 'oom':
        this.#builder.row('marks', {
          track: this.#track,
          name: this.#builder.string('out of memory'),
          atNs,
          step: -1,
        });
        return;
      default:
        return;
    }
    this.#curve.push({ atNs, allocated: this.#allocated, reserved: this.#reserved });
  }

  /** A segment as it stood when the snapshot was taken. */
  finalSegment(segment: PickleValue): void {
    const address = numberOf(member(segment, 'address'));
    const size = numberOf(member(segment, 'total_size'));
    if (!Number.isFinite(size)) return;
    let parent = this.#segments.find((known) => known.address === address)?.buffer ?? -1;
    if (parent < 0) {
      parent = this.#birth(size, 0, segment, -1);
      this.#addSegment({ address, size, buffer: parent });
      this.#before(0, size);
    }
    let at = address;
    for (const block of listOf(member(segment, 'blocks'))) {
      const blockSize = numberOf(member(block, 'size'));
      const own = numberOf(member(block, 'address'));
      const blockAddress = Number.isNaN(own) ? at : own;
      at = blockAddress + (blockSize > 0 ? blockSize : 0);
      if (!textOf(member(block, 'state')).startsWith('active') || this.#blocks.has(blockAddress)) continue;
      const requested = numberOf(member(block, 'requested_size'));
      const used = requested > 0 ? requested : blockSize;
      this.#blocks.set(blockAddress, { buffer: this.#birth(used, 0, block, parent), size: used });
      this.bornBefore++;
      this.#before(used, 0);
    }
  }

  finish(): void {
    for (const { atNs, allocated, reserved } of this.#curve) this.#sample(atNs, allocated, reserved);
    if (this.#curve.length === 0) this.#sample(0, this.#allocated, this.#reserved);
  }

  #sample(atNs: number, allocated: number, reserved: number): void {
    this.#builder.row('samples', {
      series: this.#allocatedSeries,
      atNs,
      value: this.#allocatedBefore + allocated,
    });
    this.#builder.row('samples', {
      series: this.#reservedSeries,
      atNs,
      value: this.#reservedBefore + reserved,
    });
  }

  /** Something that was there from the start lifts the whole curve. */
  #before(allocated: number, reserved: number): void {
    this.#allocatedBefore += allocated;
    this.#reservedBefore += reserved;
  }

  #free(address: number, size: number, atNs: number): void {
    const block = this.#blocks.get(address);
    this.#blocks.delete(address);
    if (block) {
      this.#builder.row('deaths', { buffer: block.buffer, atNs, death: RELEASED });
      this.#allocated -= block.size;
      return;
    }
    this.bornBefore++;
    const buffer = this.#birth(size, 0, null, this.#segmentAt(address));
    this.#builder.row('deaths', { buffer, atNs, death: RELEASED });
    this.#before(size, 0);
    this.#allocated -= size;
  }

  #birth(size: number, bornNs: number, from: PickleValue, parent: number): number {
    if (this.#builder.count('buffers') >= MAX_ROWS) {
      this.full = true;
      return 0;
    }
    const frames = listOf(member(from, 'frames'));
    const location = this.#location(frames);
    const label = this.#builder.string(textOf(member(frames[0] ?? null, 'name')));
    return this.#builder.row('buffers', {
      parent,
      sizeBytes: size > 0 ? size : 0,
      usage: 0,
      role: UNKNOWN,
      layer: -1,
      location,
      label,
      bornNs,
      bornStep: -1,
      diedNs: NaN,
      death: ALIVE,
    });
  }

  #location(frames: readonly PickleValue[]): number {
    for (const frame of frames.slice(0, 256)) {
      const id = this.#locations.ofFrame(
        `${textOf(member(frame, 'filename'))}(${numberOf(member(frame, 'line'))})`,
      );
      if (id >= 0) return id;
    }
    return -1;
  }

  #addSegment(segment: Segment): void {
    const at = this.#lowerBound(segment.address);
    this.#segments.splice(at, 0, segment);
  }

  #dropSegment(address: number, size: number, atNs: number): void {
    const at = this.#lowerBound(address);
    const segment = this.#segments[at];
    if (segment?.address === address) {
      this.#segments.splice(at, 1);
      this.#builder.row('deaths', { buffer: segment.buffer, atNs, death: DESTROYED });
    } else {
      const buffer = this.#birth(size, 0, null, -1);
      this.#builder.row('deaths', { buffer, atNs, death: DESTROYED });
      this.#before(0, size);
    }
    this.#reserved -= segment?.address === address ? segment.size : size;
  }

  #segmentAt(address: number): number {
    const at = this.#lowerBound(address + 1) - 1;
    const segment = this.#segments[at];
    return segment && address < segment.address + segment.size ? segment.buffer : -1;
  }

  /** First segment at or above an address. */
  #lowerBound(address: number): number {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#segments[middle] as Segment).address < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
