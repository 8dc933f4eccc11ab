/** Arrows over the timeline: from the launching call to its kernel, and between forward and backward. */
import { PHASES } from '../../src/trace/model.ts';
import { firstAbove } from '../marks/lane.ts';
import type { Lane } from '../marks/lane.ts';
import type { OverlayPaint } from './timeline-overlay.ts';

export function findDispatch(at: OverlayPaint, dispatch: number) {
  const start = at.facts.trace.tables.dispatches.startNs[dispatch] as number;
  for (const row of at.layout.rows) {
    const lane = row.track.kind === 'gpu' ? row.track.lanes[row.lane] : undefined;
    if (!lane) continue;
    const index = firstAbove(lane.ends, start);
    if (lane.rows[index] === dispatch) return { lane, index, row };
  }
  return null;
}

/** A point on the picture: a moment, and a height in it. */
interface Spot {
  readonly ns: number;
  readonly y: number;
}

/** Where the selected kernel was launched: the call that an arrow of the trace comes from, else the script's own time. */
function launchOf(at: OverlayPaint, dispatch: number): Spot | null {
  const { facts, layout } = at;
  const { dispatches } = facts.trace.tables;
  const slice = facts.launchCalls().get(dispatch);
  const place = slice === undefined ? null : placeOfSlice(at, slice);
  if (place) return { ns: place.fromNs, y: place.top };
  const script = layout.rows.find((row) => row.track.kind === 'phases');
  const cpuNs = dispatches.cpuNs[dispatch] as number;
  return script && Number.isFinite(cpuNs) ? { ns: cpuNs, y: script.top + script.height } : null;
}

/** From where the selected kernel was launched to where it ran. */
export function paintLaunch(context: CanvasRenderingContext2D, at: OverlayPaint): void {
  const { selection } = at.state;
  if (selection?.kind !== 'dispatch') return;
  const from = launchOf(at, selection.dispatch);
  const found = findDispatch(at, selection.dispatch);
  if (!from || !found) return;
  const start = found.lane.starts[found.index] as number;
  const down = from.y < found.row.top;
  paintArrow(context, at, from, { ns: start, y: down ? found.row.top : found.row.top + found.row.height });
}

interface Place {
  readonly fromNs: number;
  readonly toNs: number;
  readonly top: number;
}

function placeOfSlice({ facts, layout }: OverlayPaint, slice: number): Place | null {
  const { slices } = facts.trace.tables;
  const ns = slices.startNs[slice] as number;
  for (const row of layout.rows) {
    if (row.track.id !== `track-${slices.track[slice]}`) continue;
    const lane = row.track.lanes[row.lane];
    if (lane && lane.rows[firstAbove(lane.ends, ns)] === slice)
      return { fromNs: ns, toNs: slices.endNs[slice] as number, top: row.top };
  }
  return null;
}

/** Between forward and backward: of the selected span of a layer, and of a slice that the trace ties to others. */
export function paintPartners(context: CanvasRenderingContext2D, at: OverlayPaint): void {
  const { spot } = at;
  const lane = spot?.track.lanes[spot.lane];
  if (!spot || !lane) return;
  const chosen = lane.rows[spot.index] as number;
  if (spot.track.kind === 'slices') {
    const own = placeOfSlice(at, chosen);
    for (const other of at.facts.sliceFlows().get(chosen) ?? []) {
      const place = placeOfSlice(at, other);
      if (!own || !place) continue;
      const [first, second] = own.fromNs < place.fromNs ? [own, place] : [place, own];
      paintArc(context, at, first, second);
    }
  }
  if (spot.track.kind !== 'layers') return;
  const row = at.layout.rows.find((one) => one.track.id === spot.track.id && one.lane === spot.lane);
  const partner = partnerOfSpan(at, lane, spot.index);
  if (!row || partner < 0) return;
  const place = (index: number): Place => ({ fromNs: lane.starts[index] as number, toNs: lane.ends[index] as number, top: row.top }); // prettier-ignore
  const [first, second] = [Math.min(spot.index, partner), Math.max(spot.index, partner)];
  paintArc(context, at, place(first), place(second));
}

/** The nearest span of the same layer in the other of forward and backward: after a forward one, before a backward one. */
function partnerOfSpan({ facts }: OverlayPaint, lane: Lane, index: number): number {
  const { spans } = facts.tracks();
  const span = lane.rows[index] as number;
  const phase = spans.phase[span] as number;
  if (phase !== FORWARD && phase !== BACKWARD) return -1;
  const by = phase === FORWARD ? 1 : -1;
  const wanted = phase === FORWARD ? BACKWARD : FORWARD;
  for (let i = index + by; i >= 0 && i < lane.length; i += by) {
    const other = lane.rows[i] as number;
    if (spans.layer[other] !== spans.layer[span]) continue;
    if (spans.phase[other] === wanted) return i;
    // The same layer runs forward again: that is the next step.
    if (spans.phase[other] === phase && by > 0) return -1;
  }
  return -1;
}

const FORWARD = PHASES.indexOf('forward');
const BACKWARD = PHASES.indexOf('backward');
/** How high an arc rises above the slices it joins. */
const ARC_PX = 26;

/** From the end of one slice over to the start of another. */
function paintArc(context: CanvasRenderingContext2D, at: OverlayPaint, from: Place, to: Place): void {
  const x = at.axis.scale(at.width);
  const [left, right] = [x(from.toNs), x(to.fromNs)];
  const rise = Math.min(from.top, to.top) - ARC_PX;
  ink(context, at);
  context.beginPath();
  context.moveTo(left, from.top);
  context.bezierCurveTo(left, rise, right, rise, right, to.top - TIP_PX);
  context.stroke();
  context.lineWidth = 1;
  paintEnds(context, { x: left, y: from.top }, { x: right, y: to.top }, -TIP_PX);
}

function paintArrow(context: CanvasRenderingContext2D, at: OverlayPaint, from: Spot, to: Spot): void {
  const x = at.axis.scale(at.width);
  const [left, right] = [x(from.ns), x(to.ns)];
  const tip = from.y < to.y ? -TIP_PX : TIP_PX;
  const middle = (from.y + to.y) / 2;
  ink(context, at);
  context.beginPath();
  context.moveTo(left, from.y);
  context.bezierCurveTo(left, middle, right, middle, right, to.y + tip);
  context.stroke();
  context.lineWidth = 1;
  paintEnds(context, { x: left, y: from.y }, { x: right, y: to.y }, tip);
}

const TIP_PX = 5;

function ink(context: CanvasRenderingContext2D, { theme }: OverlayPaint): void {
  context.strokeStyle = context.fillStyle = theme.focus;
  context.lineWidth = 1.5;
}

/** A dot where an arrow begins, its head where it ends. */
function paintEnds(
  context: CanvasRenderingContext2D,
  from: { readonly x: number; readonly y: number },
  to: { readonly x: number; readonly y: number },
  tip: number,
): void {
  context.beginPath();
  context.moveTo(to.x, to.y);
  context.lineTo(to.x - 3, to.y + tip);
  context.lineTo(to.x + 3, to.y + tip);
  context.fill();
  context.beginPath();
  context.arc(from.x, from.y, 2.5, 0, 2 * Math.PI);
  context.fill();
}
