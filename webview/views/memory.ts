/** GPU memory: what is alive over time, stacked by role or by layer or buffer by buffer, and its peak explained. */
import { lifetimes } from '../../src/analysis/lifetimes.ts';
import { poolBuffers } from '../../src/analysis/memory-events.ts';
import { formatBytes, formatCount, formatShare } from '../../src/base/format.ts';
import { ROLES } from '../../src/trace/model.ts';
import type { App, View } from '../app.ts';
import type { MemoryCurve } from '../curves.ts';
import { button, el } from '../dom.ts';
import type { Facts } from '../facts.ts';
import { memoryColor, paintMemory } from '../marks/paint-curves.ts';
import { createAxisChart } from '../parts/axis-chart.ts';
import { createChoice } from '../parts/choice.ts';
import { createTable } from '../parts/table.ts';
import { figuresList } from '../parts/tooltip.ts';
import type { State } from '../state.ts';
import { paintBuffers } from './memory-paint.ts';
import { batchProjection, heldDifference } from './memory-projection.ts';
import { bufferName, bufferRows, heldColumns, lineRows } from './memory-rows.ts';
import type { HeldRow } from './memory-rows.ts';
import { placeBuffers, stackHeight } from './memory.layout.ts';
import type { BufferBox, BufferLife } from './memory.layout.ts';
import { t } from '../translate.ts';
import { term } from '../terms.ts';

type Mode = 'role' | 'layer' | 'buffers';
type Listed = 'buffer' | 'line';

export function createMemory(app: App): View {
  let mode: Mode = 'role';
  /** Moment whose living buffers the table lists; null is the peak. */
  let momentNs: number | null = null;
  const facts = (): Facts | null => app.store.state.facts;
  const curveOf = (known: Facts): MemoryCurve =>
    mode === 'layer' ? known.layerCurve() : known.memoryCurve();
  const boxesOf = remember((known: Facts) => placedBuffers(known));
  const ceiling = (known: Facts) =>
    mode === 'buffers' ? stackHeight(boxesOf(known)) * 1.04 : curveOf(known).ceiling;

  const chart = createAxisChart(app, {
    label: t('Memory over time. The table below lists what is alive.'),
    draw(context, width, height) {
      const known = facts();
      if (!known) return;
      const at = { axis: app.axis, theme: app.theme(), width, top: 0, height: height - 1 };
      if (mode === 'buffers')
        paintBuffers(context, known.trace, boxesOf(known), {
          ...at,
          ceiling: ceiling(known),
          selected: selectedBuffer(app),
        });
      else paintMemory(context, curveOf(known), at);
      paintPeak(context, known, at);
    },
    labels(height) {
      const known = facts();
      if (!known) return [];
      const top = ceiling(known);
      return [1, 2 / 3, 1 / 3].map((share) => ({
        y: height - share * (height - 2) + 2,
        text: formatBytes(top * share, 2),
      }));
    },
    hint(ns, y, height, nsPerPx) {
      const known = facts();
      if (!known) return null;
      if (mode === 'buffers') return bufferHint(known, boxAt(known, ns, y, height));
      const curve = curveOf(known);
      const at = curve.highest.columns(ns, ns + nsPerPx, 1)[0] ?? -1;
      if (at < 0) return null;
      const figures = curve.order
        .map((key) => ({
          label: term(curve.timeline.keys[key] ?? ''),
          bytes: (curve.timeline.bytes[key] as Float64Array)[at] as number,
        }))
        .filter(({ bytes }) => bytes > 0)
        .sort((a, b) => b.bytes - a.bytes)
        .map(({ label, bytes }) => ({ label, value: formatBytes(bytes) }));
      return [
        tipHead(t('{0} in use', formatBytes(curve.timeline.live[at] as number)), t('measured')),
        figuresList({ figures }),
        el('div', { class: 'tip-note', text: t('Click lists what is alive here') }),
      ];
    },
    onClick(ns, y, height) {
      const known = facts();
      if (!known) return;
      const box = mode === 'buffers' ? boxAt(known, ns, y, height) : null;
      if (box) app.select({ kind: 'buffer', buffer: box.buffer });
      momentNs = ns;
      refresh();
    },
  });

  function boxAt(known: Facts, ns: number, y: number, height: number): BufferBox | null {
    const bytes = ((height - 1 - y) / (height - 3)) * ceiling(known);
    return (
      boxesOf(known).find(
        (box) => ns >= box.bornNs && ns < box.diedNs && bytes >= box.from && bytes < box.to,
      ) ?? null
    );
  }

  const choice = createChoice<Mode>(t('Stack by'), [['role', t('Role')], ['layer', t('Layer')], ['buffers', t('Every buffer')]], mode, (next) => {
    mode = next;
    refresh();
  }); // prettier-ignore
  const summary = el('div', { class: 'memory-summary' });
  const keys = el('div', { class: 'keys-line' });
  const heading = el('h2', { class: 'section-title' });
  let list: Listed = 'buffer';
  const toPeak = button(t('Back to the peak'), () => { momentNs = null; refresh(); }, { kind: 'quiet' }); // prettier-ignore
  const tableOf = (by: Listed) =>
    createTable<HeldRow>({
      label: by === 'buffer' ? t('Buffers alive') : t('Lines of the buffers alive'),
      columns: heldColumns(app, by),
      rowKey: ({ key }) => key,
      sort: { column: 'bytes', descending: true },
      onSelect: ({ buffer }) => app.select({ kind: 'buffer', buffer }),
      onOpen: ({ source }) => source && app.open(source),
    });
  const tables = { buffer: tableOf('buffer'), line: tableOf('line') };
  const listed = createChoice<Listed>(t('List by'), [['buffer', t('Buffer')], ['line', t('Line')]], list, (next) => {
    list = next;
    refresh();
  }); // prettier-ignore
  const tablePlace = el('div', { class: 'memory-list' });
  const aside = el('aside', {
    class: 'memory-aside',
    attr: { tabindex: 0, 'aria-label': t('Memory otherwise') },
  });
  const element = el(
    'div',
    { class: 'view memory' },
    el('div', { class: 'view-head' }, summary, el('span', { class: 'grow' }), choice.element),
    chart.element,
    keys,
    el(
      'div',
      { class: 'memory-lower' },
      el(
        'div',
        { class: 'memory-alive' },
        el('div', { class: 'list-head' }, heading, toPeak, el('span', { class: 'grow' }), listed.element),
        tablePlace,
      ),
      aside,
    ),
  );
  let asideOf: { readonly facts: Facts; readonly baseline: State['baseline'] } | null = null;
  const linesOf = remember((rows: readonly HeldRow[]) => lineRows(rows));
  const rowsAt = remember2((known: Facts, moment: number | null) => bufferRows(known, moment));

  function refresh(): void {
    const known = facts();
    if (!known) return;
    const peak = known.peak();
    summary.replaceChildren(...memorySummary(known));
    const curve = curveOf(known);
    keys.replaceChildren(
      ...curve.order.map((key) =>
        el(
          'span',
          { class: 'key' },
          el('span', { class: 'swatch', style: { background: memoryColor(app.theme(), curve, key) } }),
          term(curve.timeline.keys[key] ?? ''),
        ),
      ),
    );
    const boxes = mode === 'buffers' ? boxesOf(known).length : 0;
    if (boxes === MOST_BOXES)
      keys.append(el('span', { class: 'faint', text: t('the {0} largest buffers', formatCount(boxes)) }));
    const rows = rowsAt(known, momentNs);
    const bytes = rows.reduce((total, row) => total + row.bytes, 0);
    heading.textContent =
      momentNs === null
        ? t('Alive at the peak: {0} in {1} buffers', formatBytes(peak.bytes), formatCount(rows.length))
        : t('Alive at the chosen moment: {0} in {1} buffers', formatBytes(bytes), formatCount(rows.length));
    const selected = selectedBuffer(app);
    const table = tables[list];
    if (tablePlace.firstChild !== table.element) tablePlace.replaceChildren(table.element);
    if (list === 'buffer') table.show(rows, selected === null ? null : String(selected));
    else {
      const lines = linesOf(rows);
      table.show(lines, lines.find(({ buffer }) => buffer === selected)?.key ?? null);
    }
    toPeak.hidden = momentNs === null;
    const { baseline } = app.store.state;
    if (asideOf?.facts !== known || asideOf.baseline !== baseline) {
      asideOf = { facts: known, baseline };
      const parts = [
        batchProjection(known),
        baseline ? heldDifference(baseline.trace, baseline.title, known.trace) : null,
      ].filter((part) => part !== null);
      aside.replaceChildren(...parts);
      aside.hidden = parts.length === 0;
    }
    chart.refresh();
  }

  return { element, refresh, repaint: refresh };
}

function selectedBuffer({ store }: App): number | null {
  const { selection } = store.state;
  return selection?.kind === 'buffer' ? selection.buffer : null;
}

function memorySummary(known: Facts): HTMLElement[] {
  const peak = known.peak();
  const { adapter, host } = known.trace.meta;
  const limit = adapter?.memoryBytes ?? (adapter?.software ? (host?.memoryBytes ?? null) : null);
  const of =
    limit === null
      ? t('the device does not tell its limit')
      : adapter?.software
        ? t('{0} of {1} of this machine’s memory', formatShare(peak.bytes / limit), formatBytes(limit))
        : t('{0} of {1}', formatShare(peak.bytes / limit), formatBytes(limit));
  const reserved =
    peak.reservedBytes > peak.bytes * 1.01 ? t(', {0} held in pools', formatBytes(peak.reservedBytes)) : '';
  return [
    el('strong', { class: 'big', text: formatBytes(peak.bytes) }),
    el('span', { class: 'faint', text: t('at the peak, {0}{1}', of, reserved) }),
  ];
}

/** More boxes than this could be neither seen nor drawn in time; the largest are kept. */
const MOST_BOXES = 20_000;

function placedBuffers(known: Facts): readonly BufferBox[] {
  const { trace } = known;
  const pools = poolBuffers(trace);
  const { buffers } = trace.tables;
  const { bornNs, diedNs } = lifetimes(trace);
  const lives: BufferLife[] = [];
  for (let i = 0; i < buffers.length; i++)
    if (!pools.has(i))
      lives.push({
        buffer: i,
        bornNs: bornNs[i] as number,
        diedNs: Number.isNaN(diedNs[i]) ? Infinity : (diedNs[i] as number),
        sizeBytes: buffers.sizeBytes[i] as number,
      });
  if (lives.length > MOST_BOXES) {
    lives.sort((a, b) => b.sizeBytes - a.sizeBytes);
    lives.length = MOST_BOXES;
  }
  return placeBuffers(lives, known.extent()[1]);
}

function bufferHint(known: Facts, box: BufferBox | null): Node[] | null {
  if (!box) return null;
  const { buffers } = known.trace.tables;
  const role = ROLES[buffers.role[box.buffer] as number] ?? 'unknown';
  const layer = known.trace.layers[buffers.layer[box.buffer] as number];
  return [
    tipHead(bufferName(known.trace, box.buffer), term(role)),
    figuresList({
      figures: [
        { label: t('Size'), value: formatBytes(box.to - box.from) },
        ...(layer ? [{ label: t('Layer'), value: layer.path }] : []),
      ],
    }),
  ];
}

function paintPeak(
  context: CanvasRenderingContext2D,
  known: Facts,
  at: { axis: App['axis']; theme: ReturnType<App['theme']>; width: number; height: number },
): void {
  const { atNs, bytes } = known.peak();
  const x = at.axis.scale(at.width)(atNs);
  if (!Number.isFinite(x) || x < 0 || x > at.width) return;
  context.fillStyle = at.theme.ink;
  context.globalAlpha = 0.7;
  context.fillRect(Math.round(x), 0, 1, at.height);
  context.globalAlpha = 1;
  const text = `peak ${formatBytes(bytes)}`;
  const wide = context.measureText(text).width;
  const left = x + wide + 10 > at.width ? x - wide - 6 : x + 6;
  context.fillStyle = at.theme.ground;
  context.fillRect(left - 3, 2, wide + 6, 15);
  context.fillStyle = at.theme.ink;
  context.fillText(text, left, 10);
}

const tipHead = (title: string, kind: string) =>
  el(
    'div',
    { class: 'tip-head' },
    el('span', { class: 'tip-title', text: title }),
    el('span', { class: 'tip-kind', text: kind }),
  );

/** Keeps the last answer: facts change only when the trace does. */
function remember<A, T>(compute: (a: A) => T): (a: A) => T {
  let last: { readonly a: A; readonly value: T } | null = null;
  return (a) => (last?.a === a ? last : (last = { a, value: compute(a) })).value;
}

function remember2<A, B, T>(compute: (a: A, b: B) => T): (a: A, b: B) => T {
  let last: { readonly a: A; readonly b: B; readonly value: T } | null = null;
  return (a, b) => (last?.a === a && last.b === b ? last : (last = { a, b, value: compute(a, b) })).value;
}
