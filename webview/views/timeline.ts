/** The timeline: tracks of slices and curves on the shared axis. The panel shows the compact density of the same thing. */
import type { App, View } from '../app.ts';
import { describe, describeGap, spoken } from '../describe.ts';
import type { Description } from '../describe.ts';
import { el } from '../dom.ts';
import { rulerOrigin } from '../extent.ts';
import type { Facts } from '../facts.ts';
import { firstAtLeast, sliceAt, sliceNear } from '../marks/lane.ts';
import { createNotesRow } from '../parts/notes.ts';
import { createChoice } from '../parts/choice.ts';
import { createGutterLine } from '../parts/gutter.ts';
import { createRuler } from '../parts/ruler.ts';
import { describedContent } from '../parts/tooltip.ts';
import { Surface } from '../paint.ts';
import type { Track } from '../tracks.ts';
import { attachZoom } from '../zooming.ts';
import { curveContent } from './timeline-curves.ts';
import { createHeads } from './timeline-heads.ts';
import { createTimelineTable } from './timeline-table.ts';
import { paintOverlay } from './timeline-overlay.ts';
import { TimelinePainter } from './timeline-paint.ts';
import type { CurveId, Density, TimelineLayout } from './timeline.layout.ts';
import { curveAt, layoutTimeline, rowAt } from './timeline.layout.ts';
import { t } from '../translate.ts';

/** A thin slice can be hit from this far away. */
const NEAR_PX = 3;

/** A slice on the timeline: the track, the lane and the index in the lane. */
export interface Spot {
  readonly track: Track;
  readonly lane: number;
  readonly index: number;
}

export interface TimelineView extends View {
  /** Moves to the next or previous slice of the same kernel as the selected one, or of the same track. */
  step(direction: 1 | -1, same: 'kernel' | 'track'): void;
  spot(): Spot | null;
  describeSpot(): Description | null;
  frameMs(): number;
}

export function createTimeline(app: App, density: Density): TimelineView {
  const { store, axis } = app;
  const painter = new TimelinePainter();
  const ruler = createRuler();
  const notes = createNotesRow(app);
  const canvas = el('canvas', { class: 'marks', attr: { 'aria-hidden': 'true' } });
  const overlay = el('canvas', {
    class: 'overlay',
    attr: {
      tabindex: 0,
      role: 'application',
      'aria-roledescription': 'timeline',
      'aria-label': t('Timeline. W and S zoom, A and D move, Tab goes to the tracks.'),
    },
  });
  const plot = el('div', { class: 'plot' }, canvas, overlay);
  const headsBox = el('div', {
    class: 'heads',
    attr: { role: 'toolbar', 'aria-orientation': 'vertical', 'aria-label': t('Tracks') },
  });
  const scroller = el('div', { class: 'timeline-scroller' }, headsBox, plot);
  const picture = el(
    'div',
    { class: 'timeline-picture' },
    el('div', { class: 'ruler-row' }, ruler.corner, ruler.element),
    notes.element,
    scroller,
  );
  const element = el('div', { class: `timeline ${density}` }, picture);
  if (density === 'full') picture.append(createGutterLine(() => heads.widestPx()));

  const folded = new Set<string>();
  let layout: TimelineLayout = layoutTimeline([], {
    density,
    folded,
    pinned: new Set(),
    curves: [],
    available: 0,
  });
  let spot: Spot | null = null;
  const table = createTimelineTable(app, (at) => choose(at));
  table.element.hidden = true;
  const form = createChoice<'picture' | 'table'>(t('Show as'), [['picture', t('Picture')], ['table', t('Table')]], 'picture', (as) => {
    table.element.hidden = as !== 'table';
    picture.hidden = as === 'table';
    relayout();
  }); // prettier-ignore
  let hover: { x: number; y: number } | null = null;
  let areaFrom: number | null = null;

  const facts = (): Facts | null => store.state.facts;
  const surface = new Surface(canvas, (context, width, height) => {
    const known = facts();
    if (!known) return;
    painter.paint(context, {
      facts: known,
      layout,
      axis,
      theme: app.theme(),
      width,
      height,
      scrollTop: scroller.scrollTop,
      hidden: store.state.hidden,
    });
  });
  const top = new Surface(overlay, (context, width, height) => {
    const known = facts();
    if (known)
      paintOverlay(context, {
        facts: known,
        layout,
        axis,
        theme: app.theme(),
        width,
        height,
        scrollTop: scroller.scrollTop,
        state: store.state,
        spot,
        hover,
      });
  });

  const heads = createHeads(headsBox, app, {
    fold(id) {
      if (!folded.delete(id)) folded.add(id);
      relayout();
    },
    focusTrack(track) {
      if (spot?.track.id !== track.id) enterTrack(track);
    },
    key: (event, track) => trackKey(event, track),
  });

  function relayout(): void {
    notes.refresh();
    const known = facts();
    layout = layoutTimeline(known?.tracks().list ?? [], {
      density,
      folded,
      pinned: store.state.pinned,
      curves: known ? curveIds(known) : [],
      available: scroller.clientHeight,
    });
    headsBox.style.height = `${layout.height}px`;
    plot.style.height = `${Math.min(scroller.clientHeight || layout.height, Math.max(layout.height, 40))}px`;
    heads.draw(layout, folded, store.state, known);
    table.refresh(spot);
    repaint();
  }

  function repaint(): void {
    surface.invalidate();
    top.invalidate();
    const known = facts();
    if (known) ruler.draw(axis, rulerOrigin(known.trace, axis.visible, known.extent()[0]));
  }

  function spotAt(x: number, y: number): Spot | null {
    const row = rowAt(layout, y + scroller.scrollTop);
    const lane = row?.track.lanes[row.lane];
    if (!row || !lane) return null;
    const nsPerPx = axis.spanNs / overlay.clientWidth;
    const index = sliceNear(lane, axis.visible[0] + x * nsPerPx, NEAR_PX * nsPerPx);
    return index < 0 ? null : { track: row.track, lane: row.lane, index };
  }

  const describeSpot = (at: Spot | null): Description | null => {
    const known = facts();
    const row = at ? at.track.lanes[at.lane]?.rows[at.index] : undefined;
    return known && at && row !== undefined ? describe(known, at.track, row) : null;
  };

  function choose(at: Spot | null): void {
    spot = at;
    const description = describeSpot(at);
    app.select(description?.selection ?? null);
    if (description) app.announce(spoken(description));
    top.invalidate();
    table.refresh(at);
  }

  function enterTrack(track: Track): void {
    const lane = track.lanes[0];
    if (!lane) return;
    const index = Math.min(lane.length - 1, firstAtLeast(lane.starts, axis.visible[0]));
    choose({ track, lane: 0, index });
  }

  function moveTo(at: Spot): void {
    choose(at);
    const lane = at.track.lanes[at.lane];
    if (lane) axis.reveal(lane.starts[at.index] as number, lane.ends[at.index] as number);
  }

  function step(direction: 1 | -1, same: 'kernel' | 'track'): void {
    const known = facts();
    if (!known) return;
    const from = spot ?? firstGpuSpot(known);
    const lane = from?.track.lanes[from.lane];
    if (!from || !lane) return;
    if (!spot) return moveTo(from);
    const { dispatches, launches } = known.trace.tables;
    const kernelAt = (i: number) => launches.kernel[dispatches.launch[lane.rows[i] as number] as number];
    for (let i = from.index + direction; i >= 0 && i < lane.length; i += direction) {
      if (same === 'kernel' && from.track.kind === 'gpu' && kernelAt(i) !== kernelAt(from.index)) continue;
      return moveTo({ ...from, index: i });
    }
    app.announce(direction > 0 ? t('No further slice') : t('No earlier slice'));
  }

  function firstGpuSpot(known: Facts): Spot | null {
    const track = known.tracks().list.find(({ kind }) => kind === 'gpu');
    const lane = track?.lanes[0];
    return track && lane
      ? { track, lane: 0, index: Math.min(lane.length - 1, firstAtLeast(lane.starts, axis.visible[0])) }
      : null;
  }

  /** Arrow keys while a track has the focus. True when the key was used. */
  function trackKey(event: KeyboardEvent, track: Track): boolean {
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      if (spot?.track.id !== track.id) enterTrack(track);
      step(event.key === 'ArrowRight' ? 1 : -1, 'track');
      return true;
    }
    return false;
  }

  overlay.addEventListener('pointermove', (event) => {
    hover = { x: event.offsetX, y: event.offsetY };
    if (areaFrom !== null) store.set({ area: ordered(areaFrom, timeAt(event.offsetX)) });
    hint(event);
    top.invalidate();
  });
  overlay.addEventListener('pointerleave', () => {
    hover = null;
    app.tooltip.hide();
    top.invalidate();
  });
  overlay.addEventListener('pointerdown', (event) => {
    if (!event.shiftKey || event.button !== 0) return;
    areaFrom = timeAt(event.offsetX);
    overlay.setPointerCapture(event.pointerId);
  });
  overlay.addEventListener('pointerup', (event) => {
    if (areaFrom === null) return;
    const area = ordered(areaFrom, timeAt(event.offsetX));
    areaFrom = null;
    store.set({ area: area[1] - area[0] > axis.spanNs * 0.002 ? area : null });
  });
  overlay.addEventListener('click', (event) => {
    if (!event.shiftKey) choose(spotAt(event.offsetX, event.offsetY));
  });
  overlay.addEventListener('dblclick', (event) => {
    const description = describeSpot(spotAt(event.offsetX, event.offsetY));
    if (description) axis.glideTo(...description.range);
  });
  scroller.addEventListener('scroll', repaint, { passive: true });
  attachZoom(overlay, axis);
  axis.onChange(() => {
    surface.invalidate();
    const { selection, area } = store.state;
    if (selection || area || hover) top.invalidate();
    const known = facts();
    if (known) ruler.draw(axis, rulerOrigin(known.trace, axis.visible, known.extent()[0]));
  });
  new ResizeObserver(() => relayout()).observe(scroller);

  const timeAt = (x: number) => axis.visible[0] + (x / overlay.clientWidth) * axis.spanNs;

  function hint(event: PointerEvent): void {
    const known = facts();
    if (!known || event.buttons !== 0) return app.tooltip.hide();
    const { offsetX: x, offsetY: y } = event;
    const at = spotAt(x, y);
    const description = describeSpot(at) ?? gapUnder(known, x, y);
    const curve = description ? null : curveAt(layout, y + scroller.scrollTop);
    if (description) app.tooltip.show(describedContent(description), event.clientX, event.clientY);
    else if (curve)
      app.tooltip.show(
        curveContent(known, curve.id, timeAt(x), axis.spanNs / overlay.clientWidth),
        event.clientX,
        event.clientY,
      );
    else app.tooltip.hide();
  }

  function gapUnder(known: Facts, x: number, y: number): Description | null {
    const row = rowAt(layout, y + scroller.scrollTop);
    if (row?.track.kind !== 'gpu') return null;
    if (!known.idleLane.known) return null;
    const idle = known.idleLane();
    const index = sliceAt(idle, timeAt(x));
    return index < 0 ? null : describeGap(known, idle.rows[index] as number);
  }

  function curveIds(known: Facts): readonly CurveId[] {
    const main: CurveId[] = [];
    if (known.occupancies().some(({ achieved }) => Number.isFinite(achieved))) main.push('occupancy');
    if (known.trace.tables.buffers.length > 0) main.push('memory');
    if (density === 'compact') return main;
    const hasKernels = known.tracks().list.some(({ kind }) => kind === 'gpu');
    return [...(hasKernels ? (['busy'] as const) : []), ...main, ...known.series().map(({ id }) => id)];
  }

  if (density === 'full') element.append(table.element);
  return {
    element,
    ...(density === 'full' ? { tools: form.element } : {}),
    refresh: relayout,
    repaint: relayout,
    step,
    spot: () => spot,
    describeSpot: () => describeSpot(spot),
    frameMs: () => surface.lastMs,
  };
}

const ordered = (a: number, b: number): [number, number] => (a < b ? [a, b] : [b, a]);
