/** The tables under the memory picture: buffers alive at a moment, or the lines that hold them. */
import { aliveAt } from '../../src/analysis/memory.ts';
import { formatBytes, formatCount, formatShare } from '../../src/base/format.ts';
import { ROLES } from '../../src/trace/model.ts';
import type { SourceLocation, Trace } from '../../src/trace/model.ts';
import type { App } from '../app.ts';
import { baseName, el, sourceLink } from '../dom.ts';
import type { Facts } from '../facts.ts';
import { shareBar } from '../parts/table.ts';
import type { Column } from '../parts/table.ts';
import { t } from '../translate.ts';
import { term } from '../terms.ts';

export interface HeldRow {
  readonly key: string;
  /** The buffer, or the largest one of a line. */
  readonly buffer: number;
  readonly count: number;
  readonly name: string;
  readonly role: string;
  readonly layer: string;
  /** Where it was made, or else the line of its layer. */
  readonly source: SourceLocation | null;
  readonly bytes: number;
  readonly share: number;
}

/** What a buffer is called: its label, or else what it is for and whose it is. */
export function bufferName(trace: Trace, buffer: number): string {
  const { buffers } = trace.tables;
  const label = trace.strings[buffers.label[buffer] as number];
  if (label) return label;
  const role = ROLES[buffers.role[buffer] as number] ?? 'unknown';
  const layer = trace.layers[buffers.layer[buffer] as number];
  if (!layer) return role === 'unknown' ? t('buffer {0}', buffer) : `${term(role)} ${buffer}`;
  return t('{0} of {1}', term(role), layerWords(trace, buffer));
}

function layerWords(trace: Trace, buffer: number): string {
  const layer = trace.layers[trace.tables.buffers.layer[buffer] as number];
  if (!layer) return '';
  return layer.path.endsWith(layer.type) ? layer.path : `${layer.path} ${layer.type}`;
}

export function bufferRows(known: Facts, moment: number | null): HeldRow[] {
  const { trace } = known;
  const { buffers } = trace.tables;
  const alive = moment === null ? known.peak().alive : aliveAt(trace, moment);
  const total = alive.reduce((sum, buffer) => sum + (buffers.sizeBytes[buffer] as number), 0);
  return alive.map((buffer) => {
    const bytes = buffers.sizeBytes[buffer] as number;
    const layer = trace.layers[buffers.layer[buffer] as number];
    return {
      key: String(buffer),
      buffer,
      count: 1,
      name: bufferName(trace, buffer),
      role: ROLES[buffers.role[buffer] as number] ?? 'unknown',
      layer: layerWords(trace, buffer),
      source:
        trace.locations[buffers.location[buffer] as number] ?? trace.locations[layer?.location ?? -1] ?? null,
      bytes,
      share: bytes / total,
    };
  });
}

/** Buffers of one line and role together. */
export function lineRows(rows: readonly HeldRow[]): HeldRow[] {
  const lines = new Map<string, HeldRow>();
  for (const row of rows) {
    const place = row.source ? `${row.source.file}:${row.source.line}` : `no line ${row.layer}`;
    const key = `${place} ${row.role}`;
    const there = lines.get(key);
    const name = row.source ? `${baseName(row.source.file)}:${row.source.line}` : t('no line');
    lines.set(
      key,
      there
        ? { ...there, count: there.count + 1, bytes: there.bytes + row.bytes, share: there.share + row.share }
        : { ...row, key, name },
    );
  }
  return [...lines.values()];
}

export function heldColumns(app: App, by: 'buffer' | 'line'): readonly Column<HeldRow>[] {
  const name: Column<HeldRow> = {
    id: 'name',
    title: by === 'buffer' ? t('Buffer') : t('Line'),
    cell: ({ name: text, role }) =>
      el('span', { class: 'kernel-name' }, el('span', { class: 'swatch', style: { background: `var(--ks-role-${role})` } }), text),
    key: ({ name: text }) => text,
  }; // prettier-ignore
  return [
    name,
    { id: 'role', title: t('Role'), cell: ({ role }) => term(role), key: ({ role }) => role },
    { id: 'layer', title: t('Layer'), cell: ({ layer }) => layer || '–', key: ({ layer }) => layer },
    by === 'buffer'
      ? { id: 'line', title: t('Line'), about: t('Where it was made, or else the line of its layer'), cell: ({ source }) => (source ? sourceLink(`${baseName(source.file)}:${source.line}`, () => app.open(source)) : '–'), key: ({ source }) => (source ? `${baseName(source.file)}:${source.line}` : '') }
      : { id: 'count', title: t('Buffers'), numeric: true, cell: ({ count }) => formatCount(count), key: ({ count }) => count },
    { id: 'bytes', title: t('Size'), numeric: true, cell: ({ bytes }) => formatBytes(bytes), key: ({ bytes }) => bytes },
    { id: 'share', title: t('Share'), about: t('Of what is alive at this moment'), numeric: true, cell: ({ share, role }) => shareBar(share, formatShare(share), `var(--ks-role-${role})`), key: ({ share }) => share, width: '150px' },
  ]; // prettier-ignore
}
