/** From the tables of an Nsight Systems export to a trace: NVTX ranges and runtime calls by thread, kernels and copies by stream. */
import { TraceBuilder } from '../../trace/builder.ts';
import type { AdapterInfo, Trace } from '../../trace/model.ts';
import { DISPATCH_FLAGS, FLOW_ENDS, TRANSFER_KINDS } from '../../trace/model.ts';
import { NamedSteps } from '../events/named-steps.ts';
import { RecordedLaunches } from '../events/recorded-launches.ts';
import { Tracks } from '../events/tracks.ts';
import type { Database } from '../sqlite/database.ts';
import type { SqlValue } from '../sqlite/record.ts';
import { adapterOf, earliest, startedAt } from './session.ts';
import { readSpans } from './spans.ts';
import type { HostSpan } from './spans.ts';
import { numberOf, textOf } from './values.ts';

const SLICES = FLOW_ENDS.indexOf('slices');
const DISPATCHES = FLOW_ENDS.indexOf('dispatches');
/** CUPTI's kinds of copies; all others stay on the device. */
const COPY_KINDS: ReadonlyMap<number, readonly [string, 'upload' | 'readback']> = new Map([
  [1, ['HtoD', 'upload']],
  [2, ['DtoH', 'readback']],
]);

export function convertNsight(database: Database): Trace {
  const builder = new TraceBuilder();
  const strings = new Map<number, string>();
  database.rows('StringIds', ['id', 'value'], ([id, value]) => void strings.set(numberOf(id), textOf(value)));
  const spans = readSpans(database, strings);
  const firstNs = earliest(database, spans);
  const converter = new Converter(database, builder, strings, firstNs);
  converter.steps(spans);
  converter.host(spans);
  converter.kernels();
  converter.copies();
  const adapter = adapterOf(database);
  builder.setMeta({
    origin: 'import:nsight',
    status: 'ok',
    startedAt: startedAt(database, firstNs),
    adapter,
    adapterReason: 'recorded by Nsight Systems',
    clock: { source: 'imported', resolutionNs: 1, alignmentErrorNs: null },
    notes: [...new Set(database.problems), ...converter.notes(adapter)],
  });
  return builder.build();
}

class Converter {
  readonly #database: Database;
  readonly #builder: TraceBuilder;
  readonly #strings: ReadonlyMap<number, string>;
  readonly #firstNs: number;
  readonly #tracks: Tracks;
  readonly #calls = new Map<number, { slice: number; startNs: number; operator: string }>();
  readonly #launches: RecordedLaunches;
  #steps = new NamedSteps([]);
  #dispatches = 0;
  #withoutCall = 0;
  #ranges = 0;

  constructor(
    database: Database,
    builder: TraceBuilder,
    strings: ReadonlyMap<number, string>,
    firstNs: number,
  ) {
    this.#database = database;
    this.#builder = builder;
    this.#strings = strings;
    this.#firstNs = firstNs;
    this.#tracks = new Tracks(builder);
    this.#launches = new RecordedLaunches(builder);
  }

  steps(spans: ReadonlyMap<string, readonly HostSpan[]>): void {
    const ranges = [...spans.values()].flat().filter(({ kind }) => kind === 'nvtx');
    this.#steps = new NamedSteps(
      ranges.map(({ name, startNs, endNs }) => ({
        name,
        startNs: startNs - this.#firstNs,
        endNs: endNs - this.#firstNs,
      })),
    );
    this.#steps.write(this.#builder);
  }

  host(spans: ReadonlyMap<string, readonly HostSpan[]>): void {
    for (const [thread, list] of spans) {
      const stack: { endNs: number; kind: HostSpan['kind']; name: string; depth: number }[] = [];
      for (const span of list) {
        while (stack.length > 0 && span.startNs >= (stack.at(-1)?.endNs ?? 0)) stack.pop();
        const depth = (stack.findLast(({ kind }) => kind === span.kind)?.depth ?? -1) + 1;
        const isRange = span.kind === 'nvtx';
        if (isRange) this.#ranges++;
        const track = this.#tracks.id(`${thread} ${span.kind}`, () => ({
          name: isRange ? span.thread : `${span.thread} · runtime calls`,
          kind: isRange ? 'ranges' : 'cpu-thread',
          group: span.process,
          content: isRange ? 'operators' : 'runtime',
        }));
        const startNs = span.startNs - this.#firstNs;
        const slice = this.#builder.row('slices', {
          track,
          name: this.#builder.string(span.name),
          startNs,
          endNs: span.endNs - this.#firstNs,
          depth: Math.min(depth, 65535),
          step: this.#steps.at(startNs),
          layer: -1,
          location: -1,
        });
        if (!isRange && span.correlation >= 0)
          this.#calls.set(span.correlation, {
            slice,
            startNs,
            operator: stack.findLast(({ kind }) => kind === 'nvtx')?.name ?? '',
          });
        stack.push({ endNs: span.endNs, kind: span.kind, name: span.name, depth });
      }
    }
  }

  kernels(): void {
    const rows: {
      start: number;
      end: number;
      device: number;
      stream: number;
      correlation: number;
      name: string;
      grid: [number, number, number];
      workgroup: [number, number, number];
      registersPerThread: number | null;
      sharedBytes: number;
    }[] = [];
    const columns = [
      'start',
      'end',
      'deviceId',
      'streamId',
      'correlationId',
      'demangledName',
      'shortName',
      'gridX',
      'gridY',
      'gridZ',
      'blockX',
      'blockY',
      'blockZ',
      'registersPerThread',
      'staticSharedMemory',
      'dynamicSharedMemory',
    ];
    this.#database.rows('CUPTI_ACTIVITY_KIND_KERNEL', columns, (values) => {
      const [start, end, device, stream, correlation, long, short] = values;
      const numbers = values.slice(7).map(numberOf);
      const registers = numbers[6] ?? NaN;
      const name = this.#strings.get(numberOf(long)) ?? this.#strings.get(numberOf(short)) ?? textOf(long);
      rows.push({
        start: numberOf(start),
        end: numberOf(end),
        device: numberOf(device),
        stream: numberOf(stream),
        correlation: numberOf(correlation),
        name,
        grid: [count(numbers[0]), count(numbers[1]), count(numbers[2])],
        workgroup: [count(numbers[3]), count(numbers[4]), count(numbers[5])],
        registersPerThread: registers > 0 ? registers : null,
        sharedBytes: (numbers[7] || 0) + (numbers[8] || 0),
      });
    });
    rows.sort((a, b) => a.start - b.start);
    for (const row of rows) {
      if (!(row.end >= row.start)) continue;
      const call = this.#calls.get(row.correlation);
      const startNs = row.start - this.#firstNs;
      const dispatch = this.#builder.row('dispatches', {
        launch: this.#launches.row({ ...row, operator: call?.operator ?? '' }),
        step: this.#steps.at(call?.startNs ?? startNs),
        queue: this.#tracks.queue(this.#stream(row.device, row.stream)),
        flags: DISPATCH_FLAGS.timed,
        cpuNs: call?.startNs ?? NaN,
        startNs,
        endNs: row.end - this.#firstNs,
      });
      this.#dispatches++;
      if (call) this.#arrow(call.slice, DISPATCHES, dispatch);
      else this.#withoutCall++;
    }
  }

  copies(): void {
    this.#database.rows(
      'CUPTI_ACTIVITY_KIND_MEMCPY',
      ['start', 'end', 'deviceId', 'streamId', 'correlationId', 'bytes', 'copyKind'],
      (values) => {
        const [label, kind] = COPY_KINDS.get(numberOf(values[6])) ?? ['DtoD', 'copy' as const];
        const slice = this.#copy(values, `Memcpy ${label}`);
        if (!slice) return;
        this.#builder.row('transfers', {
          kind: TRANSFER_KINDS.indexOf(kind),
          startNs: slice.startNs,
          endNs: slice.endNs,
          sizeBytes: numberOf(values[5]) || 0,
          buffer: -1,
          step: this.#steps.at(slice.startNs),
          location: -1,
        });
      },
    );
    this.#database.rows(
      'CUPTI_ACTIVITY_KIND_MEMSET',
      ['start', 'end', 'deviceId', 'streamId', 'correlationId'],
      (values) => void this.#copy(values, 'Memset'),
    );
  }

  notes(adapter: AdapterInfo | null): string[] {
    const notes: string[] = [];
    if (this.#dispatches === 0) notes.push('The export has no kernels (record with --trace=cuda).');
    if (this.#withoutCall > 0)
      notes.push(
        `Kernels whose launching call is not in the trace: ${this.#withoutCall} of ${this.#dispatches}.`,
      );
    if (this.#ranges === 0)
      notes.push(
        'The export has no NVTX ranges: kernels have no operator (torch.autograd.profiler.emit_nvtx writes them).',
      );
    if (this.#steps.count === 0)
      notes.push('No NVTX range is named like "step 12" or "iteration 12": the trace has no steps.');
    if (!adapter) notes.push('The export describes no GPU: occupancy is unknown.');
    return notes;
  }

  #copy(values: readonly SqlValue[], name: string): { startNs: number; endNs: number } | null {
    const [start = NaN, end = NaN, device = NaN, stream = NaN, correlation = NaN] = values
      .slice(0, 5)
      .map(numberOf);
    if (!(end >= start)) return null;
    const call = this.#calls.get(correlation);
    const startNs = start - this.#firstNs;
    const endNs = end - this.#firstNs;
    const slice = this.#builder.row('slices', {
      track: this.#stream(device, stream),
      name: this.#builder.string(name),
      startNs,
      endNs,
      depth: 0,
      step: this.#steps.at(call?.startNs ?? startNs),
      layer: -1,
      location: -1,
    });
    if (call) this.#arrow(call.slice, SLICES, slice);
    return { startNs, endNs };
  }

  #stream(device: number, stream: number): number {
    return this.#tracks.id(`gpu ${device} ${stream}`, () => ({
      name: `stream ${stream}`,
      kind: 'gpu-queue',
      group: `GPU ${device}`,
    }));
  }

  #arrow(from: number, toEnd: number, to: number): void {
    this.#builder.row('flows', { name: this.#builder.string('launch'), fromEnd: SLICES, from, toEnd, to });
  }
}

function count(value = NaN): number {
  return value > 0 && value < 2 ** 32 ? Math.floor(value) : 0;
}
