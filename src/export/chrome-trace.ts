/**
 * A trace as Chrome trace events, which Perfetto, chrome://tracing and PyTorch's tools read: kernels, operators and copies
 * carry the categories and arguments that PyTorch's profiler writes. Opening the file here gives the same trace again.
 */
import {
  EVENT_FORM_MEMBER,
  EVENT_FORM_VERSION,
  TIMED_TABLES,
  UNTIMED_EVENT,
  UNTIMED_TABLES,
  plainColumns,
} from '../trace/event-form.ts';
import type { TimeColumns } from '../trace/event-form.ts';
import { CATALOG_NAMES, FLOW_ENDS, PHASES, TABLES, TABLE_NAMES, TRANSFER_KINDS } from '../trace/model.ts';
import type { TableName, Trace } from '../trace/model.ts';
import { column } from '../trace/table.ts';
import { EventPlaces } from './event-places.ts';
import { TextBytes } from './text-bytes.ts';

export function chromeTrace(trace: Trace): Uint8Array {
  const out = new TextBytes();
  out.add('{"schemaVersion":1,"displayTimeUnit":"ms",\n"traceEvents":[\n');
  const writer = new EventWriter(trace, out);
  writer.tracks();
  for (const table of TABLE_NAMES) if (TIMED_TABLES[table]) writer.table(table, TIMED_TABLES[table]);
  writer.flows();
  out.add(`\n],\n"${EVENT_FORM_MEMBER}":${JSON.stringify(untimedPart(trace))}}\n`);
  return out.bytes();
}

/** Catalogs, and the tables without a time as columns. NaN stands as null. */
function untimedPart(trace: Trace): Record<string, unknown> {
  const catalogs = Object.fromEntries(CATALOG_NAMES.map((name) => [name, trace[name]]));
  const tables = Object.fromEntries(
    UNTIMED_TABLES.map((name) => [
      name,
      Object.fromEntries(
        Object.keys(TABLES[name]).map((key) => [
          key,
          Array.from(column(trace.tables[name], key)).slice(0, trace.tables[name].length),
        ]),
      ),
    ]),
  );
  return { version: EVENT_FORM_VERSION, meta: trace.meta, catalogs, tables };
}

class EventWriter {
  readonly #trace: Trace;
  readonly #out: TextBytes;
  readonly #places: EventPlaces;
  /** Launching call of each dispatch, and calls that launched something: their common correlation is the call's row. */
  readonly #callOfDispatch = new Map<number, number>();
  readonly #launching = new Set<number>();
  #first = true;

  constructor(trace: Trace, out: TextBytes) {
    this.#trace = trace;
    this.#out = out;
    this.#places = new EventPlaces(trace);
    const { flows } = trace.tables;
    const launch = trace.strings.indexOf('launch');
    for (let i = 0; i < flows.length; i++) {
      if (flows.name[i] !== launch || FLOW_ENDS[flows.fromEnd[i] as number] !== 'slices') continue;
      this.#launching.add(flows.from[i] as number);
      if (FLOW_ENDS[flows.toEnd[i] as number] === 'dispatches')
        this.#callOfDispatch.set(flows.to[i] as number, flows.from[i] as number);
    }
  }

  tracks(): void {
    for (const { process, name } of this.#places.processes)
      this.#event(
        `"ph":"M","name":"process_name","pid":${process},"tid":0,"args":{"name":${JSON.stringify(name)}}`,
      );
    for (const { process, thread, name } of this.#places.threads) {
      this.#event(
        `"ph":"M","name":"thread_name","pid":${process},"tid":${thread},"args":{"name":${JSON.stringify(name)}}`,
      );
      this.#event(
        `"ph":"M","name":"thread_sort_index","pid":${process},"tid":${thread},"args":{"sort_index":${thread}}`,
      );
    }
  }

  table(name: TableName, time: TimeColumns): void {
    const table = this.#trace.tables[name];
    const starts = column(table, time.start);
    const ends = time.end === null ? null : column(table, time.end);
    const plain = plainColumns(name).map((key) => column(table, key));
    for (let row = 0; row < table.length; row++) {
      const start = starts[row] as number;
      const columns = plain.map((values) => number(values[row] as number)).join();
      if (!Number.isFinite(start)) {
        this.#event(
          `"ph":"M","name":"${UNTIMED_EVENT}","pid":0,"tid":0,"args":{"table":"${name}","columns":[${columns}]}`,
        );
        continue;
      }
      const { process, thread } = this.#places.of(name, row);
      const at = `"pid":${process},"tid":${thread},"ts":${micros(start)}`;
      if (name === 'samples') {
        const series = this.#trace.tables.samples.series[row] as number;
        const value = this.#trace.tables.samples.value[row] as number;
        this.#event(
          `"ph":"C","cat":"series ${series}","name":${this.#text(this.#trace.series[series]?.name ?? '')},${at},"args":{"value":${number(value)}}`,
        );
        continue;
      }
      const { label, category, more } = this.#describe(name, row);
      const duration =
        ends && Number.isFinite(ends[row] as number) ? `,"dur":${micros((ends[row] as number) - start)}` : '';
      const shape = ends ? `"ph":"X"${duration}` : '"ph":"i","s":"t"';
      this.#event(
        `${shape},"cat":"${category}","name":${this.#text(label)},${at},"args":{${more}"table":"${name}","columns":[${columns}]}`,
      );
    }
  }

  /** Arrows as viewers draw them; the rows themselves stand in our own member. */
  flows(): void {
    const { flows } = this.#trace.tables;
    for (let i = 0; i < flows.length; i++) {
      const from = this.#end(flows.fromEnd[i] as number, flows.from[i] as number);
      const to = this.#end(flows.toEnd[i] as number, flows.to[i] as number);
      if (!from || !to) continue;
      const name = this.#trace.strings[flows.name[i] as number] ?? '';
      const common = `"cat":"${name === 'launch' ? 'ac2g' : 'flow'}","name":${this.#text(name)},"id":${i + 1}`;
      this.#event(`"ph":"s",${common},${from}`);
      this.#event(`"ph":"f","bp":"e",${common},${to}`);
    }
  }

  #end(end: number, row: number): string | null {
    const table = FLOW_ENDS[end] ?? 'slices';
    const start = column(this.#trace.tables[table], TIMED_TABLES[table]?.start ?? 'startNs')[row] as number;
    if (!Number.isFinite(start)) return null;
    const { process, thread } = this.#places.of(table, row);
    return `"pid":${process},"tid":${thread},"ts":${micros(start)}`;
  }

  #describe(name: TableName, row: number): { label: string; category: string; more: string } {
    const { tables, strings } = this.#trace;
    switch (name) {
      case 'dispatches':
        return this.#dispatch(row);
      case 'slices': {
        const label = strings[tables.slices.name[row] as number] ?? '';
        const more = this.#launching.has(row) ? `"correlation":${row},` : '';
        return { label, category: this.#places.sliceCategory(row, label), more };
      }
      case 'marks':
        return { label: strings[tables.marks.name[row] as number] ?? '', category: 'mark', more: '' };
      case 'transfers':
        return {
          label: TRANSFER_KINDS[tables.transfers.kind[row] as number] ?? 'transfer',
          category: 'transfer',
          more: `"bytes":${number(tables.transfers.sizeBytes[row] as number)},`,
        };
      case 'steps':
        return { label: `step ${tables.steps.index[row]}`, category: 'step', more: '' };
      case 'phases':
        return { label: PHASES[tables.phases.phase[row] as number] ?? 'phase', category: 'phase', more: '' };
      default:
        return { label: name === 'compiles' ? 'compile' : 'submit', category: name, more: '' };
    }
  }

  #dispatch(row: number): { label: string; category: string; more: string } {
    const { tables, kernels, strings, layers } = this.#trace;
    const { launches, dispatches } = tables;
    const launch = dispatches.launch[row] as number;
    const kernel = kernels[launches.kernel[launch] as number];
    const grid = [
      launches.workgroupsX[launch],
      launches.workgroupsY[launch],
      launches.workgroupsZ[launch],
    ].join();
    const call = this.#callOfDispatch.get(row);
    const layer = layers[launches.layer[launch] as number]?.path;
    const more = [
      `"device":0,"stream":${dispatches.queue[row]},"grid":[${grid}],"block":[${(kernel?.workgroupSize ?? [0, 0, 0]).join()}],`,
      call === undefined ? '' : `"correlation":${call},`,
      kernel?.registersPerThread === undefined ? '' : `"registers per thread":${kernel.registersPerThread},`,
      kernel?.workgroupBytes === null || kernel === undefined
        ? ''
        : `"shared memory":${kernel.workgroupBytes},`,
      `"operator":${this.#text(strings[launches.op[launch] as number] ?? '')},`,
      layer === undefined ? '' : `"layer":${this.#text(layer)},`,
      `"phase":"${PHASES[launches.phase[launch] as number] ?? 'other'}",`,
    ].join('');
    return { label: kernel?.name ?? '', category: 'kernel', more };
  }

  #text(text: string): string {
    return JSON.stringify(text);
  }

  #event(members: string): void {
    this.#out.add(this.#first ? `{${members}}` : `,\n{${members}}`);
    this.#first = false;
  }
}

function number(value: number): string {
  return Number.isFinite(value) ? String(value) : 'null';
}

/** Nanoseconds as microseconds in decimal digits, so that no bit is lost. */
export function micros(ns: number): string {
  const whole = Math.floor(ns / 1000);
  const rest = ns - whole * 1000;
  if (rest === 0 || !Number.isSafeInteger(whole)) return String(rest === 0 ? whole : ns / 1000);
  const [units = '', fraction = ''] = rest.toFixed(6).split('.');
  if (whole < 0) return String(ns / 1000);
  return `${whole}.${units.padStart(3, '0')}${fraction}`.replace(/0+$/, '');
}
