/** What a viewer must have after it read a trace's Chrome export: counted from the trace, not from the export. */
import { FLOW_ENDS, PHASES, TABLE_NAMES, TRANSFER_KINDS } from '../../src/trace/model.ts';
import type { TableName, Trace } from '../../src/trace/model.ts';
import { column } from '../../src/trace/table.ts';

const SPANS = ['dispatches', 'transfers', 'compiles', 'submits', 'steps', 'phases', 'slices'] as const;

export interface DrawnSlice {
  readonly process: string;
  readonly thread: string;
  readonly name: string;
  readonly startNs: number;
  /** -1: it has not ended. */
  readonly durationNs: number;
}

/** The slice of a row, whole nanoseconds; null where it has no time. */
export function drawn(trace: Trace, table: TableName, row: number): DrawnSlice | null {
  const { tables, strings, tracks } = trace;
  const instant = table === 'marks';
  const start = Math.round(column(tables[table], instant ? 'atNs' : 'startNs')[row] as number);
  const ends = instant ? start : Math.round(column(tables[table], 'endNs')[row] as number);
  if (!Number.isFinite(start) || ends < start) return null;
  const on = (track: number | undefined) => tracks[track ?? -1] ?? { group: '?', name: '?' };
  const queues = tracks.filter(({ kind }) => kind === 'gpu-queue');
  const own = (name: string, line: string) => ({ group: 'run', track: line, name });
  const place =
    table === 'dispatches'
      ? {
          group: queues[tables.dispatches.queue[row] as number]?.group ?? 'GPU',
          track: queues[tables.dispatches.queue[row] as number]?.name ?? `queue ${tables.dispatches.queue[row]}`,
          name: trace.kernels[tables.launches.kernel[tables.dispatches.launch[row] as number] as number]?.name ?? '',
        }
      : table === 'slices'
        ? { group: on(tables.slices.track[row]).group, track: on(tables.slices.track[row]).name, name: strings[tables.slices.name[row] as number] ?? '' }
        : table === 'marks'
          ? { group: on(tables.marks.track[row]).group, track: on(tables.marks.track[row]).name, name: strings[tables.marks.name[row] as number] ?? '' }
          : table === 'transfers'
            ? own(TRANSFER_KINDS[tables.transfers.kind[row] as number] ?? '', table)
            : table === 'steps'
              ? own(`step ${tables.steps.index[row]}`, table)
              : table === 'phases'
                ? own(PHASES[tables.phases.phase[row] as number] ?? '', table)
                : own(table.slice(0, -1), table); // prettier-ignore
  return {
    process: place.group,
    thread: place.track,
    name: place.name === '' ? '[No name]' : place.name,
    startNs: start,
    durationNs: Number.isNaN(ends) ? -1 : ends - start,
  };
}

export function drawnSlices(trace: Trace): DrawnSlice[] {
  return TABLE_NAMES.filter(
    (name) => name === 'marks' || (SPANS as readonly string[]).includes(name),
  ).flatMap((table) =>
    Array.from({ length: trace.tables[table].length }, (_, row) => drawn(trace, table, row)).filter(
      (slice) => slice !== null,
    ),
  );
}

/** Both ends of each arrow, the earlier first, as text. */
export function drawnArrows(trace: Trace): string[] {
  const { flows } = trace.tables;
  const found: string[] = [];
  for (let i = 0; i < flows.length; i++) {
    if (flows.fromEnd[i] === flows.toEnd[i] && flows.from[i] === flows.to[i]) continue;
    const ends = [
      drawn(trace, FLOW_ENDS[flows.fromEnd[i] as number] ?? 'slices', flows.from[i] as number),
      drawn(trace, FLOW_ENDS[flows.toEnd[i] as number] ?? 'slices', flows.to[i] as number),
    ].filter((end) => end !== null);
    if (ends.length === 2) found.push(arrowText(ends.map((end) => `${end.name} ${end.startNs}`)));
  }
  return found.sort();
}

/** Where both begin together it does not matter which is first. */
export function arrowText(ends: readonly string[]): string {
  return [...ends].sort().join(' - ');
}
