/** The details of a chosen stretch of time. */
import { IDLE_CAUSES } from '../../src/analysis/idle.ts';
import { formatCount, formatNs, formatShare } from '../../src/base/format.ts';
import { PHASES } from '../../src/trace/model.ts';
import { sumArea } from '../area-sums.ts';
import type { App } from '../app.ts';
import type { Range } from '../axis.ts';
import { IDLE_WORDS } from '../describe.ts';
import { el } from '../dom.ts';
import type { Facts } from '../facts.ts';
import { noteField } from './notes.ts';
import { t } from '../translate.ts';
import { term } from '../terms.ts';

const LISTED = 6;

export function areaContent(app: App, facts: Facts, area: Range): HTMLElement[] {
  const sums = sumArea(facts, area);
  const { trace } = facts;
  const kernels = ranked(
    sums.kernelNs,
    (i) => `${trace.kernels[i]?.name} (${formatCount(sums.kernelCount[i] as number)} ×)`,
  );
  const layers = ranked(sums.layerNs, (i) => trace.layers[i]?.path ?? t('no layer'));
  const phases = ranked(sums.phaseNs, (i) => term(PHASES[i] ?? ''));
  const idle = ranked(sums.idleNs, (i) => IDLE_WORDS[IDLE_CAUSES[i] ?? 'host']);
  return [
    el(
      'div',
      { class: 'details-head' },
      el('h2', { text: t('{0} selected', formatNs(sums.spanNs, 3)) }),
      el('span', {
        class: 'details-kind',
        text: t('kernels run {0} of it, {1}', formatNs(sums.gpuNs), formatShare(sums.gpuNs / sums.spanNs)),
      }),
    ),
    noteField(app, area),
    el(
      'div',
      { class: 'area-columns' },
      group(t('Kernels'), kernels, sums.spanNs),
      group(t('Layers'), layers, sums.spanNs),
      group(t('Phases'), phases, sums.spanNs),
      group(t('GPU idle'), idle, sums.spanNs),
    ),
  ].filter((part) => part !== null);
}

type Ranked = readonly { readonly name: string; readonly ns: number }[];

function ranked(sums: Float64Array, name: (i: number) => string): Ranked {
  const rows = Array.from(sums, (ns, i) => ({ name: name(i), ns })).filter(({ ns }) => ns > 0).sort((a, b) => b.ns - a.ns); // prettier-ignore
  if (rows.length <= LISTED) return rows;
  const rest = rows.slice(LISTED - 1);
  return [
    ...rows.slice(0, LISTED - 1),
    { name: t('{0} more', rest.length), ns: rest.reduce((total, row) => total + row.ns, 0) },
  ];
}

function group(title: string, rows: Ranked, spanNs: number): HTMLElement {
  return el(
    'div',
    { class: 'area-group' },
    el('h3', { text: title }),
    rows.length === 0
      ? el('p', { class: 'faint', text: 'none' })
      : el(
          'dl',
          { class: 'figures' },
          ...rows.map(({ name, ns }) =>
            el(
              'div',
              {},
              el('dt', { text: name, title: name }),
              el('dd', { text: `${formatNs(ns)} · ${formatShare(ns / spanNs)}` }),
            ),
          ),
        ),
  );
}
