/** The slices in view as a table: the equivalent of the picture for those who read, sharing its selection. */
import { formatNs } from '../../src/base/format.ts';
import type { SourceLocation } from '../../src/trace/model.ts';
import type { App } from '../app.ts';
import type { Range } from '../axis.ts';
import { describe, labelOf } from '../describe.ts';
import { baseName, el, sourceLink } from '../dom.ts';
import type { Facts } from '../facts.ts';
import { firstAbove } from '../marks/lane.ts';
import { createTable } from '../parts/table.ts';
import type { Column } from '../parts/table.ts';
import type { Track } from '../tracks.ts';
import type { Spot } from './timeline.ts';
import { t } from '../translate.ts';

export interface SliceRow {
  readonly key: string;
  readonly spot: Spot;
  readonly track: string;
  readonly name: string;
  readonly startNs: number;
  readonly ns: number;
  readonly source: SourceLocation | null;
}

/** More rows are of no use to anybody: the reader zooms in. */
const MOST_ROWS = 2000;
/** The table follows a movement when it has ended. */
const SETTLE_MS = 160;

/** Slices that touch the visible time, by start; at most the first so many. */
export function slicesInView(
  facts: Facts,
  [from, to]: Range,
  most = MOST_ROWS,
): { readonly rows: SliceRow[]; readonly all: number } {
  const { list, spans } = facts.tracks();
  const spots: { spot: Spot; start: number }[] = [];
  for (const track of list)
    for (const [lane, { starts, ends, length }] of track.lanes.entries())
      for (let i = firstAbove(ends, from); i < length && (starts[i] as number) < to; i++)
        spots.push({ spot: { track, lane, index: i }, start: starts[i] as number });
  spots.sort((a, b) => a.start - b.start);
  const rows = spots.slice(0, most).map(({ spot }): SliceRow => {
    const lane = spot.track.lanes[spot.lane];
    const row = lane?.rows[spot.index] as number;
    const start = lane?.starts[spot.index] as number;
    return {
      key: keyOf(spot),
      spot,
      track: spot.track.title,
      name: labelOf(facts.trace, spot.track, row, (span) => spans.layer[span] as number),
      startNs: start,
      ns: (lane?.ends[spot.index] as number) - start,
      source: describe(facts, spot.track, row).source,
    };
  });
  return { rows, all: spots.length };
}

export function keyOf({
  track,
  lane,
  index,
}: {
  readonly track: Track;
  readonly lane: number;
  readonly index: number;
}): string {
  return `${track.id} ${lane} ${index}`;
}

export function createTimelineTable(
  app: App,
  choose: (spot: Spot) => void,
): { readonly element: HTMLElement; refresh(spot: Spot | null): void } {
  const note = el('p', { class: 'faint view-note', attr: { role: 'status' } });
  let origin = 0;
  const columns: readonly Column<SliceRow>[] = [
    { id: 'name', title: t('Slice'), cell: ({ name }) => name, key: ({ name }) => name },
    { id: 'track', title: t('Track'), cell: ({ track }) => track, key: ({ track }) => track },
    { id: 'start', title: t('Start'), about: t('From the left edge of the view'), numeric: true, cell: ({ startNs }) => (startNs < origin ? 'before' : formatNs(startNs - origin, 3)), key: ({ startNs }) => startNs },
    { id: 'time', title: t('Time'), numeric: true, cell: ({ ns }) => formatNs(ns, 3), key: ({ ns }) => ns },
    { id: 'line', title: t('Line'), cell: ({ source }) => (source ? sourceLink(`${baseName(source.file)}:${source.line}`, () => app.open(source)) : '–') },
  ]; // prettier-ignore
  const table = createTable<SliceRow>({
    label: t('Slices in view'),
    columns,
    rowKey: ({ key }) => key,
    onSelect: ({ spot }) => choose(spot),
    onOpen: ({ source }) => source && app.open(source),
  });
  const element = el('div', { class: 'timeline-table' }, note, table.element);
  let rows: readonly SliceRow[] = [];
  let of: unknown = null;
  let timer = 0;
  let shown: Spot | null = null;
  function draw(): void {
    const { facts } = app.store.state;
    if (!facts || element.hidden) return;
    const [from, to] = app.axis.visible;
    const key = `${from} ${to} ${facts.trace.tables.dispatches.length}`;
    if (key !== of) {
      of = key;
      origin = from;
      const found = slicesInView(facts, app.axis.visible);
      rows = found.rows;
      note.textContent = found.all > rows.length ? t('The first {0} of {1} slices in view. Zoom in for the others.', rows.length.toLocaleString('en-US'), found.all.toLocaleString('en-US')) : t('{0} slices in view, by start.', rows.length.toLocaleString('en-US')); // prettier-ignore
    }
    table.show(rows, shown && keyOf(shown));
  }
  app.axis.onChange(() => {
    clearTimeout(timer);
    timer = window.setTimeout(draw, SETTLE_MS);
  });
  return {
    element,
    refresh(spot) {
      shown = spot;
      draw();
    },
  };
}
