/** The machine and the session of an Nsight Systems export. */
import type { AdapterInfo } from '../../trace/model.ts';
import type { Database } from '../sqlite/database.ts';
import type { HostSpan } from './spans.ts';
import { numberOf, textOf } from './values.ts';

export function adapterOf(database: Database): AdapterInfo | null {
  let adapter: AdapterInfo | null = null;
  const limits = {
    numSms: 'smCount',
    maxWarps: 'maxWarpsPerSm',
    computeMajor: 'computeMajor',
    computeMinor: 'computeMinor',
    regsPerMultiprocessor: 'maxRegistersPerSm',
    sharedMemPerMultiprocessor: 'maxShmemPerSm',
    sharedMemPerBlock: 'maxShmemPerBlock',
    sharedMemPerBlockOptin: 'maxShmemPerBlockOptin',
  };
  database.rows(
    'TARGET_INFO_GPU',
    ['name', 'totalMemory', ...Object.values(limits)],
    ([name, memory, ...values]) => {
      if (adapter) return;
      const known = Object.fromEntries(
        Object.keys(limits).flatMap((key, i) =>
          numberOf(values[i]) >= 0 ? [[key, numberOf(values[i])]] : [],
        ),
      );
      const { maxWarps, ...rest } = known;
      adapter = {
        name: textOf(name),
        vendor: 'nvidia',
        architecture:
          rest['computeMajor'] === undefined ? '' : `sm_${rest['computeMajor']}${rest['computeMinor'] ?? 0}`,
        backend: 'CUDA',
        software: false,
        driver: '',
        features: [],
        limits: {
          ...rest,
          warpSize: 32,
          ...(maxWarps ? { maxThreadsPerMultiprocessor: maxWarps * 32 } : {}),
        },
        memoryBytes: numberOf(memory) >= 0 ? numberOf(memory) : null,
      };
    },
  );
  return adapter;
}

export function startedAt(database: Database, firstNs: number): string {
  let epochNs = NaN;
  database.rows('TARGET_INFO_SESSION_START_TIME', ['utcEpochNs'], ([epoch]) => (epochNs = numberOf(epoch)));
  const ms = (epochNs + firstNs) / 1e6;
  return ms > 978_307_200_000 && ms < 4_102_444_800_000 ? new Date(ms).toISOString() : '';
}

export function earliest(database: Database, spans: ReadonlyMap<string, readonly HostSpan[]>): number {
  let first = Infinity;
  for (const list of spans.values()) first = Math.min(first, list[0]?.startNs ?? Infinity);
  for (const table of ['KERNEL', 'MEMCPY', 'MEMSET'])
    database.rows(
      `CUPTI_ACTIVITY_KIND_${table}`,
      ['start'],
      ([start]) => (first = Math.min(first, numberOf(start) || Infinity)),
    );
  return Number.isFinite(first) ? first : 0;
}
