/**
 * PyTorch's memory timeline, `export_memory_timeline(".raw.json.gz")`: `[time ns, action, bytes, category]`, where the
 * time -1 marks what was there before. Bytes are signed; a version change takes them from one category and gives them
 * to another at the same time. The summed form (`[times, [sizes by category]]`) is read too.
 */
import { err, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { TraceBuilder } from '../trace/builder.ts';
import type { Trace } from '../trace/model.ts';
import { unpackWhole } from './gzip.ts';
import type { ImportError, Importer, ReadOptions } from './importer.ts';
import { parseJson } from './json/parse.ts';
import { readRows } from './json/rows.ts';

/** In the order of PyTorch's `Category` colors: the index that the file stores. */
export const MEMORY_CATEGORIES = [
  'parameter',
  'optimizer state',
  'input',
  'temporary',
  'activation',
  'gradient',
  'autograd detail',
  'unknown',
] as const;

const ROW = /^\s*\[\s*\[\s*-?\d+\s*,\s*\d+\s*,\s*-?\d+\s*,\s*\d+\s*\]/;
const SUMMED = /^\s*\[\s*\[\s*-?\d+(\s*,\s*-?\d+)*\s*\]?\s*,?\s*(\[\s*\[)?/;

export const memoryTimeline: Importer = {
  id: 'memory-timeline',
  label: 'PyTorch memory timeline',
  extensions: ['.raw.json.gz', '.raw.json', '.raw.gz', '.raw'],
  sniff(head) {
    const text = new TextDecoder().decode(head.subarray(0, 4096));
    return ROW.test(text) || (SUMMED.test(text) && !text.includes('"'));
  },
  read,
};

function read(bytes: Uint8Array, options: ReadOptions = {}): Result<Trace, ImportError> {
  const { text, problem } = unpackWhole(bytes, options);
  const head = new TextDecoder().decode(text.subarray(0, 4096));
  const notes: string[] = [];
  const timeline = new Timeline();
  if (ROW.test(head)) {
    let broken = 0;
    let origin = NaN;
    const end = readRows(text, (row, micros, nanos) => {
      const [time = NaN, , size = NaN, category = NaN] = row;
      if (!Number.isFinite(time) || !Number.isFinite(size)) {
        broken++;
        return;
      }
      if (time >= 0 && Number.isNaN(origin)) origin = micros;
      timeline.add(time < 0 ? BEFORE : (micros - origin) * 1000 + nanos, size, category);
    });
    if (end.stoppedAt !== null)
      notes.push(
        `The file is cut or damaged at byte ${end.stoppedAt} (${end.message}). What came before is shown; events: ${timeline.length}.`,
      );
    if (broken > 0) notes.push(`Entries that are no events, left out: ${broken}.`);
  } else {
    const summed = readSummed(text);
    if (!summed.ok) return summed;
    for (const { time, sizes } of summed.value) timeline.level(time, sizes);
  }
  if (problem) notes.push(problem);
  if (timeline.length === 0) return err({ at: 0, message: notes[0] ?? 'the timeline has no events' });
  return ok(timeline.trace(notes));
}

function readSummed(text: Uint8Array): Result<{ time: number; sizes: number[] }[], ImportError> {
  const json = parseJson(text);
  if (!json.ok) return json;
  const [times, sizes] = Array.isArray(json.value) ? (json.value as unknown[]) : [];
  if (!Array.isArray(times) || !Array.isArray(sizes))
    return err({ at: 0, message: 'not a memory timeline: expected [times, sizes]' });
  const isNumber = (value: unknown): value is number => typeof value === 'number';
  return ok(
    times.flatMap((time: unknown, i) => {
      const row: unknown = sizes[i];
      // The first of PyTorch's sizes is an empty category.
      return isNumber(time) && Array.isArray(row)
        ? [{ time, sizes: row.slice(row.length > MEMORY_CATEGORIES.length ? 1 : 0).filter(isNumber) }]
        : [];
    }),
  );
}

/** Sorts before every time. */
const BEFORE = -Infinity;

/** Gathers changes of categories and writes one sample for each category that changed at a moment. */
class Timeline {
  readonly #times: number[] = [];
  readonly #sizes: number[] = [];
  readonly #categories: number[] = [];
  readonly #levels: { time: number; sizes: readonly number[] }[] = [];
  #strange = 0;

  get length(): number {
    return this.#times.length + this.#levels.length;
  }

  add(time: number, size: number, category: number): void {
    const known = category >= 0 && category < MEMORY_CATEGORIES.length;
    if (!known) this.#strange++;
    this.#times.push(time);
    this.#sizes.push(size);
    this.#categories.push(known ? category : MEMORY_CATEGORIES.length - 1);
  }

  level(time: number, sizes: readonly number[]): void {
    this.#levels.push({ time, sizes });
  }

  trace(notes: readonly string[]): Trace {
    const builder = new TraceBuilder();
    const track = builder.add('tracks', { name: 'memory by category', kind: 'other', group: 'GPU' });
    const series = MEMORY_CATEGORIES.map((name) => builder.add('series', { name, unit: 'bytes', track }));
    const firstNs = this.#firstNs();
    const sample = (category: number, time: number, value: number): void => {
      builder.row('samples', {
        series: series[category] as number,
        atNs: Math.max(0, time - firstNs),
        value,
      });
    };
    const order = this.#times
      .map((_, i) => i)
      .sort((a, b) => compare(this.#times[a] as number, this.#times[b] as number) || a - b);
    const level = MEMORY_CATEGORIES.map(() => 0);
    const changed = new Set<number>();
    order.forEach((i, at) => {
      const category = this.#categories[i] as number;
      level[category] = (level[category] as number) + (this.#sizes[i] as number);
      changed.add(category);
      const time = this.#times[i] as number;
      if (this.#times[order[at + 1] ?? -1] === time) return;
      for (const each of changed) sample(each, time, level[each] as number);
      changed.clear();
    });
    for (const { time, sizes } of this.#levels)
      sizes.slice(0, series.length).forEach((value, category) => sample(category, time, value));
    const strange =
      this.#strange > 0
        ? [`Events of a category we do not know, which count as unknown: ${this.#strange}.`]
        : [];
    builder.setMeta({
      origin: 'import:memory-timeline',
      status: 'ok',
      adapterReason: 'the file does not name one',
      clock: { source: 'imported', resolutionNs: 1, alignmentErrorNs: null },
      notes: [
        ...notes,
        ...strange,
        'A memory timeline holds sizes by category alone: no kernels, no operators, no single buffers.',
      ],
    });
    return builder.build();
  }

  /** Time of the first event that has one. */
  #firstNs(): number {
    let first = Infinity;
    for (const time of this.#times) if (time > BEFORE && time < first) first = time;
    for (const { time } of this.#levels) if (time >= 0 && time < first) first = time;
    return Number.isFinite(first) ? first : 0;
  }
}

function compare(a: number, b: number): number {
  return a < b ? -1 : Number(a > b);
}
