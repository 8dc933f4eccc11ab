/** What is remembered of a run after its trace is gone: enough to draw how a line and a step have changed. Pure. */
import { layerCosts } from '../../analysis/layers.ts';
import { memoryPeak } from '../../analysis/memory.ts';
import { stepStats } from '../../analysis/steps.ts';
import type { Trace } from '../../trace/model.ts';

export interface RunRecord {
  /** Also the name of the trace that is kept of it, where one is. */
  readonly id: string;
  readonly script: string;
  /** ISO date. */
  readonly at: string;
  /** Commit of the working tree, null outside git; with changes of its own the text ran as edited. */
  readonly commit: string | null;
  readonly adapter: string;
  /** Median of a steady step with its 95 % interval, ns. */
  readonly stepNs: number;
  readonly lowNs: number;
  readonly highNs: number;
  readonly samplesPerSecond: number | null;
  readonly peakBytes: number;
  /** GPU ns a step of the costliest layers, children included, by path. */
  readonly layers: Readonly<Record<string, number>>;
}

const MOST_LAYERS = 100;

/** Null where the run made no steady step: there is nothing to compare later runs with. */
export function runRecord(trace: Trace, commit: string | null): RunRecord | null {
  const { median, low, high } = stepStats(trace).durationNs;
  if (!(median > 0)) return null;
  const { samplesPerSecond } = stepStats(trace);
  const costs = layerCosts(trace)
    .layers.filter(({ total }) => total.totalNs > 0)
    .sort((a, b) => b.total.totalNs - a.total.totalNs)
    .slice(0, MOST_LAYERS);
  return {
    id: trace.meta.startedAt.replaceAll(/\D/g, ''),
    script: trace.meta.script,
    at: trace.meta.startedAt,
    commit,
    adapter: trace.meta.adapter?.name ?? '',
    stepNs: median,
    lowNs: low,
    highNs: high,
    samplesPerSecond: samplesPerSecond > 0 ? samplesPerSecond : null,
    peakBytes: memoryPeak(trace).bytes,
    layers: Object.fromEntries(costs.map(({ path, total }) => [path, Math.round(total.totalNs)])),
  };
}

/** Newest first; the same run again takes its own place. */
export function withRun(records: readonly RunRecord[], record: RunRecord, most: number): RunRecord[] {
  return [record, ...records.filter(({ id }) => id !== record.id)].slice(0, most);
}

/** The last runs of one script on one adapter, oldest first: others are not comparable. */
export function comparable(records: readonly RunRecord[], trace: Trace, most: number): RunRecord[] {
  const { script, adapter } = trace.meta;
  return records
    .filter((each) => each.script === script && each.adapter === (adapter?.name ?? ''))
    .slice(0, most)
    .reverse();
}

/** GPU ns a step of layers together, run by run; runs that lack one of them are left out. */
export function layerHistory(
  records: readonly RunRecord[],
  paths: readonly string[],
): { record: RunRecord; ns: number }[] {
  return records.flatMap((record) => {
    const times = paths.map((path) => record.layers[path]);
    return times.includes(undefined)
      ? []
      : [{ record, ns: (times as number[]).reduce((sum, ns) => sum + ns, 0) }];
  });
}
