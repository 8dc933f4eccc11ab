/** The drawer at the bottom: everything about the selection, in every tab. */
import { formatBytes, formatCount, formatNs, formatShare } from '../../src/base/format.ts';
import { DEATHS, ROLES } from '../../src/trace/model.ts';
import type { Trace } from '../../src/trace/model.ts';
import { bufferUsers } from '../../src/analysis/buffer-uses.ts';
import type { Selection } from '../../src/wire/view-messages.ts';
import type { App } from '../app.ts';
import { describeDispatch, describeStep, inStep, limitedBy } from '../describe.ts';
import type { Description, Figure } from '../describe.ts';
import { baseName, el, sourceLink } from '../dom.ts';
import type { Facts } from '../facts.ts';
import { shortKernel } from '../kernel-name.ts';
import { bufferName } from '../views/memory-rows.ts';
import { areaContent } from './area.ts';
import { kernelDistribution } from './distribution.ts';
import { figuresList } from './tooltip.ts';
import { wgslBlock } from './wgsl.ts';
import { t } from '../translate.ts';
import { capital, term } from '../terms.ts';

interface Details extends Omit<Description, 'range' | 'selection'> {
  /** Whose WGSL and times are shown below. */
  readonly kernel?: number | undefined;
}

export function createDetails(app: App): { readonly element: HTMLElement; refresh(hidden: boolean): void } {
  const content = el('div', { class: 'details-content' });
  const element = el(
    'section',
    { class: 'details', attr: { 'aria-label': t('Details of the selection') } },
    content,
  );
  let drawn: readonly unknown[] = [];
  return {
    element,
    refresh(hidden) {
      const { facts, selection, area, notes } = app.store.state;
      element.hidden = hidden || !facts || (!selection && !area);
      if (element.hidden || !facts) return;
      const key = area ?? selection;
      const of = [key, area ? notes : null, facts.trace.tables.dispatches.length] as const;
      if (of.every((value, i) => value === drawn[i])) return;
      drawn = of;
      const close = el('button', { class: 'icon close', title: t('Close (Escape)'), attr: { type: 'button', 'aria-label': t('Close details') }, on: { click: () => { app.store.set({ area: null }); app.select(null); } } }); // prettier-ignore
      const parts = area
        ? areaContent(app, facts, area)
        : selection
          ? detailsContent(app, facts, selection)
          : [];
      content.replaceChildren(close, ...parts);
    },
  };
}

function detailsContent(app: App, facts: Facts, selection: Selection): HTMLElement[] {
  const details = detailsOf(facts, selection);
  if (!details) return [el('p', { text: t('Not in this trace.') })];
  const { source, kernel } = details;
  const info = facts.trace.kernels[kernel ?? -1];
  const code = info ? wgslBlock(info) : null;
  const times = kernel === undefined ? null : kernelDistribution(facts.trace, kernel);
  return [
    el(
      'div',
      { class: 'details-head' },
      el('h2', { text: details.title }),
      el('span', { class: 'details-kind', text: details.kind }),
      source ? sourceLink(`${baseName(source.file)}:${source.line}`, () => app.open(source)) : null,
    ),
    figuresList(details),
    ...(details.note ? [el('p', { class: 'tip-note', text: details.note })] : []),
    ...(times ? [times] : []),
    ...(code ? [code] : []),
  ];
}

function detailsOf(facts: Facts, selection: Selection): Details | null {
  const { trace } = facts;
  switch (selection.kind) {
    case 'dispatch': {
      if (selection.dispatch >= trace.tables.dispatches.length) return null;
      const launch = trace.tables.dispatches.launch[selection.dispatch] as number;
      return {
        ...describeDispatch(facts, selection.dispatch),
        kernel: trace.tables.launches.kernel[launch],
      };
    }
    case 'kernel':
      return kernelDetails(facts, selection.kernel);
    case 'layer':
      return layerDetails(facts, selection.layer);
    case 'step': {
      const row = trace.tables.steps.index.indexOf(selection.step);
      return row < 0 ? null : describeStep(trace, row);
    }
    case 'buffer':
      return bufferDetails(facts, selection.buffer);
  }
}

function kernelDetails(facts: Facts, kernel: number): Details | null {
  const stats = facts.kernels().find((row) => row.kernel === kernel);
  const info = facts.trace.kernels[kernel];
  if (!info) return null;
  const { occupancy } = stats ?? {};
  const figures: Figure[] = stats
    ? [
        {
          label: t('Total'),
          value: t('{0}, {1} of all kernels', formatNs(stats.totalNs), formatShare(stats.share)),
          basis: stats.estimated ? 'estimated' : 'measured',
        },
        {
          label: t('Median'),
          value: t(
            '{0} ({1} to {2})',
            formatNs(stats.medianNs),
            formatNs(stats.minNs),
            formatNs(stats.maxNs),
          ),
          basis: 'measured',
        },
        {
          label: t('Dispatches'),
          value: t('{0} timed of {1}', formatCount(stats.count), formatCount(stats.dispatches)),
        },
        {
          label: t('Workgroup'),
          value: info.workgroupBytes
            ? t('{0}, {1} shared', info.workgroupSize.join(' × '), formatBytes(info.workgroupBytes))
            : info.workgroupSize.join(' × '),
        },
        { label: t('Grid'), value: stats.workgroups.join(' × ') },
        ...(occupancy && occupancy.basis !== 'unknown'
          ? [
              {
                label: t('Occupancy'),
                value: t(
                  '≤ {0}, {1} waves{2}',
                  formatShare(occupancy.achieved),
                  occupancy.waves.toPrecision(2),
                  limitedBy(occupancy.limiter),
                ),
                basis: 'estimated' as const,
              },
            ]
          : []),
        {
          label: t('Bound'),
          value:
            stats.roofline.bound === 'unknown'
              ? t('unknown')
              : t(
                  '{0}, {1} of that ceiling',
                  term(stats.roofline.bound),
                  formatShare(stats.roofline.efficiency),
                ),
          basis: 'computed',
        },
      ]
    : [{ label: t('Dispatches'), value: t('none') }];
  return {
    title: info.name,
    kind: t('Kernel, {0}', term(info.family)),
    figures,
    source:
      facts.trace.locations[facts.trace.tables.launches.location[stats?.launch ?? -1] as number] ?? null,
    kernel,
  };
}

function layerDetails(facts: Facts, layer: number): Details | null {
  const costs = facts.layers();
  const cost = costs.layers[layer];
  if (!cost) return null;
  const held = ROLES.map((role) => ({ role, bytes: cost.totalBytes[role] })).filter(({ bytes }) => bytes > 0);
  return {
    title: cost.path,
    kind: cost.type,
    source: cost.source,
    figures: [
      { label: t('Forward'), value: formatNs(cost.total.forwardNs), basis: 'measured' },
      { label: t('Backward'), value: formatNs(cost.total.backwardNs), basis: 'measured' },
      {
        label: t('Share'),
        value:
          costs.per === 'step'
            ? t('{0} of a step’s GPU time', formatShare(cost.share))
            : t('{0} of the GPU time', formatShare(cost.share)),
        basis: 'measured',
      },
      ...(Number.isFinite(cost.occupancy)
        ? [{ label: t('Occupancy'), value: `≤ ${formatShare(cost.occupancy)}`, basis: 'estimated' as const }]
        : []),
      ...held.map(({ role, bytes }) => ({
        label: capital(term(role)),
        value: formatBytes(bytes),
        basis: 'measured' as const,
      })),
      ...(cost.detail ? [{ label: t('Settings'), value: cost.detail }] : []),
    ],
  };
}

const MOST_USERS = 4;

/** Which kernels write and read the buffer, the first few by name. */
function usersOf(trace: Trace, buffer: number): Figure[] {
  const { writers, readers, ofPool } = bufferUsers(trace, buffer);
  const named = (launches: readonly number[]) => {
    const names = [
      ...new Set(
        launches.map((launch) =>
          shortKernel(trace.kernels[trace.tables.launches.kernel[launch] as number]?.name ?? ''),
        ),
      ),
    ];
    const more = names.length - MOST_USERS;
    const listed = names.slice(0, MOST_USERS).join(', ');
    return more > 0 ? t('{0} and {1} more', listed, more) : listed;
  };
  const where = ofPool ? t(' (its pool)') : '';
  return [
    ...(writers.length > 0 ? [{ label: t('Written by{0}', where), value: named(writers) }] : []),
    ...(readers.length > 0 ? [{ label: t('Read by{0}', where), value: named(readers) }] : []),
  ];
}

function bufferDetails(facts: Facts, buffer: number): Details | null {
  const { buffers } = facts.trace.tables;
  if (buffer >= buffers.length) return null;
  const layer = facts.trace.layers[buffers.layer[buffer] as number];
  const born = buffers.bornNs[buffer] as number;
  const died = buffers.diedNs[buffer] as number;
  return {
    title: bufferName(facts.trace, buffer),
    kind: t('Buffer, {0}', term(ROLES[buffers.role[buffer] as number] ?? 'unknown')),
    source:
      facts.trace.locations[buffers.location[buffer] as number] ??
      facts.trace.locations[layer?.location ?? -1] ??
      null,
    figures: [
      { label: t('Size'), value: formatBytes(buffers.sizeBytes[buffer] as number), basis: 'measured' },
      ...(layer ? [{ label: t('Layer'), value: layer.path }] : []),
      {
        label: t('Born'),
        value:
          (buffers.bornStep[buffer] as number) >= 0
            ? inStep(formatNs(born), buffers.bornStep[buffer] as number)
            : t('{0}, before the first step', formatNs(born)),
      },
      {
        label: t('Lived'),
        value:
          Number.isFinite(died) && (buffers.death[buffer] as number) > 0
            ? `${formatNs(died - born)}, ${term(DEATHS[buffers.death[buffer] as number] ?? '')}`
            : t('to the end'),
      },
      ...usersOf(facts.trace, buffer),
    ],
  };
}
