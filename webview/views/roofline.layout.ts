/** The roofline: kernels by arithmetic intensity and rate, under the two ceilings of the device. Pure geometry. */
import type { Ceilings } from '../../src/analysis/roofline.ts';

export interface RooflineKernel {
  readonly kernel: number;
  /** Operations a byte of compulsory traffic: the most it can be, since real traffic is at least that. */
  readonly intensity: number;
  readonly flopsPerSecond: number;
  readonly totalNs: number;
}

export interface RooflinePoint {
  readonly kernel: number;
  /** At the intensity of compulsory traffic: the highest it can be. */
  readonly x: number;
  /** At the intensity if it moved as many bytes as the device can in its time: the lowest. NaN where that is not known. */
  readonly leastX: number;
  readonly y: number;
  readonly radius: number;
}

export interface LogAxis {
  readonly from: number;
  readonly to: number;
}

export interface RooflineLayout {
  /** Powers of ten at the edges. */
  readonly xAxis: LogAxis;
  readonly yAxis: LogAxis;
  readonly points: readonly RooflinePoint[];
  /** Corners of the roof from left to right; empty when the ceilings are unknown. */
  readonly roof: readonly (readonly [x: number, y: number])[];
  /** Intensity at which the two ceilings meet. */
  readonly ridge: number;
}

const RADIUS = [3.5, 16] as const;

/** Place of a value on a logarithmic axis, 0..1. */
export function logShare(value: number, axis: LogAxis): number {
  return (Math.log10(value) - Math.log10(axis.from)) / (Math.log10(axis.to) - Math.log10(axis.from));
}

/** Kernels without operations or bytes have no place on the plot and are left to the table. */
export function layoutRoofline(
  kernels: readonly RooflineKernel[],
  ceilings: Ceilings,
  width: number,
  height: number,
): RooflineLayout {
  const placed = kernels.filter(({ intensity, flopsPerSecond }) => intensity > 0 && flopsPerSecond > 0);
  const known = ceilings.basis !== 'unknown';
  const ridge = known ? ceilings.flops / ceilings.bytes : NaN;
  const xAxis = decades([...placed.map(({ intensity }) => intensity), ...(known ? [ridge] : [])]);
  const yAxis = decades([
    ...placed.map(({ flopsPerSecond }) => flopsPerSecond),
    ...(known ? [ceilings.flops] : []),
  ]);
  const x = (intensity: number) => logShare(intensity, xAxis) * width;
  const y = (rate: number) => height - logShare(rate, yAxis) * height;
  const most = Math.max(...placed.map(({ totalNs }) => totalNs), 1);
  const roof = known ? roofCorners(ceilings, xAxis, yAxis).map(([i, rate]) => [x(i), y(rate)] as const) : [];
  return {
    xAxis,
    yAxis,
    ridge,
    roof,
    points: placed
      .map(({ kernel, intensity, flopsPerSecond, totalNs }) => ({
        kernel,
        x: x(intensity),
        leastX: known ? x(Math.max(xAxis.from, Math.min(intensity, flopsPerSecond / ceilings.bytes))) : NaN,
        y: y(flopsPerSecond),
        // Area is time.
        radius: RADIUS[0] + (RADIUS[1] - RADIUS[0]) * Math.sqrt(Math.max(0, totalNs) / most),
      }))
      .sort((a, b) => b.radius - a.radius),
  };
}

/** From where the slope enters the picture, over the ridge, to the right edge. */
function roofCorners({ flops, bytes }: Ceilings, xAxis: LogAxis, yAxis: LogAxis): [number, number][] {
  const left = Math.max(xAxis.from, yAxis.from / bytes);
  const ridge = flops / bytes;
  return [
    [left, left * bytes],
    [ridge, flops],
    [Math.max(ridge, xAxis.to), flops],
  ];
}

/** Whole decades with a little air around the values. */
function decades(values: readonly number[]): LogAxis {
  const finite = values.filter((value) => value > 0 && Number.isFinite(value));
  if (finite.length === 0) return { from: 1, to: 10 };
  const from = 10 ** Math.floor(Math.log10(Math.min(...finite) / 1.5));
  const to = 10 ** Math.ceil(Math.log10(Math.max(...finite) * 1.5));
  return { from, to };
}

/** The powers of ten on an axis. */
export function ticksOf({ from, to }: LogAxis): number[] {
  const ticks: number[] = [];
  for (let power = Math.round(Math.log10(from)); power <= Math.round(Math.log10(to)); power++)
    ticks.push(10 ** power);
  return ticks;
}

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface PlacedName {
  readonly kernel: number;
  readonly name: string;
  /** Left end and base line of the text. */
  readonly x: number;
  readonly y: number;
}

const MOST_NAMES = 8;
const NAME_HEIGHT = 13;
/** Letters of 11 px are about this wide. */
const LETTER = 6.2;
const AIR = 4;

/**
 * Names for the circles that take most time (the points come so), each once: right of its circle, left, above or below, where it
 * covers no other circle and no text. A circle without such a place has no name. The chosen kernel is the first to be named.
 */
export function placeNames(
  points: readonly RooflinePoint[],
  nameOf: (kernel: number) => string,
  at: {
    readonly width: number;
    readonly height: number;
    readonly chosen: number | null;
    readonly taken: readonly Box[];
  },
): PlacedName[] {
  const circles = points.map(({ x, y, radius }): Box => ({ left: x - radius, right: x + radius, top: y - radius, bottom: y + radius })); // prettier-ignore
  const taken = [...at.taken];
  const placed: PlacedName[] = [];
  const named = new Set<string>();
  const order = [...points].sort((a, b) => Number(b.kernel === at.chosen) - Number(a.kernel === at.chosen));
  for (const { kernel, x, y, radius } of order) {
    if (placed.length === MOST_NAMES) break;
    const name = nameOf(kernel);
    if (name === '' || named.has(name)) continue;
    const wide = name.length * LETTER;
    const away = radius + AIR;
    const corners = [
      [x + away, y - NAME_HEIGHT / 2],
      [x - away - wide, y - NAME_HEIGHT / 2],
      [x - wide / 2, y - away - NAME_HEIGHT],
      [x - wide / 2, y + away],
    ] as const;
    const free = corners
      .map(([left, top]): Box => ({ left, right: left + wide, top, bottom: top + NAME_HEIGHT }))
      .find((box) => box.left >= 0 && box.right <= at.width && box.top >= 0 && box.bottom <= at.height && ![...taken, ...circles].some((other) => overlap(box, other))); // prettier-ignore
    if (!free) continue;
    taken.push(free);
    named.add(name);
    placed.push({ kernel, name, x: free.left, y: free.bottom - 3 });
  }
  return placed;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
