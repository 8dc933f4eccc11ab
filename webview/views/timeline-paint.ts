/** Paints the timeline: lanes, waiting, curves. Keeps what it drew, so that a pointer can ask what is under it. */
import type { TimeAxis } from '../axis.ts';
import type { Facts } from '../facts.ts';
import { labelOf } from '../describe.ts';
import { FAMILIES, PHASES, ROLES, TRANSFER_KINDS } from '../../src/trace/model.ts';
import type { Family } from '../../src/trace/model.ts';
import { Bins } from '../marks/bins.ts';
import { Highest, addMeans, weighLane } from '../marks/curve.ts';
import type { Weighted } from '../marks/curve.ts';
import type { Lane } from '../marks/lane.ts';
import { paintLane } from '../marks/paint-lane.ts';
import type { LaneStyle } from '../marks/paint-lane.ts';
import { hatch, setFont } from '../paint.ts';
import type { Theme } from '../theme.ts';
import type { CurveBox, Row, TimelineLayout } from './timeline.layout.ts';

const READBACK_PHASE = PHASES.indexOf('readback');
const READBACK = TRANSFER_KINDS.indexOf('readback');
const UPLOAD = TRANSFER_KINDS.indexOf('upload');

/** Curves of one trace, prepared once. */
export interface Curves {
  readonly high: readonly Weighted[];
  readonly low: readonly Weighted[];
  readonly highestMemory: Highest;
}

export function prepareCurves(facts: Facts): Curves {
  const { dispatches } = facts.trace.tables;
  const occupancies = facts.occupancies();
  const lanes = facts
    .tracks()
    .list.filter(({ kind }) => kind === 'gpu')
    .flatMap((track) => track.lanes);
  const by = (pick: (launch: number) => number) =>
    lanes.map((lane) => weighLane(lane, (row) => pick(dispatches.launch[row] as number)));
  const memory = facts.memory();
  return {
    high: by((launch) => occupancies[launch]?.achieved ?? NaN),
    low: by((launch) => occupancies[launch]?.achievedLow ?? NaN),
    highestMemory: new Highest({ atNs: memory.atNs, values: memory.live }),
  };
}

export class TimelinePainter {
  readonly #bins = new Map<Lane, Bins>();
  #facts: Facts | null = null;
  #curves: Curves | null = null;

  curves(facts: Facts): Curves {
    if (this.#facts !== facts) {
      this.#facts = facts;
      this.#curves = prepareCurves(facts);
      this.#bins.clear();
    }
    return this.#curves as Curves;
  }

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
    const curves = this.curves(facts);
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
      if (curve.id === 'occupancy') paintOccupancy(context, curves, curve, at);
      else paintMemory(context, curves, curve, at);
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

  /** Idle time inside timed steps is hatched; steps that were not timed are dotted, for their kernels are unknown. */
  #paintWaiting(
    context: CanvasRenderingContext2D,
    facts: Facts,
    axis: TimeAxis,
    theme: Theme,
    box: { top: number; height: number; width: number },
  ): void {
    const { idle, untimed } = facts.tracks();
    const [from, to] = axis.visible;
    const lines = hatch(context, theme.line, 5);
    for (const [lane, text] of [
      [untimed, 'kernels not timed in this step'],
      [idle, ''],
    ] as const) {
      const bins = this.#binsOf(lane).fill(lane, from, to, box.width);
      for (let b = 0; b < bins.boxCount; b++) {
        const left = Math.max(0, bins.lefts[b] as number);
        const right = Math.min(box.width, bins.rights[b] as number);
        if (right - left < 3) continue;
        if (text) {
          context.fillStyle = theme.faint;
          context.globalAlpha = 0.9;
          const room = right - left;
          if (room > 190) context.fillText(text, left + 8, box.top + box.height / 2);
          context.globalAlpha = 1;
          continue;
        }
        context.fillStyle = lines;
        context.fillRect(left, box.top, right - left - 1, box.height);
      }
    }
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
      return { fills, inks: PHASES.map(() => theme.ink), label, ...outline };
    }
    case 'transfers': {
      const fills = TRANSFER_KINDS.map((_, i) =>
        i === READBACK ? hatch(context, theme.faint) : i === UPLOAD ? tint(45) : tint(28),
      );
      return { fills, inks: TRANSFER_KINDS.map(() => theme.ink), label, ...outline };
    }
    case 'steps':
      return { fills: [tint(7)], inks: [theme.ink], label, ...outline };
    case 'compiles':
    case 'slices':
      return { fills: [tint(18)], inks: [theme.ink], label, ...outline };
  }
}

interface CurvePaint {
  readonly facts: Facts;
  readonly axis: TimeAxis;
  readonly theme: Theme;
  readonly width: number;
}

/** The estimate as a line, its band below it dashed at the low end: nobody counted, so nothing is drawn solid. */
function paintOccupancy(
  context: CanvasRenderingContext2D,
  curves: Curves,
  box: CurveBox,
  at: CurvePaint,
): void {
  const { theme, width } = at;
  const [from, to] = at.axis.visible;
  const high = new Float64Array(width);
  const low = new Float64Array(width);
  for (const weighted of curves.high) addMeans(weighted, from, to, high);
  for (const weighted of curves.low) addMeans(weighted, from, to, low);
  const y = (share: number) => box.top + box.height - Math.min(1, share) * (box.height - 2);
  context.fillStyle = theme.line;
  context.fillRect(0, box.top + box.height, width, 1);
  context.beginPath();
  for (let x = 0; x < width; x++) {
    const top = y(high[x] as number);
    context.rect(x, top, 1, y(low[x] as number) - top);
  }
  context.globalAlpha = 0.22;
  context.fillStyle = theme.accent;
  context.fill();
  context.globalAlpha = theme.highContrast ? 0.35 : 0.1;
  context.beginPath();
  for (let x = 0; x < width; x++)
    context.rect(x, y(low[x] as number), 1, box.top + box.height - y(low[x] as number));
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = theme.accent;
  context.lineWidth = 1.25;
  context.beginPath();
  for (let x = 0; x < width; x++) context.lineTo(x + 0.5, y(high[x] as number) - 0.5);
  context.stroke();
  context.lineWidth = 1;
}

/** Live bytes stacked by role; each pixel shows its highest moment. */
function paintMemory(context: CanvasRenderingContext2D, curves: Curves, box: CurveBox, at: CurvePaint): void {
  const { theme, width, facts } = at;
  const memory = facts.memory();
  const [from, to] = at.axis.visible;
  const columns = curves.highestMemory.columns(from, to, width);
  const full = memoryCeiling(facts);
  context.fillStyle = theme.line;
  context.fillRect(0, box.top + box.height, width, 1);
  const bottoms = new Float32Array(width).fill(box.top + box.height);
  for (const role of MEMORY_ORDER) {
    const bytes = memory.bytes[role] as Float64Array;
    context.beginPath();
    for (let x = 0; x < width; x++) {
      const i = columns[x] as number;
      const tall = i < 0 ? 0 : ((bytes[i] as number) / full) * (box.height - 2);
      if (tall <= 0) continue;
      context.rect(x, (bottoms[x] as number) - tall, 1, tall);
      bottoms[x] = (bottoms[x] as number) - tall;
    }
    context.fillStyle = theme.role[role] ?? '';
    context.globalAlpha = theme.highContrast ? 1 : 0.88;
    context.fill();
  }
  context.globalAlpha = 1;
}

/** Bottom of the stack first: what stays, then what comes and goes. */
export const MEMORY_ORDER = (
  [
    'parameter',
    'optimizer-state',
    'gradient',
    'input',
    'staging',
    'workspace',
    'unknown',
    'activation',
  ] as const
).map((name) => ROLES.indexOf(name));

/** Bytes at the top of the memory curve. */
export function memoryCeiling(facts: Facts): number {
  return Math.max(1, facts.peak().bytes);
}
