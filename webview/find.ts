/** Search over the whole trace: steps, kernels, layers, buffers, and what is named on the tracks. Pure; one finder a kind. */
import { formatBytes, formatNs } from '../src/base/format.ts';
import { ROLES } from '../src/trace/model.ts';
import type { Trace } from '../src/trace/model.ts';
import type { Selection } from '../src/wire/view-messages.ts';
import type { Range } from './axis.ts';
import { baseName } from './dom.ts';
import type { Facts } from './facts.ts';
import { t } from './translate.ts';

export interface Found {
  readonly name: string;
  readonly kind: string;
  readonly detail: string;
  /** What it selects everywhere; what is only a name on a track is a stretch of time instead. */
  readonly target: { readonly selection: Selection } | { readonly range: Range };
}

/** `text`: lower case, not empty. Best first. */
type Finder = (facts: Facts, text: string) => Found[];

const FINDERS: readonly Finder[] = [findSteps, findKernels, findLayers, findSlices, findMarks, findBuffers];
const MOST = 14;
/** So many of each kind come before any kind fills the rest. */
const FIRST_OF_EACH = 3;

export function findInTrace(facts: Facts, query: string): Found[] {
  const text = query.trim().toLowerCase();
  if (text === '') return [];
  const all = FINDERS.map((find) => find(facts, text));
  const first = all.map((found) => found.slice(0, FIRST_OF_EACH));
  const room = MOST - first.flat().length;
  let left = room;
  return all
    .flatMap((found, kind) => {
      const more = found.slice(first[kind]!.length, first[kind]!.length + Math.max(0, left));
      left -= more.length;
      return [...first[kind]!, ...more];
    })
    .slice(0, MOST);
}

function findSteps({ trace }: Facts, text: string): Found[] {
  const step = Number(/^(?:step\s*)?(\d+)$/.exec(text)?.[1] ?? NaN);
  return trace.tables.steps.index.includes(step)
    ? [{ name: `step ${step}`, kind: 'step', detail: '', target: { selection: { kind: 'step', step } } }]
    : [];
}

function findKernels(facts: Facts, text: string): Found[] {
  return facts
    .kernels()
    .filter(({ name, family }) => name.toLowerCase().includes(text) || family.includes(text))
    .map(({ name, kernel, totalNs, count }) => ({
      name,
      kind: 'kernel',
      detail: Number.isFinite(totalNs) ? `${count} × · ${formatNs(totalNs)}` : t('not timed'),
      target: { selection: { kind: 'kernel', kernel } },
    }));
}

function findLayers({ trace }: Facts, text: string): Found[] {
  return trace.layers.flatMap((layer, id) => {
    const line = trace.locations[layer.location];
    const words = `${layer.path} ${layer.type} ${line ? `${baseName(line.file)}:${line.line}` : ''}`;
    if (!words.toLowerCase().includes(text)) return [];
    const detail = line ? `line ${line.line}` : '';
    return [{ name: layer.path, kind: layer.type, detail, target: { selection: { kind: 'layer', layer: id } } }]; // prettier-ignore
  });
}

/** Slices of one name together; it leads to the longest of them. */
function findSlices({ trace }: Facts, text: string): Found[] {
  const { name, startNs, endNs, length } = trace.tables.slices;
  const wanted = namesWith(trace, text);
  const found = new Map<number, { count: number; totalNs: number; longest: number }>();
  for (let row = 0; row < length; row++) {
    const id = name[row] as number;
    if (!wanted.has(id)) continue;
    const ns = (endNs[row] as number) - (startNs[row] as number);
    const sum = found.get(id) ?? { count: 0, totalNs: 0, longest: row };
    const longest = (endNs[sum.longest] as number) - (startNs[sum.longest] as number);
    found.set(id, {
      count: sum.count + 1,
      totalNs: sum.totalNs + (ns > 0 ? ns : 0),
      longest: ns > longest ? row : sum.longest,
    });
  }
  return [...found]
    .sort(([, a], [, b]) => b.totalNs - a.totalNs)
    .map(([id, { count, totalNs, longest }]) => ({
      name: trace.strings[id] ?? '',
      kind: 'slice',
      detail: `${count} × · ${formatNs(totalNs)}`,
      target: { range: [startNs[longest] as number, endNs[longest] as number] },
    }));
}

function findMarks({ trace }: Facts, text: string): Found[] {
  const { name, atNs, length } = trace.tables.marks;
  const wanted = namesWith(trace, text);
  const first = new Map<number, number>();
  for (let row = 0; row < length; row++)
    if (wanted.has(name[row] as number) && !first.has(name[row] as number))
      first.set(name[row] as number, row);
  return [...first].map(([id, row]) => ({
    name: trace.strings[id] ?? '',
    kind: 'mark',
    detail: '',
    target: { range: [atNs[row] as number, atNs[row] as number] },
  }));
}

/** By label, role or the line that made them; the largest first. */
function findBuffers({ trace }: Facts, text: string): Found[] {
  const { label, role, location, sizeBytes, length } = trace.tables.buffers;
  const rows: number[] = [];
  for (let row = 0; row < length; row++) {
    const line = trace.locations[location[row] as number];
    const words = `${trace.strings[label[row] as number] ?? ''} ${ROLES[role[row] as number] ?? ''} ${line ? `${baseName(line.file)}:${line.line}` : ''} buffer ${row}`;
    if (words.toLowerCase().includes(text)) rows.push(row);
  }
  return rows
    .sort((a, b) => (sizeBytes[b] as number) - (sizeBytes[a] as number))
    .slice(0, MOST)
    .map((row) => ({
      name: trace.strings[label[row] as number] || `buffer ${row}`,
      kind: ROLES[role[row] as number] ?? 'buffer',
      detail: formatBytes(sizeBytes[row] as number),
      target: { selection: { kind: 'buffer', buffer: row } },
    }));
}

function namesWith({ strings }: Trace, text: string): Set<number> {
  return new Set(strings.flatMap((name, id) => (name.toLowerCase().includes(text) ? [id] : [])));
}
