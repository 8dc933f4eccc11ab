/** From the events of PyTorch's profiler (Kineto) to a trace. What the format cannot know becomes notes. */
import { TraceBuilder } from '../../trace/builder.ts';
import type { Trace } from '../../trace/model.ts';
import { ChromeConverter } from '../chrome/convert.ts';
import type { EventColumns } from '../events/columns.ts';
import { PH } from '../events/columns.ts';
import { eventKeys } from '../events/keys.ts';
import type { EventFile } from '../events/reader.ts';
import { isTimed, setOrigin, spanNote, stringMapper } from '../events/shared.ts';
import { Names, Tracks } from '../events/tracks.ts';
import { WORK, workOfEvents } from './categories.ts';
import { adapterOf, baseUs, deviceProperties, readHeader, startedAt } from './device.ts';
import { FlowMarks } from './flows.ts';
import { readGpu } from './gpu.ts';
import type { Gpu } from './gpu.ts';
import { readHost } from './host.ts';
import type { Host, HostContext } from './host.ts';
import { Layers } from './layers.ts';
import { Locations } from '../events/locations.ts';
import { readMemory } from './memory.ts';
import type { Memory } from './memory.ts';
import { writePhases } from './phases.ts';
import { Steps } from './steps.ts';

export function convertKineto(file: EventFile): Trace {
  return convertKinetoAt(file).trace;
}

/** With the moment of the trace's zero, in microseconds of the clock that all ranks of a machine share. */
export function convertKinetoAt(file: EventFile): { readonly trace: Trace; readonly startUs: number } {
  const { events, header } = file;
  const work = workOfEvents(events);
  const isPlain = plainEvents(events, work);
  const startUs = setOrigin(
    events,
    (i) => work[i] !== WORK.other || isMemory(events, i) || (isTimed(events, i) && isPlain(i)),
  );
  const keys = eventKeys(events.strings);
  const builder = new TraceBuilder();
  const context: HostContext = {
    events,
    keys,
    work,
    builder,
    tracks: new Tracks(builder),
    names: new Names(events, keys),
    steps: new Steps(events, work),
    layers: new Layers(builder),
    locations: new Locations(builder),
    flows: new FlowMarks(events),
    string: stringMapper(events, builder),
  };
  context.steps.write(builder);
  const host = readHost(context);
  const gpu = readGpu(context, host);
  context.flows.write(builder);
  const memory = readMemory(context);
  writePhases(builder);
  const plain = new ChromeConverter(events, keys, builder, context.tracks, isPlain, ' · other');
  plain.convert();
  builder.setMeta({
    origin: 'import:kineto',
    status: 'ok',
    startedAt: startedAt(header, startUs),
    adapter: adapterOf(header, deviceProperties(header), gpu.mainDevice),
    adapterReason: 'recorded by PyTorch’s profiler',
    clock: { source: 'imported', resolutionNs: hasFractions(events) ? 1 : 1000, alignmentErrorNs: null },
    notes: [
      ...file.notes,
      ...spanNote(events, (i) => work[i] !== WORK.other || isPlain(i)),
      ...plain.notes(),
      ...notesOf(context, host, gpu, memory, header),
    ],
  });
  return { trace: builder.build(), startUs: baseUs(header) + startUs };
}

/**
 * What PyTorch's profiler writes beside its own kinds (overhead of the tracer, counters, out-of-memory marks, events of a
 * newer version): shown as a Chrome trace would show it. Its arrows repeat the correlation ids, and the marks of its window
 * repeat its span (the end's time may be far off).
 */
function plainEvents(events: EventColumns, work: Uint8Array): (event: number) => boolean {
  const window = /^(Iteration Start: |Record Window End$)/;
  const isWindow = new Map<number, boolean>();
  return (i) => {
    const phase = events.phase[i];
    if (phase === PH.complete) return work[i] === WORK.other;
    if (phase === PH.flowStart || phase === PH.flowStep || phase === PH.flowEnd) return false;
    if (phase !== PH.instant && phase !== PH.instantOld) return phase !== PH.metadata;
    const name = events.name[i] as number;
    let found = isWindow.get(name);
    if (found === undefined) isWindow.set(name, (found = window.test(events.text(name))));
    return !found && !isMemory(events, i);
  };
}

function isMemory(events: EventColumns, i: number): boolean {
  return events.text(events.name[i] as number) === '[memory]';
}

function hasFractions(events: EventColumns): boolean {
  for (let i = 0; i < Math.min(events.length, 10_000); i++)
    if ((events.startNs[i] as number) % 1000 !== 0 && Number.isFinite(events.startNs[i] as number))
      return true;
  return false;
}

function notesOf(
  { steps, layers }: HostContext,
  host: Host,
  gpu: Gpu,
  memory: Memory,
  header: ReadonlyMap<string, string>,
): string[] {
  const notes: string[] = [];
  const ranks = readHeader(header, 'distributedInfo') as
    | { rank?: unknown; world_size?: unknown; backend?: unknown }
    | undefined;
  if (typeof ranks?.rank === 'number')
    notes.push(
      `Rank ${ranks.rank} of ${String(ranks.world_size ?? '?')} (${String(ranks.backend ?? 'unknown backend')}).`,
    );
  if (steps.count === 0)
    notes.push('The trace has no ProfilerStep marks (profiler.step() was not called): it has no steps.');
  if (layers.count === 0)
    notes.push(
      'The trace names no modules (record with with_stack=True or with_modules=True): kernels have no layer.',
    );
  if (memory.events === 0) notes.push('The trace has no memory events (record with profile_memory=True).');
  if (memory.bornBefore > 0)
    notes.push(
      `Freed buffers that were allocated before the recording (their births stand at its start): ${memory.bornBefore}.`,
    );
  if (gpu.kernels === 0) notes.push('The trace has no GPU kernels.');
  if (gpu.withoutLaunch > 0)
    notes.push(`Kernels whose launching call is not in the trace: ${gpu.withoutLaunch} of ${gpu.kernels}.`);
  if (gpu.withoutGeometry > 0)
    notes.push(
      `Kernels without a grid in the file, whose occupancy is unknown: ${gpu.withoutGeometry} of ${gpu.kernels}.`,
    );
  if (gpu.copiesWithoutSize > 0)
    notes.push(`Copies without a size in the file, which count as 0 bytes: ${gpu.copiesWithoutSize}.`);
  if (host.overlapping > 0)
    notes.push(`Slices that stick out of the slice they start in, shown as recorded: ${host.overlapping}.`);
  const broken = host.broken + gpu.broken;
  if (broken > 0) notes.push(`Events with a negative duration or no time, left out: ${broken}.`);
  notes.push(
    'PyTorch records no hardware counters: cache hits, bytes moved and floating-point operations of a kernel are unknown.',
  );
  return notes;
}
