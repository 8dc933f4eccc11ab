/** The device side of a PyTorch trace: kernels become launches and dispatches, copies and fills slices on their stream. */
import { DISPATCH_FLAGS, FLOW_ENDS, TRANSFER_KINDS } from '../../trace/model.ts';
import { WORK } from './categories.ts';
import { kernelFamily } from './family.ts';
import type { Call, Host, HostContext, Owner } from './host.ts';
import { externalId } from './adopt.ts';
import { PHASE } from './names.ts';

const SLICES = FLOW_ENDS.indexOf('slices');
const DISPATCHES = FLOW_ENDS.indexOf('dispatches');

/** Figures that the profiler writes beside a kernel; kept as the recorder's statement. */
const METRICS = [
  'est. achieved occupancy %',
  'theoretical occupancy %',
  'blocks per SM',
  'warps per SM',
] as const;

/** These calls of HIP give the grid in work-items, all others in blocks. */
const GRID_IN_THREADS = /^hip(Ext|Hcc)ModuleLaunchKernel/;

export interface Gpu {
  readonly kernels: number;
  readonly withoutLaunch: number;
  readonly withoutGeometry: number;
  readonly copiesWithoutSize: number;
  readonly broken: number;
  /** Device id with the most kernels; NaN without kernels. */
  readonly mainDevice: number;
}

export function readGpu(context: HostContext, host: Host): Gpu {
  const { events, work } = context;
  let count = 0;
  for (let i = 0; i < work.length; i++) if (isGpu(work[i] as number)) count++;
  const ids = new Uint32Array(count);
  let at = 0;
  for (let i = 0; i < work.length; i++) if (isGpu(work[i] as number)) ids[at++] = i;
  const start = events.startNs;
  const before = (a: number, b: number): number => (start[a] as number) - (start[b] as number) || a - b;
  if (ids.some((id, i) => i > 0 && before(ids[i - 1] as number, id) > 0)) ids.sort(before);
  const reader = new GpuReader(context, host);
  for (const id of ids) reader.read(id);
  return reader.summary();
}

function isGpu(work: number): boolean {
  return (
    work === WORK.kernel ||
    work === WORK.memcpy ||
    work === WORK.memset ||
    work === WORK.gpuAnnotation ||
    work === WORK.gpuSync
  );
}

class GpuReader {
  readonly #context: HostContext;
  readonly #host: Host;
  readonly #kernels = new Map<string, number>();
  readonly #launches = new Map<string, number>();
  readonly #perDevice = new Map<number, number>();
  readonly #metricKeys: readonly (readonly [number, string])[];
  #withoutLaunch = 0;
  #withoutGeometry = 0;
  #withoutSize = 0;
  #broken = 0;
  #count = 0;

  constructor(context: HostContext, host: Host) {
    this.#context = context;
    this.#host = host;
    this.#metricKeys = METRICS.map((name) => [context.events.strings.known(name), name]);
  }

  read(i: number): void {
    const { events, work } = this.#context;
    if (!Number.isFinite(events.startNs[i] as number) || (events.durationNs[i] as number) < 0) {
      this.#broken++;
      return;
    }
    const call = this.#host.callByCorrelation.get(events.number(i, this.#context.keys.correlation));
    if (work[i] === WORK.kernel) this.#kernel(i, call);
    else if (work[i] === WORK.gpuAnnotation || work[i] === WORK.gpuSync)
      this.#slice(i, this.#track(i, work[i] === WORK.gpuSync ? ' · waits' : ' · annotations'), call);
    else this.#copy(i, call);
  }

  summary(): Gpu {
    const [main] = [...this.#perDevice].sort((a, b) => b[1] - a[1])[0] ?? [NaN];
    return {
      kernels: this.#count,
      withoutLaunch: this.#withoutLaunch,
      withoutGeometry: this.#withoutGeometry,
      copiesWithoutSize: this.#withoutSize,
      broken: this.#broken,
      mainDevice: main,
    };
  }

  #kernel(i: number, call: Call | undefined): void {
    const { events, builder, tracks, steps } = this.#context;
    const startNs = events.startNs[i] as number;
    const track = this.#track(i);
    const row = builder.row('dispatches', {
      launch: this.#launch(
        i,
        call,
        call ?? this.#host.ownerByExternalId.get(externalId(events, this.#context.keys, i)),
      ),
      step: call ? call.step : steps.at(startNs),
      queue: tracks.queue(track),
      flags: DISPATCH_FLAGS.timed,
      cpuNs: call ? call.startNs : NaN,
      startNs,
      endNs: events.endNs(i),
    });
    this.#count++;
    const device = this.#device(i);
    this.#perDevice.set(device, (this.#perDevice.get(device) ?? 0) + 1);
    if (call) this.#arrow(call, DISPATCHES, row);
    else this.#withoutLaunch++;
  }

  #copy(i: number, call: Call | undefined): void {
    const { events, builder, steps, work } = this.#context;
    const slice = this.#slice(i, this.#track(i), call);
    if (call) this.#arrow(call, SLICES, slice);
    if (work[i] !== WORK.memcpy) return;
    const name = events.text(events.name[i] as number);
    // M is Intel's letter for the host's memory.
    const kind = /HtoD|[HM]2D|Host ?(->|to) ?Device/i.test(name)
      ? 'upload'
      : /DtoH|D2[HM]|Device ?(->|to) ?Host/i.test(name)
        ? 'readback'
        : 'copy';
    const startNs = events.startNs[i] as number;
    builder.row('transfers', {
      kind: TRANSFER_KINDS.indexOf(kind),
      startNs,
      endNs: events.endNs(i),
      sizeBytes: this.#size(i),
      buffer: -1,
      step: call ? call.step : steps.at(startNs),
      location: call ? call.location : -1,
    });
  }

  /** Bytes of a copy; older ROCm files do not say, which counts as none. */
  #size(i: number): number {
    const bytes = this.#context.events.number(i, this.#context.keys.bytes);
    if (bytes >= 0) return bytes;
    this.#withoutSize++;
    return 0;
  }

  #slice(i: number, track: number, call: Call | undefined): number {
    const { events, builder, steps, string } = this.#context;
    const startNs = events.startNs[i] as number;
    return builder.row('slices', {
      track,
      name: string(events.name[i] as number),
      startNs,
      endNs: events.endNs(i),
      depth: 0,
      step: call ? call.step : steps.at(startNs),
      layer: call ? call.layer : -1,
      location: call ? call.location : -1,
    });
  }

  #arrow(call: Call, toEnd: number, to: number): void {
    const { builder } = this.#context;
    builder.row('flows', { name: builder.string('launch'), fromEnd: SLICES, from: call.slice, toEnd, to });
  }

  #launch(i: number, call: Call | undefined, owner: Owner | undefined): number {
    const { events, keys, builder, string } = this.#context;
    const block = [keys.blockX, keys.blockY, keys.blockZ].map((key) => count(events.number(i, key))) as [
      number,
      number,
      number,
    ];
    let grid = [keys.gridX, keys.gridY, keys.gridZ].map((key) => count(events.number(i, key)));
    if (grid[0] === 0) this.#withoutGeometry++;
    if (call && GRID_IN_THREADS.test(events.text(call.name)))
      grid = grid.map((threads, axis) => Math.ceil(threads / Math.max(1, block[axis] as number)));
    const operator = owner?.operator ?? 0;
    const kernel = this.#kernelOf(i, block, operator);
    const key = `${kernel} ${grid.join()} ${operator} ${owner?.layer} ${owner?.phase} ${owner?.location} ${this.#metricKeys.map(([metric]) => events.number(i, metric)).join()}`;
    let launch = this.#launches.get(key);
    if (launch !== undefined) return launch;
    const [workgroupsX = 0, workgroupsY = 0, workgroupsZ = 0] = grid;
    launch = builder.row('launches', {
      kernel,
      layer: owner?.layer ?? -1,
      op: string(operator),
      phase: owner?.phase ?? PHASE.other,
      location: owner?.location ?? -1,
      workgroupsX,
      workgroupsY,
      workgroupsZ,
      flops: NaN,
      bytesMoved: NaN,
    });
    this.#launches.set(key, launch);
    for (const [metric, name] of this.#metricKeys) {
      const value = events.number(i, metric);
      if (!Number.isNaN(value)) builder.row('metrics', { launch, name: builder.string(name), value });
    }
    return launch;
  }

  #kernelOf(i: number, block: readonly [number, number, number], operator: number): number {
    const { events, keys, builder } = this.#context;
    const shared = events.number(i, keys.sharedMemory);
    const registers = events.number(i, keys.registers);
    const key = `${events.name[i]} ${block.join()} ${shared} ${registers}`;
    let kernel = this.#kernels.get(key);
    if (kernel !== undefined) return kernel;
    const name = events.text(events.name[i] as number);
    kernel = builder.add('kernels', {
      name,
      family: kernelFamily(name, events.text(operator)),
      workgroupSize: block,
      workgroupBytes: Number.isNaN(shared) ? null : shared,
      ...(Number.isNaN(registers) ? {} : { registersPerThread: registers }),
    });
    this.#kernels.set(key, kernel);
    return kernel;
  }

  #device(i: number): number {
    const { events, keys } = this.#context;
    const device = events.number(i, keys.device);
    return Number.isNaN(device) ? Number(events.text(events.process[i] as number)) : device;
  }

  #track(i: number, suffix = ''): number {
    const { events, keys, tracks } = this.#context;
    const device = this.#device(i);
    const thread = events.text(events.thread[i] as number);
    const stream = events.argText(i, keys.stream) ?? thread.replace(/^stream /, '');
    return tracks.id(`gpu ${device} ${stream}${suffix}`, () => ({
      name: `stream ${stream}${suffix}`,
      kind: suffix === '' ? 'gpu-queue' : 'ranges',
      group: Number.isNaN(device) ? 'GPU' : `GPU ${device}`,
    }));
  }
}

/** A count as the table can hold it. */
function count(value: number): number {
  return value > 0 && value < 2 ** 32 ? Math.floor(value) : 0;
}
