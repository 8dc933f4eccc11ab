/** What moves over the timeline: pointer line, selection, slices like the selected one, the chosen stretch. */
import type { TimeAxis } from '../axis.ts';
import type { Facts } from '../facts.ts';
import { formatNs } from '../../src/base/format.ts';
import { firstAbove } from '../marks/lane.ts';
import type { Lane } from '../marks/lane.ts';
import { setFont } from '../paint.ts';
import type { State } from '../state.ts';
import type { Theme } from '../theme.ts';
import type { TimelineLayout } from './timeline.layout.ts';
import type { Spot } from './timeline.ts';
import { findDispatch, paintLaunch, paintPartners } from './timeline-arrows.ts';

export interface OverlayPaint {
  readonly facts: Facts;
  readonly layout: TimelineLayout;
  readonly axis: TimeAxis;
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
  readonly scrollTop: number;
  readonly state: State;
  readonly spot: Spot | null;
  readonly hover: { readonly x: number; readonly y: number } | null;
}

/** More slices than this in view are too thin to outline. */
const MAX_OUTLINED = 4000;

export function paintOverlay(context: CanvasRenderingContext2D, at: OverlayPaint): void {
  const { theme, hover, height } = at;
  setFont(context, theme, 11);
  paintNotes(context, at);
  paintArea(context, at);
  context.save();
  context.translate(0, -at.scrollTop);
  outlineAlike(context, at);
  outlineSpot(context, at);
  paintLaunch(context, at);
  paintPartners(context, at);
  context.restore();
  if (hover) {
    context.globalAlpha = 0.5;
    context.fillStyle = theme.faint;
    context.fillRect(Math.round(hover.x), 0, 1, height);
    context.globalAlpha = 1;
  }
}

/** A faint line down from each note's flag. */
function paintNotes(
  context: CanvasRenderingContext2D,
  { state, axis, theme, width, height }: OverlayPaint,
): void {
  const x = axis.scale(width);
  context.fillStyle = theme.warning;
  context.globalAlpha = 0.55;
  for (const { fromNs, toNs } of state.notes)
    for (const ns of fromNs === toNs ? [fromNs] : [fromNs, toNs])
      if (x(ns) >= 0 && x(ns) <= width) context.fillRect(Math.round(x(ns)), 0, 1, height);
  context.globalAlpha = 1;
}

function paintArea(
  context: CanvasRenderingContext2D,
  { state, axis, theme, width, height }: OverlayPaint,
): void {
  if (!state.area) return;
  const x = axis.scale(width);
  const [left, right] = [x(state.area[0]), x(state.area[1])];
  context.fillStyle = theme.accent;
  context.globalAlpha = 0.12;
  context.fillRect(left, 0, right - left, height);
  context.globalAlpha = 1;
  context.fillRect(left, 0, 1, height);
  context.fillRect(right - 1, 0, 1, height);
  const text = formatNs(state.area[1] - state.area[0], 3);
  const wide = context.measureText(text).width + 12;
  if (right - left < wide) return;
  context.fillRect((left + right - wide) / 2, height - 18, wide, 16);
  context.fillStyle = theme.ground;
  context.fillText(text, (left + right - wide) / 2 + 6, height - 9.5);
}

/** Outlines what belongs to the selection: dispatches of the same kernel, spans and kernels of the selected layer. */
function outlineAlike(context: CanvasRenderingContext2D, at: OverlayPaint): void {
  const { facts, state, theme } = at;
  const { selection } = state;
  if (!selection) return;
  const { dispatches, launches } = facts.trace.tables;
  const kernelOf = (row: number) => launches.kernel[dispatches.launch[row] as number];
  const layerOf = (row: number) => launches.layer[dispatches.launch[row] as number];
  const kernel =
    selection.kind === 'kernel'
      ? selection.kernel
      : selection.kind === 'dispatch'
        ? kernelOf(selection.dispatch)
        : undefined;
  const layer = selection.kind === 'layer' ? selection.layer : undefined;
  const within = layer === undefined ? null : descendants(facts, layer);
  const { spans } = facts.tracks();
  for (const row of at.layout.rows) {
    const lane = row.track.lanes[row.lane];
    if (!lane) continue;
    const matches =
      row.track.kind === 'gpu' && kernel !== undefined
        ? (r: number) => kernelOf(r) === kernel
        : row.track.kind === 'gpu' && within
          ? (r: number) => within.has(layerOf(r) ?? -1)
          : row.track.kind === 'layers' && layer !== undefined
            ? (r: number) => spans.layer[r] === layer
            : null;
    if (matches)
      outline(context, at, lane, row, matches, theme.ink, selection.kind === 'dispatch' ? 0.45 : 0.8);
  }
}

function outline(
  context: CanvasRenderingContext2D,
  at: OverlayPaint,
  lane: Lane,
  row: { top: number; height: number },
  matches: (row: number) => boolean,
  color: string,
  alpha: number,
): void {
  const [from, to] = at.axis.visible;
  const perNs = at.width / (to - from);
  const first = firstAbove(lane.ends, from);
  context.strokeStyle = color;
  context.globalAlpha = alpha;
  context.lineWidth = 1;
  for (
    let i = first, seen = 0;
    i < lane.length && (lane.starts[i] as number) < to && seen < MAX_OUTLINED;
    i++, seen++
  ) {
    if (!matches(lane.rows[i] as number)) continue;
    const left = ((lane.starts[i] as number) - from) * perNs;
    const wide = Math.max(2, ((lane.ends[i] as number) - (lane.starts[i] as number)) * perNs - 1);
    context.strokeRect(left + 0.5, row.top + 0.5, wide - 1, row.height - 1);
  }
  context.globalAlpha = 1;
}

function descendants(facts: Facts, layer: number): ReadonlySet<number> {
  const found = new Set([layer]);
  facts.trace.layers.forEach((info, id) => {
    if (found.has(info.parent)) found.add(id);
  });
  return found;
}

function outlineSpot(context: CanvasRenderingContext2D, at: OverlayPaint): void {
  const { spot, state } = at;
  const lane = spot?.track.lanes[spot.lane];
  let box =
    spot && lane
      ? {
          lane,
          index: spot.index,
          row: at.layout.rows.find((row) => row.track.id === spot.track.id && row.lane === spot.lane),
        }
      : null;
  const selection = state.selection;
  if (selection?.kind === 'dispatch' && !(box && box.lane.rows[box.index] === selection.dispatch))
    box = findDispatch(at, selection.dispatch);
  if (!box?.row) return;
  const [from, to] = at.axis.visible;
  const perNs = at.width / (to - from);
  const left = ((box.lane.starts[box.index] as number) - from) * perNs;
  const wide = Math.max(
    4,
    ((box.lane.ends[box.index] as number) - (box.lane.starts[box.index] as number)) * perNs,
  );
  context.lineWidth = 2;
  context.strokeStyle = at.theme.ground;
  context.strokeRect(left - 2, box.row.top - 2, wide + 3, box.row.height + 4);
  context.strokeStyle = at.theme.focus;
  context.strokeRect(left - 1, box.row.top - 1, wide + 1, box.row.height + 2);
  context.lineWidth = 1;
}
