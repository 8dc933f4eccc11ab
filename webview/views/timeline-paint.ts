/** Paints the timeline: lanes, waiting, curves. Keeps what it drew, so that a pointer can ask what is under it. */
import type { TimeAxis } from '../axis.ts';
import type { Facts } from '../facts.ts';
import { labelOf } from '../describe.ts';
import { FAMILIES, PHASES, TRANSFER_KINDS } from '../../src/trace/model.ts';
import type { Family } from '../../src/trace/model.ts';
import { Bins } from '../marks/bins.ts';
import type { Lane } from '../marks/lane.ts';
import { paintLane } from '../marks/paint-lane.ts';
import type { LaneStyle } from '../marks/paint-lane.ts';
import { dots, familyPattern, hatch, setFont } from '../paint.ts';
import type { Theme } from '../theme.ts';
import { paintBusy, paintMemory, paintOccupancy, paintSeries } from '../marks/paint-curves.ts';
import type { Row, TimelineLayout } from './timeline.layout.ts';
import { t } from '../translate.ts';

const READBACK_PHASE = PHASES.indexOf('readback');
const READBACK = TRANSFER_KINDS.indexOf('readback');
/** Room that the words on an untimed step need. */
const UNTIMED_TEXT_PX = 150;
const UPLOAD = TRANSFER_KINDS.indexOf('upload');

export class TimelinePainter {
  readonly #bins = new Map<Lane, Bins>();
  #facts: Facts | null = null;

  paint(
    context: CanvasRenderingContext2D,
    at: {
      facts: Facts;
      layout: TimelineLayout;
      axis: TimeAxis;
      theme: Theme;
      width: number;
      scrollTop: number;
      height: number;
      hidden: ReadonlySet<Family>;
    },
  ): void {
    const { facts, layout, axis, theme, width, scrollTop } = at;
    if (this.#facts !== facts) this.#bins.clear();
    this.#facts = facts;
    const [from, to] = axis.visible;
    setFont(context, theme);
    context.save();
    context.translate(0, -scrollTop);
    this.#paintStepLines(context, at);
    for (const row of layout.rows) {
      if (row.top + row.height < scrollTop || row.top > scrollTop + at.height) continue;
      const lane = row.track.lanes[row.lane];
      if (!lane) continue;
      const box = { top: row.top, height: row.height, width };
      if (row.track.kind === 'gpu' && row.lane === 0) this.#paintWaiting(context, facts, axis, theme, box);
      paintLane(
        context,
        lane,
        this.#binsOf(lane).fill(lane, from, to, width),
        box,
        styleOf(context, row, at),
      );
    }
    for (const curve of layout.curves) {
      const curvePaint = { axis, theme, width, top: curve.top, height: curve.height };
      if (curve.id === 'occupancy')
        paintOccupancy(context, facts.occupancyCurves(), facts.tracks().untimed, curvePaint);
      else if (curve.id === 'busy')
        paintBusy(context, facts.occupancyCurves(), facts.tracks().untimed, curvePaint);
      else if (curve.id !== 'memory') {
        const series = facts.series().find(({ id }) => id === curve.id);
        if (series) paintSeries(context, series, curvePaint);
      } else if (facts.memoryCurve.known) paintMemory(context, facts.memoryCurve(), curvePaint);
    }
    context.restore();
  }

  #binsOf(lane: Lane): Bins {
    let bins = this.#bins.get(lane);
    if (!bins) this.#bins.set(lane, (bins = new Bins()));
    return bins;
  }

  /** Faint lines where steps begin, so that every track is read in steps. */
  #paintStepLines(
    context: CanvasRenderingContext2D,
    at: { facts: Facts; layout: TimelineLayout; axis: TimeAxis; theme: Theme; width: number },
  ): void {
    const { steps } = at.facts.trace.tables;
    const [from, to] = at.axis.visible;
    const perPx = (to - from) / at.width;
    context.fillStyle = at.theme.line;
    let last = -Infinity;
    for (let i = 0; i < steps.length; i++) {
      const x = Math.round(((steps.startNs[i] as number) - from) / perPx);
      if (x < 0 || x > at.width || x - last < 24) continue;
      context.fillRect(x, 0, 1, at.layout.height);
      last = x;
    }
  }

  /** Idle time inside timed steps is hatched; of steps that were not timed the picture says so. */
  #paintWaiting(
    context: CanvasRenderingContext2D,
    facts: Facts,
    axis: TimeAxis,
    theme: Theme,
    box: { top: number; height: number; width: number },
  ): void {
    this.#eachBox(facts.tracks().untimed, axis, box.width, (left, right) => {
      context.fillStyle = dots(context, theme.faint);
      context.fillRect(left, box.top, right - left, box.height);
      if (right - left < UNTIMED_TEXT_PX) return;
      const text = t('kernels not timed here');
      context.fillStyle = theme.ground;
      context.fillRect(left + 6, box.top + box.height / 2 - 8, context.measureText(text).width + 8, 16);
      context.fillStyle = theme.faint;
      context.fillText(text, left + 10, box.top + box.height / 2);
    });
    if (!facts.idleLane.known) return;
    context.fillStyle = hatch(context, theme.line, 5);
    this.#eachBox(facts.idleLane(), axis, box.width, (left, right) => {
      if (right - left >= 3) context.fillRect(left, box.top, right - left - 1, box.height);
    });
  }

  #eachBox(lane: Lane, axis: TimeAxis, width: number, paint: (left: number, right: number) => void): void {
    const bins = this.#binsOf(lane).fill(lane, axis.visible[0], axis.visible[1], width);
    for (let b = 0; b < bins.boxCount; b++)
      paint(Math.max(0, bins.lefts[b] as number), Math.min(width, bins.rights[b] as number));
  }
}

function styleOf(
  context: CanvasRenderingContext2D,
  row: Row,
  at: { facts: Facts; theme: Theme; hidden: ReadonlySet<Family> },
): LaneStyle {
  const { facts, theme, hidden } = at;
  const spans = facts.tracks().spans;
  const label = (r: number) => labelOf(facts.trace, row.track, r, (span) => spans.layer[span] as number);
  const outline = theme.highContrast ? { outline: theme.ink } : {};
  const tint = (alpha: number) => `color-mix(in srgb, ${theme.ink} ${alpha}%, ${theme.ground})`;
  switch (row.track.kind) {
    case 'gpu':
      return {
        fills: theme.family,
        inks: theme.familyInk,
        ...(theme.patterns
          ? { patterns: theme.familyInk.map((ink, n) => familyPattern(context, n, ink)) }
          : {}),
        label,
        off: (color) => hidden.has(FAMILIES[color] as Family),
        ...outline,
      };
    case 'phases':
    case 'layers': {
      const strength: Readonly<Record<string, number>> = {
        data: 8,
        forward: 12,
        backward: 22,
        optimizer: 16,
        other: 6,
      };
      const fills = PHASES.map((name, i) =>
        i === READBACK_PHASE ? hatch(context, theme.faint) : tint(strength[name] ?? 8),
      );
      return { fills, inks: PHASES.map(() => theme.ink), thin: tint(35), label, ...outline };
    }
    case 'transfers': {
      const fills = TRANSFER_KINDS.map((_, i) =>
        i === READBACK ? hatch(context, theme.faint) : i === UPLOAD ? tint(45) : tint(28),
      );
      return { fills, inks: TRANSFER_KINDS.map(() => theme.ink), thin: tint(35), label, ...outline };
    }
    case 'steps':
      return { fills: [tint(7)], inks: [theme.ink], label, ...outline };
    case 'compiles':
    case 'slices':
      return { fills: [tint(18)], inks: [theme.ink], label, ...outline };
  }
}
