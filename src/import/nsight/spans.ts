/** What the host's threads did: NVTX ranges and runtime calls, in order of nesting by thread. */
import type { Database } from '../sqlite/database.ts';
import type { SqlValue } from '../sqlite/record.ts';
import { numberOf, textOf } from './values.ts';

export interface HostSpan {
  readonly kind: 'nvtx' | 'call';
  readonly name: string;
  readonly startNs: number;
  readonly endNs: number;
  /** -1 for ranges. */
  readonly correlation: number;
  readonly process: string;
  readonly thread: string;
}

/** NVTX event types that are ranges: push/pop and start/end, of the program and of its frames. */
const RANGES = new Set([59, 60, 70, 71]);

export function readSpans(database: Database, strings: ReadonlyMap<number, string>): Map<string, HostSpan[]> {
  const spans = new Map<string, HostSpan[]>();
  const add = (globalTid: SqlValue, span: Omit<HostSpan, 'process' | 'thread'>): void => {
    if (!(span.endNs >= span.startNs)) return;
    const key = String(globalTid);
    const { process, thread } = idsOf(globalTid);
    const full = { ...span, process: `process ${process}`, thread: `thread ${thread}` };
    const list = spans.get(key);
    if (list) list.push(full);
    else spans.set(key, [full]);
  };
  database.rows(
    'NVTX_EVENTS',
    ['start', 'end', 'eventType', 'text', 'textId', 'globalTid'],
    ([start, end, type, text, textId, tid = null]) => {
      if (type !== null && !RANGES.has(numberOf(type))) return;
      const name = textOf(text) || (strings.get(numberOf(textId)) ?? '');
      add(tid, { kind: 'nvtx', name, startNs: numberOf(start), endNs: numberOf(end), correlation: -1 });
    },
  );
  database.rows(
    'CUPTI_ACTIVITY_KIND_RUNTIME',
    ['start', 'end', 'nameId', 'globalTid', 'correlationId'],
    ([start, end, nameId, tid = null, correlation]) => {
      // Names carry the version of the interface: cudaLaunchKernel_v7000.
      const name = (strings.get(numberOf(nameId)) ?? 'runtime call').replace(/_v\d+$/, '');
      add(tid, {
        kind: 'call',
        name,
        startNs: numberOf(start),
        endNs: numberOf(end),
        correlation: numberOf(correlation),
      });
    },
  );
  for (const list of spans.values())
    list.sort(
      (a, b) =>
        a.startNs - b.startNs || b.endNs - a.endNs || Number(a.kind === 'call') - Number(b.kind === 'call'),
    );
  return spans;
}

/** Process and thread as Nsight packs them: 24 bits each. */
function idsOf(globalTid: SqlValue): { process: number; thread: number } {
  const isWhole = typeof globalTid === 'bigint' || Number.isInteger(globalTid);
  if (!isWhole) return { process: 0, thread: 0 };
  const id = BigInt(globalTid as number | bigint);
  return { process: Number((id >> 24n) & 0xffffffn), thread: Number(id & 0xffffffn) };
}
