/** Phases of each step, from the marks in it: loading data, backward (first to last backward operator), optimizer. */
import type { TraceBuilder } from '../../trace/builder.ts';
import { PHASE, phaseOfName } from './names.ts';

/** Longest run of backward operators is one span: gaps between them are the engine's own time. */
export function writePhases(builder: TraceBuilder): void {
  const { tables, strings, tracks } = builder.build();
  const { slices } = tables;
  const phases = new Map<number, number>();
  const backward = new Map<number, { start: number; end: number }>();
  const until = new Map<number, number>();
  const rows: { phase: number; step: number; startNs: number; endNs: number }[] = [];
  for (let i = 0; i < slices.length; i++) {
    const { content } = tracks[slices.track[i] as number] ?? {};
    if (content !== 'operators' && content !== 'annotations') continue;
    const name = slices.name[i] as number;
    let phase = phases.get(name);
    if (phase === undefined) phases.set(name, (phase = phaseOfName(strings[name] as string)));
    if (phase < 0) continue;
    const step = slices.step[i] as number;
    const startNs = slices.startNs[i] as number;
    const endNs = slices.endNs[i] as number;
    if (phase === PHASE.backward) {
      const span = backward.get(step);
      if (!span) backward.set(step, { start: startNs, end: endNs });
      else {
        span.start = Math.min(span.start, startNs);
        span.end = Math.max(span.end, endNs);
      }
    } else if (startNs >= (until.get(phase) ?? -Infinity)) {
      // One that stands within another of its phase says nothing new.
      until.set(phase, endNs);
      rows.push({ phase, step, startNs, endNs });
    }
  }
  for (const [step, { start, end }] of backward)
    if (step >= 0) rows.push({ phase: PHASE.backward, step, startNs: start, endNs: end });
  rows.sort((a, b) => a.startNs - b.startNs);
  for (const row of rows) builder.row('phases', row);
}
