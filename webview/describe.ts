/** What a slice is, in words and figures: the one source of tooltips, the details drawer and screen-reader announcements. */
import type { IdleCause } from '../src/analysis/idle.ts';
import { formatBytes, formatCount, formatNs, formatRate, formatShare } from '../src/base/format.ts';
import { DISPATCH_FLAGS, PHASES, STEP_FLAGS, TRANSFER_KINDS } from '../src/trace/model.ts';
import type { LayerInfo, SourceLocation, Trace } from '../src/trace/model.ts';
import type { Selection } from '../src/wire/view-messages.ts';
import type { Range } from './axis.ts';
import type { Facts } from './facts.ts';
import { shortKernel } from './kernel-name.ts';
import type { Track } from './tracks.ts';
import { t } from './translate.ts';
import { capital, term } from './terms.ts';

/** How a figure was obtained; shown beside it. */
export type Basis = 'measured' | 'computed' | 'estimated' | 'unknown';

export interface Figure {
  readonly label: string;
  readonly value: string;
  readonly basis?: Basis;
}

export interface Description {
  readonly title: string;
  /** What kind of thing it is, in a word or two. */
  readonly kind: string;
  readonly figures: readonly Figure[];
  readonly selection: Selection | null;
  readonly source: SourceLocation | null;
  readonly range: Range;
  readonly note?: string;
}

export const IDLE_WORDS: Readonly<Record<IdleCause, string>> = {
  readback: t('waiting for a readback'),
  compile: t('waiting for compilation'),
  upload: t('waiting for an upload'),
  data: t('waiting for data'),
  launch: t('gap between launches'),
  host: t('waiting for the script'),
};

/** `what` and the step it is of, where it is of one. */
export function inStep(what: string, step: number): string {
  return step >= 0 ? t('{0}, step {1}', what, step) : what;
}

/** `, limited by registers`; nothing where nothing limits. */
export function limitedBy(limiter: string): string {
  return limiter === 'none' ? '' : t(', limited by {0}', term(limiter));
}

/** One line on a slice, as painted in its box. */
export function labelOf(trace: Trace, track: Track, row: number, spanLayer: (row: number) => number): string {
  const { tables } = trace;
  switch (track.kind) {
    case 'steps':
      return t('step {0}', tables.steps.index[row] as number);
    case 'phases':
      return term(PHASES[tables.phases.phase[row] as number] ?? '');
    case 'layers': {
      const layer = trace.layers[spanLayer(row)];
      return layer ? layerName(layer) : '';
    }
    case 'gpu':
      return shortKernel(
        trace.kernels[tables.launches.kernel[tables.dispatches.launch[row] as number] as number]?.name ?? '',
      );
    case 'transfers':
      return `${term(TRANSFER_KINDS[tables.transfers.kind[row] as number] ?? 'copy')} ${formatBytes(tables.transfers.sizeBytes[row] as number)}`;
    case 'compiles':
      return shortKernel(trace.kernels[tables.compiles.kernel[row] as number]?.name ?? 'compile');
    case 'slices': {
      const layer = trace.layers[tables.slices.layer[row] as number];
      return layer ? layerName(layer) : (trace.strings[tables.slices.name[row] as number] ?? '');
    }
  }
}

/** A layer's own name; a bare number in a list says nothing, so its type stands beside it: `3 Linear`. */
export function layerName({ path, type }: Pick<LayerInfo, 'path' | 'type'>): string {
  const last = path.split('.').at(-1) ?? path;
  return /^\d+$/.test(last) ? `${last} ${type}` : last;
}

export function describe(facts: Facts, track: Track, row: number): Description {
  const { trace } = facts;
  switch (track.kind) {
    case 'steps':
      return describeStep(trace, row);
    case 'phases':
      return describePhase(trace, row);
    case 'layers':
      return describeSpan(facts, row);
    case 'gpu':
      return describeDispatch(facts, row);
    case 'transfers':
      return describeTransfer(trace, row);
    case 'compiles':
      return describeCompile(trace, row);
    case 'slices':
      return describeSlice(trace, row);
  }
}

const place = (trace: Trace, location: number) => trace.locations[location] ?? null;

export function describeDispatch(facts: Facts, row: number): Description {
  const { trace } = facts;
  const { dispatches, launches } = trace.tables;
  const launch = dispatches.launch[row] as number;
  const kernel = trace.kernels[launches.kernel[launch] as number];
  const flags = dispatches.flags[row] as number;
  const start = dispatches.startNs[row] as number;
  const end = dispatches.endNs[row] as number;
  const ns = end - start;
  const flops = launches.flops[launch] as number;
  const bytes = launches.bytesMoved[launch] as number;
  const layer = trace.layers[launches.layer[launch] as number];
  const occupancy = facts.occupancies()[launch];
  const grid = [
    launches.workgroupsX[launch],
    launches.workgroupsY[launch],
    launches.workgroupsZ[launch],
  ].join(' × ');
  const imported = trace.meta.clock.source !== 'timestamp-query';
  const figures: Figure[] = [
    {
      label: t('GPU time'),
      value: formatNs(ns),
      basis: flags & DISPATCH_FLAGS.shared ? 'estimated' : 'measured',
    },
    {
      label: t('Phase'),
      value: inStep(
        term(PHASES[launches.phase[launch] as number] ?? 'other'),
        dispatches.step[row] as number,
      ),
    },
  ];
  if (layer) figures.push({ label: t('Layer'), value: `${layer.path} (${layer.type})` });
  figures.push({
    label: t('Workgroups'),
    value: t(
      '{0} of {1}',
      flags & DISPATCH_FLAGS.indirect ? t('unknown (indirect)') : grid,
      kernel?.workgroupSize.join(' × ') ?? '',
    ),
  });
  if (occupancy && occupancy.basis !== 'unknown' && Number.isFinite(occupancy.achieved))
    figures.push({
      label: t('Occupancy'),
      value: `≤ ${formatShare(occupancy.achieved)}${limitedBy(occupancy.limiter)}`,
      basis: 'estimated',
    });
  if (flops > 0)
    figures.push({
      label: t('Compute'),
      value: `${formatRate((flops / ns) * 1e9, 2)}FLOP/s`,
      basis: 'computed',
    });
  if (bytes > 0)
    figures.push({
      label: t('Memory'),
      value: `${formatBytes(bytes, 2)}, ${formatBytes((bytes / ns) * 1e9, 2)}/s`,
      basis: 'computed',
    });
  const notes = [
    flags & DISPATCH_FLAGS.warmup ? t('Warm-up: kept out of statistics') : '',
    flags & DISPATCH_FLAGS.shared ? t('A share of a group timed as one') : '',
    flags & DISPATCH_FLAGS.lineInferred ? t('Line inferred from the dispatches before it') : '',
  ].filter(Boolean);
  const note = notes.join('. ');
  return {
    title: kernel?.name ?? 'kernel',
    kind: imported ? t('Kernel (imported)') : t('Kernel'),
    figures,
    selection: { kind: 'dispatch', dispatch: row },
    source: place(trace, launches.location[launch] as number) ?? place(trace, layer?.location ?? -1),
    range: [start, end],
    ...(note ? { note } : {}),
  };
}

export function describeStep(trace: Trace, row: number): Description {
  const { steps } = trace.tables;
  const start = steps.startNs[row] as number;
  const end = steps.endNs[row] as number;
  const flags = steps.flags[row] as number;
  const figures: Figure[] = [{ label: t('Duration'), value: formatNs(end - start), basis: 'measured' }];
  if (Number.isFinite(steps.loss[row]))
    figures.push({ label: t('Loss'), value: (steps.loss[row] as number).toPrecision(3) });
  if ((steps.samples[row] as number) > 0)
    figures.push({ label: t('Samples'), value: formatCount(steps.samples[row] as number) });
  const notes = [
    flags & STEP_FLAGS.timed ? '' : t('Kernels not timed: this step ran at full speed'),
    flags & STEP_FLAGS.warmup ? t('Warm-up: kept out of statistics') : '',
    flags & STEP_FLAGS.inferred ? t('Boundary inferred from repetition') : '',
  ].filter(Boolean);
  const note = notes.join('. ');
  return {
    title: t('Step {0}', steps.index[row] as number),
    kind: t('Step'),
    figures,
    selection: { kind: 'step', step: steps.index[row] as number },
    source: null,
    range: [start, end],
    ...(note ? { note } : {}),
  };
}

function describePhase(trace: Trace, row: number): Description {
  const { phases } = trace.tables;
  const start = phases.startNs[row] as number;
  const end = phases.endNs[row] as number;
  const name = PHASES[phases.phase[row] as number] ?? 'other';
  const note =
    name === 'readback'
      ? t('The script waits for data from the GPU')
      : t('Time of the script’s thread: the GPU may run behind it');
  return {
    title: term(name),
    kind: t('Script phase'),
    figures: [
      { label: t('Time'), value: formatNs(end - start), basis: 'measured' },
      { label: t('Step'), value: String(phases.step[row]) },
    ],
    selection: null,
    source: null,
    range: [start, end],
    note,
  };
}

function describeSpan(facts: Facts, row: number): Description {
  const { spans } = facts.tracks();
  const { trace } = facts;
  const layer = spans.layer[row] as number;
  const info = trace.layers[layer];
  const range: Range = [spans.startNs[row] as number, spans.endNs[row] as number];
  return {
    title: info?.path ?? 'layer',
    kind: info?.type ?? t('Layer'),
    figures: [
      { label: t('From first to last kernel'), value: formatNs(range[1] - range[0]), basis: 'measured' },
      { label: t('Phase'), value: term(PHASES[spans.phase[row] as number] ?? '') },
      { label: t('Kernels'), value: formatCount(spans.dispatches[row] as number) },
      ...(info?.detail ? [{ label: t('Settings'), value: info.detail }] : []),
    ],
    selection: { kind: 'layer', layer },
    source: place(trace, info?.location ?? -1),
    range,
  };
}

function describeTransfer(trace: Trace, row: number): Description {
  const { transfers } = trace.tables;
  const kind = TRANSFER_KINDS[transfers.kind[row] as number] ?? 'copy';
  const range: Range = [transfers.startNs[row] as number, transfers.endNs[row] as number];
  const size = transfers.sizeBytes[row] as number;
  const buffer = transfers.buffer[row] as number;
  return {
    title: term(kind),
    kind: t('Transfer'),
    figures: [
      { label: t('Time'), value: formatNs(range[1] - range[0]), basis: 'measured' },
      { label: t('Size'), value: formatBytes(size), basis: 'measured' },
      {
        label: t('Rate'),
        value: `${formatBytes((size / (range[1] - range[0])) * 1e9, 2)}/s`,
        basis: 'computed',
      },
    ],
    selection: buffer >= 0 ? { kind: 'buffer', buffer } : null,
    source: place(trace, transfers.location[row] as number),
    range,
    ...(kind === 'readback'
      ? { note: t('The script waits until the GPU has finished and the bytes are here') }
      : {}),
  };
}

function describeCompile(trace: Trace, row: number): Description {
  const { compiles } = trace.tables;
  const kernel = compiles.kernel[row] as number;
  const range: Range = [compiles.startNs[row] as number, compiles.endNs[row] as number];
  return {
    title: trace.kernels[kernel]?.name ?? 'pipeline',
    kind: t('Compilation'),
    figures: [{ label: t('Time'), value: formatNs(range[1] - range[0]), basis: 'measured' }],
    selection: kernel >= 0 ? { kind: 'kernel', kernel } : null,
    source: place(trace, compiles.location[row] as number),
    range,
  };
}

function describeSlice(trace: Trace, row: number): Description {
  const { slices } = trace.tables;
  const range: Range = [slices.startNs[row] as number, slices.endNs[row] as number];
  const layer = slices.layer[row] as number;
  return {
    title: trace.strings[slices.name[row] as number] ?? '',
    kind: t('Range'),
    figures: [{ label: t('Time'), value: formatNs(range[1] - range[0]), basis: 'measured' }],
    selection: layer >= 0 ? { kind: 'layer', layer } : null,
    source: place(trace, slices.location[row] as number),
    range,
  };
}

export function describeGap(facts: Facts, row: number): Description {
  const gap = facts.idle().gaps[row];
  if (!gap) throw new RangeError(`gap ${row}`);
  return {
    title: capital(IDLE_WORDS[gap.cause]),
    kind: t('GPU idle'),
    figures: [{ label: t('Time'), value: formatNs(gap.endNs - gap.startNs), basis: 'measured' }],
    selection: null,
    source: null,
    range: [gap.startNs, gap.endNs],
  };
}

/** One sentence for a screen reader. */
export function spoken(description: Description): string {
  const figures = description.figures.slice(0, 4).map(({ label, value }) => `${label} ${value}`);
  return [`${description.kind} ${description.title}`, ...figures, description.note ?? '']
    .filter(Boolean)
    .join(', ');
}
