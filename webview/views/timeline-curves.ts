/** The figures behind a point of the occupancy or memory curve. */
import { formatBytes, formatShare } from '../../src/base/format.ts';
import { ROLES } from '../../src/trace/model.ts';
import type { Figure } from '../describe.ts';
import { el } from '../dom.ts';
import type { Facts } from '../facts.ts';
import { addMeans } from '../marks/curve.ts';
import { firstAbove } from '../marks/lane.ts';
import { figuresList } from '../parts/tooltip.ts';
import type { CurveId } from './timeline.layout.ts';
import { t } from '../translate.ts';
import { term } from '../terms.ts';

export function curveContent(facts: Facts, id: CurveId, ns: number, nsPerPx: number): Node[] {
  if (id === 'memory') return memoryContent(facts, ns, nsPerPx);
  if (id === 'busy') {
    const mean = new Float64Array(1);
    for (const weighted of facts.occupancyCurves().busy) addMeans(weighted, ns, ns + nsPerPx, mean);
    return head(t('GPU busy {0} of this pixel', formatShare(Math.min(1, mean[0] as number))), t('measured'));
  }
  if (id === 'occupancy') return occupancyContent(facts, ns, nsPerPx);
  const series = facts.series().find((one) => one.id === id);
  const value = series?.steps.values[firstAbove(series.steps.atNs, ns) - 1];
  return series && value !== undefined ? head(`${series.title} ${series.format(value)}`, t('measured')) : [];
}

function memoryContent(facts: Facts, ns: number, nsPerPx: number): Node[] {
  if (!facts.memoryCurve.known) return head(t('Adding up…'), t('Memory'));
  const { timeline: memory, highest } = facts.memoryCurve();
  const at = highest.columns(ns, ns + nsPerPx, 1)[0] ?? -1;
  if (at < 0) return head(t('No buffers yet'), t('Memory'));
  const figures = ROLES.map((role, i): Figure & { readonly bytes: number } => {
    const bytes = (memory.bytes[i] as Float64Array)[at] as number;
    return { label: term(role), value: formatBytes(bytes), bytes };
  })
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes);
  return [
    ...head(t('{0} in use', formatBytes(memory.live[at] as number)), t('Memory, measured')),
    figuresList({ figures }),
  ];
}

function occupancyContent(facts: Facts, ns: number, nsPerPx: number): Node[] {
  const curves = facts.occupancyCurves();
  const [high, low] = [new Float64Array(1), new Float64Array(1)];
  for (const weighted of curves.high) addMeans(weighted, ns, ns + nsPerPx, high);
  for (const weighted of curves.low) addMeans(weighted, ns, ns + nsPerPx, low);
  const [top, bottom] = [Math.min(1, high[0] as number), Math.min(1, low[0] as number)];
  const range =
    top - bottom > 0.005 ? t('{0} to {1}', formatShare(bottom), formatShare(top)) : formatShare(top);
  return [
    ...head(t('Occupancy {0}', range), t('estimated')),
    el('div', {
      class: 'tip-note',
      text: t('From launch geometry, not a hardware counter. Idle time counts as zero.'),
    }),
  ];
}

const head = (title: string, kind: string) => [
  el(
    'div',
    { class: 'tip-head' },
    el('span', { class: 'tip-title', text: title }),
    el('span', { class: 'tip-kind', text: kind }),
  ),
];
