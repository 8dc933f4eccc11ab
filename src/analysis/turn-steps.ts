/** The steps of a run that was halted again and again: how long each took while the run went on. */
import type { Trace } from '../trace/model.ts';
import { selectSteps } from './selection.ts';

/** A part of the run in which it went on (and, in turns, the others stood still), on the trace's axis. */
export interface TurnWindow {
  readonly startNs: number;
  readonly endNs: number;
}

export interface TurnStep {
  /** Row of `steps`. */
  readonly step: number;
  /** Index of the part in which it ended. */
  readonly part: number;
  readonly ms: number;
}

/**
 * Steady steps that ended in one of the parts (in order, not overlapping). Steps that lie wholly within a part, where most do: what
 * a step waits for (a timer, the network) goes on while the run is halted, so a step across a halt would have it for nothing. Else
 * all, each with the time that the run went on.
 */
export function turnSteps(trace: Trace, parts: readonly TurnWindow[]): TurnStep[] {
  const { startNs, endNs } = trace.tables.steps;
  const whole: TurnStep[] = [];
  const all: TurnStep[] = [];
  for (const step of selectSteps(trace).steady) {
    const [start, end] = [startNs[step] as number, endNs[step] as number];
    const part = parts.findIndex((p) => end > p.startNs && end <= p.endNs);
    if (part < 0 || start < (parts[0] as TurnWindow).startNs) continue;
    let ns = 0;
    for (const p of parts) ns += Math.max(0, Math.min(end, p.endNs) - Math.max(start, p.startNs));
    const found = { step, part, ms: ns / 1e6 };
    all.push(found);
    if (start >= (parts[part] as TurnWindow).startNs) whole.push(found);
  }
  return 2 * whole.length >= all.length ? whole : all;
}
