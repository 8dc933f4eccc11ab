/**
 * From a JAX/XProf trace to ours. XProf writes Chrome events with one process a device (`/device:GPU:0`) and one thread a
 * line of it: streams carry what ran, other lines (modules, name scopes, steps) repeat it by other names.
 */
import { TraceBuilder } from '../../trace/builder.ts';
import { DISPATCH_FLAGS, PHASES, STEP_FLAGS, TRANSFER_KINDS } from '../../trace/model.ts';
import type { Trace } from '../../trace/model.ts';
import { ChromeConverter } from '../chrome/convert.ts';
import type { EventColumns } from '../events/columns.ts';
import { PH } from '../events/columns.ts';
import type { EventKeys } from '../events/keys.ts';
import { eventKeys } from '../events/keys.ts';
import type { EventFile } from '../events/reader.ts';
import { isTimed, setOrigin, spanNote, stringMapper } from '../events/shared.ts';
import { Names, Tracks } from '../events/tracks.ts';
import { startedAt } from '../kineto/device.ts';
import { kernelFamily } from '../kineto/family.ts';
import { Layers } from '../kineto/layers.ts';
import { parseKernelDetails, parseScope, parseSize } from './details.ts';

const DEVICE = /^\/device:(\w+):(\d+)/;
/** Lines of a device that carry executed work; on TPUs there are no streams, the ops line is the queue. */
const STREAM = /^Stream ?#/;
const TPU_OPS = 'XLA Ops';
const COPY = /^mem(cpy|set)/i;

export function looksLikeJax(events: EventColumns): boolean {
  const keys = eventKeys(events.strings);
  const processName = events.strings.known('process_name');
  for (let i = 0; i < events.length; i++)
    if (
      events.phase[i] === PH.metadata &&
      events.name[i] === processName &&
      /^\/(device|host):/.test(events.argText(i, keys.name) ?? '')
    )
      return true;
  return false;
}

export function convertJax(file: EventFile): Trace {
  const { events } = file;
  const startUs = setOrigin(events, (i) => isTimed(events, i) && events.phase[i] === PH.complete);
  const builder = new TraceBuilder();
  const keys = eventKeys(events.strings);
  const tracks = new Tracks(builder);
  const device = new DeviceWork(events, keys, builder, tracks);
  writeSteps(events, builder);
  const plain = new ChromeConverter(
    events,
    keys,
    builder,
    tracks,
    (i) => events.phase[i] !== PH.complete || !device.takes(i),
  );
  plain.convert();
  device.convert();
  builder.setMeta({
    origin: 'import:jax',
    status: 'ok',
    startedAt: startedAt(file.header, startUs),
    adapterReason: 'XProf names devices by kind and number only',
    clock: { source: 'imported', resolutionNs: 1, alignmentErrorNs: null },
    notes: [...file.notes, ...spanNote(events), ...plain.notes(), ...device.notes()],
  });
  return builder.build();
}

/** Steps: host events that carry `step_num` (StepTraceAnnotation), the outermost of each number. */
function writeSteps(events: EventColumns, builder: TraceBuilder): void {
  const number = events.strings.known('step_num');
  const found = new Map<number, { start: number; end: number }>();
  for (let i = 0; i < events.length; i++) {
    if (events.phase[i] !== PH.complete || !isTimed(events, i)) continue;
    const step = events.number(i, number);
    if (!Number.isInteger(step) || step < 0 || step >= 2 ** 31) continue;
    const start = events.startNs[i] as number;
    const span = found.get(step);
    if (!span) found.set(step, { start, end: events.endNs(i) });
    else {
      span.start = Math.min(span.start, start);
      span.end = Math.max(span.end, events.endNs(i));
    }
  }
  for (const [index, { start, end }] of [...found].sort((a, b) => a[1].start - b[1].start))
    builder.row('steps', {
      index,
      startNs: start,
      endNs: end,
      flags: STEP_FLAGS.timed,
      loss: NaN,
      samples: NaN,
    });
}

class DeviceWork {
  readonly #events: EventColumns;
  readonly #builder: TraceBuilder;
  readonly #tracks: Tracks;
  readonly #names: Names;
  readonly #layers: Layers;
  readonly #string: (id: number) => number;
  readonly #queues = new Map<string, string | null>();
  readonly #kernels = new Map<string, number>();
  readonly #launches = new Map<string, number>();
  readonly #argument: Readonly<
    Record<'details' | 'scope' | 'operation' | 'copy' | 'flops' | 'bytes', number>
  >;
  #kernelCount = 0;
  #withoutGrid = 0;

  constructor(events: EventColumns, keys: EventKeys, builder: TraceBuilder, tracks: Tracks) {
    this.#events = events;
    this.#builder = builder;
    this.#tracks = tracks;
    this.#names = new Names(events, keys);
    this.#layers = new Layers(builder);
    this.#string = stringMapper(events, builder);
    const id = (name: string): number => events.strings.known(name);
    this.#argument = {
      details: id('kernel_details'),
      scope: id('tf_op'),
      operation: id('hlo_op'),
      copy: id('memcpy_details'),
      flops: id('model_flops'),
      bytes: id('bytes_accessed'),
    };
  }

  /** Whether an event is executed work of a device. */
  takes(i: number): boolean {
    return this.#deviceOf(i) !== null;
  }

  convert(): void {
    const events = this.#events;
    const ids: number[] = [];
    for (let i = 0; i < events.length; i++)
      if (
        events.phase[i] === PH.complete &&
        isTimed(events, i) &&
        (events.durationNs[i] as number) >= 0 &&
        this.takes(i)
      )
        ids.push(i);
    ids.sort((a, b) => (events.startNs[a] as number) - (events.startNs[b] as number) || a - b);
    for (const i of ids)
      if (COPY.test(events.text(events.name[i] as number))) this.#copy(i);
      else this.#kernel(i);
  }

  notes(): string[] {
    const notes: string[] = [];
    if (this.#kernelCount === 0) notes.push('The trace has no device work.');
    if (this.#withoutGrid > 0)
      notes.push(
        `Kernels without a grid in the file, whose occupancy is unknown: ${this.#withoutGrid} of ${this.#kernelCount}.`,
      );
    notes.push('XProf links no launching call to a kernel in this format: launch delays are unknown.');
    return notes;
  }

  /** Name of the device whose queue an event's thread is; null for all other threads. */
  #deviceOf(i: number): string | null {
    const process = this.#events.process[i] as number;
    const thread = this.#events.thread[i] as number;
    const key = `${process} ${thread}`;
    let device = this.#queues.get(key);
    if (device === undefined) {
      const [, kind, number] = DEVICE.exec(this.#names.process(process)) ?? [];
      const line = this.#names.thread(process, thread);
      const isQueue = STREAM.test(line) || (kind === 'TPU' && line === TPU_OPS);
      this.#queues.set(key, (device = kind && isQueue ? `${kind} ${number}` : null));
    }
    return device;
  }

  #track(i: number): number {
    const process = this.#events.process[i] as number;
    const thread = this.#events.thread[i] as number;
    return this.#tracks.id(`queue ${process} ${thread}`, () => ({
      name: this.#names.thread(process, thread),
      kind: 'gpu-queue',
      group: this.#deviceOf(i) ?? 'device',
    }));
  }

  #kernel(i: number): void {
    const events = this.#events;
    const track = this.#track(i);
    this.#kernelCount++;
    this.#builder.row('dispatches', {
      launch: this.#launch(i),
      step: -1,
      queue: this.#tracks.queue(track),
      flags: DISPATCH_FLAGS.timed,
      cpuNs: NaN,
      startNs: events.startNs[i] as number,
      endNs: events.endNs(i),
    });
  }

  #launch(i: number): number {
    const events = this.#events;
    const detailText = events.argText(i, this.#argument.details) ?? '';
    const scopeText = events.argText(i, this.#argument.scope) ?? '';
    const operation = events.argText(i, this.#argument.operation) ?? '';
    const flops = events.number(i, this.#argument.flops);
    const bytesMoved = events.number(i, this.#argument.bytes);
    const key = `${events.name[i]} ${detailText} ${scopeText} ${operation} ${flops} ${bytesMoved}`;
    let launch = this.#launches.get(key);
    const details = parseKernelDetails(detailText);
    if (!details.grid) this.#withoutGrid++;
    if (launch !== undefined) return launch;
    const scope = parseScope(scopeText);
    const [workgroupsX, workgroupsY, workgroupsZ] = details.grid ?? [0, 0, 0];
    launch = this.#builder.row('launches', {
      kernel: this.#kernelOf(i, detailText, operation),
      layer: scope.path.reduce(
        (parent, segment) => this.#layers.child(parent, { segment, type: segment.replace(/_\d+$/, '') }),
        -1,
      ),
      op: this.#builder.string(scope.operation || operation),
      phase: PHASES.indexOf(scope.phase),
      location: -1,
      workgroupsX,
      workgroupsY,
      workgroupsZ,
      flops,
      bytesMoved,
    });
    this.#launches.set(key, launch);
    if (details.occupancyPercent !== null)
      this.#builder.row('metrics', {
        launch,
        name: this.#builder.string('theoretical occupancy %'),
        value: details.occupancyPercent,
      });
    return launch;
  }

  #kernelOf(i: number, detailText: string, operation: string): number {
    const key = `${this.#events.name[i]} ${detailText}`;
    let kernel = this.#kernels.get(key);
    if (kernel !== undefined) return kernel;
    const name = this.#events.text(this.#events.name[i] as number);
    const details = parseKernelDetails(detailText);
    kernel = this.#builder.add('kernels', {
      name,
      family: kernelFamily(name, operation),
      workgroupSize: details.block ?? [0, 0, 0],
      workgroupBytes: details.sharedBytes,
      ...(details.registers === null ? {} : { registersPerThread: details.registers }),
    });
    this.#kernels.set(key, kernel);
    return kernel;
  }

  #copy(i: number): void {
    const events = this.#events;
    const startNs = events.startNs[i] as number;
    const endNs = events.endNs(i);
    const name = events.text(events.name[i] as number);
    this.#builder.row('slices', {
      track: this.#track(i),
      name: this.#string(events.name[i] as number),
      startNs,
      endNs,
      depth: 0,
      step: -1,
      layer: -1,
      location: -1,
    });
    if (/memset/i.test(name)) return;
    const kind = /H2D/i.test(name) ? 'upload' : /D2H/i.test(name) ? 'readback' : 'copy';
    this.#builder.row('transfers', {
      kind: TRANSFER_KINDS.indexOf(kind),
      startNs,
      endNs,
      sizeBytes: parseSize(events.argText(i, this.#argument.copy) ?? ''),
      buffer: -1,
      step: -1,
      location: -1,
    });
  }
}
