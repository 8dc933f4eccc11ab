/**
 * How far the host runs ahead of the device: the delay from a launching call to its work, and the number of works
 * launched but not begun on each queue (the definition of Holistic Trace Analysis).
 */
import { quantile, sortedCopy } from '../../base/stats.ts';
import { FLOW_ENDS } from '../../trace/model.ts';
import type { Trace } from '../../trace/model.ts';

export interface QueueFacts {
  /** `GPU 0 stream 7` */
  readonly queue: string;
  readonly launches: number;
  /** From the end of the call to the start of the work, ns; the part below zero (work that began during the call) counts as 0. */
  readonly delayMedianNs: number;
  readonly delayP95Ns: number;
  /** Works launched and not yet begun: mean over time, and the most at once. */
  readonly lengthMean: number;
  readonly lengthMax: number;
  /** The curve: length from each moment on. */
  readonly curve: { readonly atNs: Float64Array; readonly length: Float64Array };
}

interface Launches {
  readonly delays: number[];
  readonly changes: { ns: number; change: number }[];
}

export function queueFacts(trace: Trace): QueueFacts[] {
  const { flows, slices, dispatches } = trace.tables;
  const queues = trace.tracks.flatMap(({ kind }, id) => (kind === 'gpu-queue' ? [id] : []));
  const launch = trace.strings.indexOf('launch');
  const byTrack = new Map<number, Launches>();
  for (let i = 0; i < flows.length; i++) {
    if (flows.name[i] !== launch) continue;
    const call = flows.from[i] as number;
    const row = flows.to[i] as number;
    const isDispatch = FLOW_ENDS[flows.toEnd[i] as number] === 'dispatches';
    const track = isDispatch ? queues[dispatches.queue[row] as number] : slices.track[row];
    const startNs = (isDispatch ? dispatches.startNs[row] : slices.startNs[row]) as number;
    if (track === undefined) continue;
    let found = byTrack.get(track);
    if (!found) byTrack.set(track, (found = { delays: [], changes: [] }));
    found.delays.push(Math.max(0, startNs - (slices.endNs[call] as number)));
    found.changes.push({ ns: slices.startNs[call] as number, change: 1 }, { ns: startNs, change: -1 });
  }
  return [...byTrack].sort((a, b) => a[0] - b[0]).map(([track, found]) => summary(trace, track, found));
}

function summary(trace: Trace, track: number, { delays, changes }: Launches): QueueFacts {
  // At one moment the launch comes before the start.
  changes.sort((a, b) => a.ns - b.ns || b.change - a.change);
  const atNs = new Float64Array(changes.length);
  const length = new Float64Array(changes.length);
  let now = 0;
  let area = 0;
  let most = 0;
  changes.forEach(({ ns, change }, i) => {
    if (i > 0) area += now * (ns - (atNs[i - 1] as number));
    now += change;
    most = Math.max(most, now);
    atNs[i] = ns;
    length[i] = now;
  });
  const span = changes.length > 0 ? (atNs.at(-1) as number) - (atNs[0] as number) : 0;
  const sorted = sortedCopy(delays);
  const { name = '', group = '' } = trace.tracks[track] ?? {};
  return {
    queue: `${group} ${name}`.trim(),
    launches: delays.length,
    delayMedianNs: quantile(sorted, 0.5),
    delayP95Ns: quantile(sorted, 0.95),
    lengthMean: span > 0 ? area / span : 0,
    lengthMax: most,
    curve: { atNs, length },
  };
}
