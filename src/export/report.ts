/** The report as data: the public contract `kernelscope.report/1`, described in docs/report-schema.md. */
import { stepEnergy } from '../analysis/energy.ts';
import { idleSplit } from '../analysis/idle.ts';
import { busyIntervals } from '../analysis/busy.ts';
import { totalLength } from '../analysis/intervals.ts';
import type { KernelStats } from '../analysis/kernels.ts';
import { kernelStats } from '../analysis/kernels.ts';
import type { LayerCost } from '../analysis/layers.ts';
import { layerCosts } from '../analysis/layers.ts';
import { memoryPeak } from '../analysis/memory.ts';
import { memoryWarning } from '../analysis/memory-forecast.ts';
import { stepStats } from '../analysis/steps.ts';
import { sum } from '../base/stats.ts';
import type { Suggestion } from '../suggest/suggestion.ts';
import { DISPATCH_FLAGS, TRANSFER_KINDS } from '../trace/model.ts';
import type { Role, Trace } from '../trace/model.ts';
import type {
  Report,
  ReportKernel,
  ReportLayer,
  ReportRoles,
  ReportSuggestion,
  ReportTotals,
} from './report-model.ts';

const ms = (ns: number): number | null => known(ns / 1e6);

/** JSON has no NaN: what is not known is null. */
function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function roles(bytes: Readonly<Record<Role, number>>): ReportRoles {
  const { 'optimizer-state': optimizerState, ...rest } = bytes;
  return { ...rest, optimizerState };
}

function kernel(stats: KernelStats): ReportKernel {
  return {
    name: stats.name,
    family: stats.family,
    count: stats.count,
    dispatches: stats.dispatches,
    totalMs: ms(stats.totalNs),
    meanUs: known(stats.meanNs / 1e3),
    medianUs: known(stats.medianNs / 1e3),
    minUs: known(stats.minNs / 1e3),
    maxUs: known(stats.maxNs / 1e3),
    share: known(stats.share),
    basis: stats.estimated ? 'estimated' : 'measured',
    warmupOnly: stats.warmupOnly,
    workgroupSize: stats.workgroupSize,
    workgroups: stats.workgroups,
    flops: known(stats.flops),
    bytesMoved: known(stats.bytesMoved),
    gflops: known(stats.flopsPerSecond / 1e9),
    gbps: known(stats.bytesPerSecond / 1e9),
    bound: stats.roofline.bound,
    occupancy: {
      theoretical: known(stats.occupancy.theoretical.high),
      theoreticalLow: known(stats.occupancy.theoretical.low),
      achieved: known(stats.occupancy.achieved),
      limiter: stats.occupancy.limiter,
      basis: stats.occupancy.basis,
    },
  };
}

function layer(cost: LayerCost, trace: Trace): ReportLayer {
  const bytes = roles(cost.totalBytes);
  return {
    path: cost.path,
    type: cost.type,
    parent: trace.layers[cost.parent]?.path ?? null,
    source: cost.source,
    forwardMs: ms(cost.total.forwardNs),
    backwardMs: ms(cost.total.backwardNs),
    optimizerMs: ms(cost.total.optimizerNs),
    ownMs: ms(cost.own.totalNs),
    share: known(cost.share),
    bytes,
    occupancy: known(cost.occupancy),
  };
}

function totals(trace: Trace): ReportTotals {
  const { dispatches, submits, transfers, compiles } = trace.tables;
  let droppedTimestamps = 0;
  for (let i = 0; i < dispatches.length; i++)
    if ((dispatches.flags[i] as number) & DISPATCH_FLAGS.dropped) droppedTimestamps++;
  const bytesOf = (kind: (typeof TRANSFER_KINDS)[number]): number => {
    let bytes = 0;
    for (let i = 0; i < transfers.length; i++)
      if (transfers.kind[i] === TRANSFER_KINDS.indexOf(kind)) bytes += transfers.sizeBytes[i] as number;
    return bytes;
  };
  let compileNs = 0;
  for (let i = 0; i < compiles.length; i++)
    compileNs += (compiles.endNs[i] as number) - (compiles.startNs[i] as number);
  return {
    dispatches: dispatches.length,
    passes: sum(submits.passes),
    submits: submits.length,
    gpuMs: totalLength(busyIntervals(trace)) / 1e6,
    uploadBytes: bytesOf('upload'),
    readbackBytes: bytesOf('readback'),
    pipelines: compiles.length,
    compileMs: known(compileNs / 1e6),
    firstRunMs: firstRunsNs(trace) / 1e6,
    droppedTimestamps,
  };
}

function firstRunsNs(trace: Trace): number {
  const { slices } = trace.tables;
  let ns = 0;
  for (let i = 0; i < slices.length; i++)
    if (trace.tracks[slices.track[i] as number]?.content === 'first-runs')
      ns += (slices.endNs[i] as number) - (slices.startNs[i] as number);
  return ns;
}

function suggestion(item: Suggestion): ReportSuggestion {
  const { speedup, low, high, memory, formula } = item.predicted;
  return {
    id: item.id,
    rule: item.rule,
    title: item.title,
    at: item.at,
    evidence: item.evidence.map(({ text, basis, value, unit }) => ({
      text,
      basis,
      ...(value !== undefined && Number.isFinite(value) ? { value } : {}),
      ...(unit === undefined ? {} : { unit }),
    })),
    ...(item.edit ? { edit: item.edit } : {}),
    ...(item.advice === undefined ? {} : { advice: item.advice }),
    ...(item.caution === undefined ? {} : { caution: item.caution }),
    predicted: {
      speedup: known(speedup),
      low: known(low),
      high: known(high),
      ...(memory === undefined ? {} : { memory: known(memory) }),
      ...(formula === undefined ? {} : { formula }),
    },
    ...(item.verdict ? { verdict: item.verdict } : {}),
    ...(item.curve ? { curve: item.curve } : {}),
  };
}

function idleMs(trace: Trace): Report['idle'] {
  const split = idleSplit(trace);
  if (split.windowNs === 0) return null;
  const share = (ns: number): number => ns / split.windowNs;
  const { readback, compile, upload, data, launch, host } = split.byCause;
  return {
    busy: share(split.busyNs),
    readback: share(readback),
    compile: share(compile),
    upload: share(upload),
    data: share(data),
    launch: share(launch),
    host: share(host),
  };
}

export function report(trace: Trace, suggestions: readonly Suggestion[] = []): Report {
  const { meta } = trace;
  const steps = stepStats(trace);
  const costs = layerCosts(trace);
  const peak = memoryPeak(trace);
  const status = meta.status === 'running' ? 'stopped' : meta.status;
  const warning = memoryWarning(trace);
  return {
    schema: 'kernelscope.report/1',
    status,
    ...(meta.error
      ? {
          error: {
            message: meta.error.message,
            ...(meta.error.file === undefined ? {} : { file: meta.error.file }),
            ...(meta.error.line === undefined ? {} : { line: meta.error.line }),
          },
        }
      : {}),
    origin: meta.origin,
    adapter: meta.adapter
      ? {
          name: meta.adapter.name,
          vendor: meta.adapter.vendor,
          architecture: meta.adapter.architecture,
          backend: meta.adapter.backend,
          software: meta.adapter.software,
          features: meta.adapter.features,
          reason: meta.adapterReason,
        }
      : null,
    script: meta.script,
    startedAt: meta.startedAt,
    steps: {
      count: steps.count,
      warmup: steps.warmup,
      timed: steps.timed,
      untimed: steps.untimed,
      medianMs: ms(steps.durationNs.median),
      lowMs: ms(steps.durationNs.low),
      highMs: ms(steps.durationNs.high),
      gpuBusyShare: known(steps.gpuBusyShare),
      gpuBusyMs: ms(steps.gpuBusyNs),
      samplesPerSecond: known(steps.samplesPerSecond),
      firstLoss: known(steps.firstLoss),
      lastLoss: known(steps.lastLoss),
    },
    overhead: {
      timedMedianMs: meta.overhead ? ms(meta.overhead.timedMedianNs) : null,
      untimedMedianMs: meta.overhead ? ms(meta.overhead.untimedMedianNs) : null,
      share: meta.overhead ? known(meta.overhead.share) : null,
      mode: meta.overhead?.mode ?? null,
    },
    clock: meta.clock,
    energy: stepEnergy(trace),
    totals: totals(trace),
    idle: idleMs(trace),
    kernels: kernelStats(trace).map(kernel),
    layers: costs.layers.map((cost) => layer(cost, trace)),
    unattributedMs: ms(costs.unattributed.totalNs),
    memory: {
      peakBytes: peak.bytes,
      reservedBytes: peak.reservedBytes,
      byRole: roles(peak.byRole),
      liveAtEndBytes: peak.liveAtEndBytes,
      buffers: peak.buffers,
      largest: peak.alive.slice(0, 10).map((buffer) => ({
        bytes: trace.tables.buffers.sizeBytes[buffer] as number,
        label: trace.strings[trace.tables.buffers.label[buffer] as number] ?? '',
        layer: trace.layers[trace.tables.buffers.layer[buffer] as number]?.path ?? null,
        source: trace.locations[trace.tables.buffers.location[buffer] as number] ?? null,
      })),
    },
    suggestions: suggestions.map(suggestion),
    notes: [...meta.notes, ...(warning === null ? [] : [warning])],
  };
}
