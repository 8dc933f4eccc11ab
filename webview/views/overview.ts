/** The first thing after a run: how long a step takes, where it went, whether the GPU is the limit, what to change first. */
import type { MemoryPeak } from '../../src/analysis/memory.ts';
import { formatBytes, formatCount, formatNs, formatShare } from '../../src/base/format.ts';
import type { Trace } from '../../src/trace/model.ts';
import type { App, View } from '../app.ts';
import { IDLE_WORDS, layerName } from '../describe.ts';
import { baseName, button, el, sourceLink } from '../dom.ts';
import type { Facts } from '../facts.ts';
import { kernelName } from '../kernel-name.ts';
import { isNote, noAdvice, suggestionCard } from '../parts/suggestion-card.ts';
import { doesTheGpuPay, isGpuTheLimit } from '../words.ts';
import { stepStrip } from './overview-steps.ts';
import { stepParts } from './overview.layout.ts';
import type { StepPart } from './overview.layout.ts';
import { t } from '../translate.ts';
import { term } from '../terms.ts';

const SHOWN_SUGGESTIONS = 3;
const SHOWN_LAYERS = 5;
const SHOWN_KERNELS = 6;

export function createOverview(app: App): View {
  const tiles = el('div', { class: 'tiles' });
  const bar = el('div', { class: 'went' });
  const strip = el('section', { class: 'strip' });
  const advice = el('section', { class: 'overview-advice' });
  const costs = el('section', { class: 'overview-costs' });
  const element = el(
    'div',
    { class: 'view overview', attr: { tabindex: 0, role: 'region', 'aria-label': t('Overview') } },
    tiles,
    bar,
    strip,
    el('div', { class: 'two-columns' }, advice, costs),
  );
  let drawn: unknown[] = [];
  const refresh = () => {
    const { facts, suggestions, proving, live, baseline } = app.store.state;
    const key = [facts, suggestions, proving, live, baseline];
    if (!facts || key.every((value, i) => value === drawn[i])) return;
    drawn = key;
    tiles.replaceChildren(...tilesOf(app, facts, baseline?.trace ?? null));
    strip.replaceChildren(...stepStrip(app, facts));
    bar.replaceChildren(...whereItWent(facts));
    advice.replaceChildren(
      el('h2', { class: 'section-title flush', text: t('What to change first') }),
      ...adviceOf(app),
    );
    costs.replaceChildren(...layersOf(app, facts), ...kernelsOf(app, facts));
  };
  return { element, refresh, repaint: refresh };
}

function measureOnCpu(app: App): HTMLElement {
  return button(t('Measure on the CPU'), () => app.send({ type: 'command', command: 'measureOnCpu' }), {
    kind: 'secondary',
    class: 'needs-shell',
    title: t('Run the same steps on the CPU, to see whether the GPU pays'),
  });
}

function tile(title: string, value: string, about: string, note?: string, action?: HTMLElement): HTMLElement {
  return el(
    'div',
    { class: 'tile' },
    el('h2', { text: title }),
    el('strong', { class: 'big', text: value }),
    el('p', { class: 'faint', text: about }),
    note ? el('p', { class: 'faint', text: note }) : null,
    action,
  );
}

function tilesOf(app: App, facts: Facts, baseline: Trace | null): HTMLElement[] {
  const steps = facts.steps();
  const { median, low, high } = steps.durationNs;
  const peak = facts.peak();
  const { adapter, host } = facts.trace.meta;
  const limit = adapter?.memoryBytes ?? (adapter?.software ? (host?.memoryBytes ?? null) : null);
  const verdict = isGpuTheLimit(facts);
  const pays = doesTheGpuPay(facts.trace, baseline);
  // A run on a real GPU that no run on the processor stands beside yet.
  const askable = pays === null && adapter?.software === false && facts.trace.meta.origin === 'run';
  const { whileBusy } = facts.occupancy();
  const rate = Number.isFinite(steps.samplesPerSecond)
    ? t('{0} samples/s', formatCount(Number(steps.samplesPerSecond.toPrecision(2))))
    : t('{0} steps', formatCount(steps.count));
  return [
    Number.isFinite(median)
      ? tile(
          t('Step'),
          formatNs(median),
          t(
            '{0} to {1}, {2} steady steps',
            formatNs(low),
            formatNs(high),
            formatCount(steps.timed + steps.untimed),
          ),
          rate,
        )
      : tile(t('Step'), t('not known'), t('This trace has no steps')),
    tile(
      t('GPU busy'),
      formatShare(steps.gpuBusyShare),
      // Of the usual step, as the bar below: timed steps alone can be other steps.
      t(
        'of a step: {0} of kernels',
        formatNs(Number.isFinite(median) ? steps.gpuBusyShare * median : steps.gpuBusyNs),
      ),
      Number.isFinite(whileBusy)
        ? t('occupancy ≤ {0} meanwhile (estimated)', formatShare(whileBusy))
        : undefined,
    ),
    tile(
      t('Memory at the peak'),
      peak.buffers > 0 ? formatBytes(peak.bytes) : t('not recorded'),
      memoryLimitText(peak, limit),
      topRole(facts),
    ),
    tile(
      t('Is the GPU the limit?'),
      verdict.answer,
      verdict.why,
      pays ?? undefined,
      askable && !app.store.state.live ? measureOnCpu(app) : undefined,
    ),
  ];
}

function memoryLimitText(peak: MemoryPeak, limit: number | null): string {
  if (peak.buffers === 0)
    return limit ? t('the device has {0}', formatBytes(limit)) : t('this trace tells nothing about memory');
  return limit
    ? t('{0} of {1}', formatShare(peak.bytes / limit), formatBytes(limit))
    : t('the device does not tell its limit');
}

function topRole(facts: Facts): string | undefined {
  const { byRole, bytes } = facts.peak();
  const [role, most] = Object.entries(byRole).sort((a, b) => b[1] - a[1])[0] ?? ['', 0]; // prettier-ignore
  return most > 0 ? t('mostly {0}: {1}', term(role), formatShare(most / bytes)) : undefined;
}

function whereItWent(facts: Facts): HTMLElement[] {
  const parts = stepParts(facts.kernels(), facts.idle());
  const title = el('h2', { class: 'section-title flush', text: t('Where a step goes') });
  if (parts.length === 0)
    return [title, el('p', { class: 'faint', text: t('No step of this trace has timed kernels.') })];
  // Shares are of the timed steps together, times of the usual one, timed or not.
  const { median } = facts.steps().durationNs;
  const stepNs = Number.isFinite(median) ? median : facts.idle().windowNs / Math.max(1, facts.idle().steps);
  const segments = parts.map((part) =>
    el('span', {
      class: `segment ${part.of.kind}`,
      attr: { 'data-family': part.of.kind === 'family' ? part.of.family : null },
      title: t('{0}: {1}, {2} a step', nameOf(part), formatShare(part.share), formatNs(part.share * stepNs)),
      style: {
        'flex-grow': String(part.share),
        ...(part.of.kind === 'family' ? { background: `var(--ks-family-${part.of.family})` } : {}),
      },
    }),
  );
  const legend = parts.map((part) =>
    el(
      'li',
      {},
      el('span', {
        class: `swatch ${part.of.kind}`,
        attr: { 'data-family': part.of.kind === 'family' ? part.of.family : null },
        style: part.of.kind === 'family' ? { background: `var(--ks-family-${part.of.family})` } : {},
      }),
      el('span', { text: nameOf(part) }),
      el('span', { class: 'went-share', text: formatShare(part.share) }),
      el('span', { class: 'faint', text: formatNs(part.share * stepNs) }),
    ),
  );
  return [
    title,
    el(
      'div',
      { class: 'went-bar', attr: { role: 'img', 'aria-label': t('Shares of a step, listed below') } },
      ...segments,
    ),
    el('ul', { class: 'went-legend' }, ...legend),
  ];
}

function nameOf({ of }: StepPart): string {
  return of.kind === 'family' ? term(of.family) : IDLE_WORDS[of.cause];
}

function adviceOf(app: App): HTMLElement[] {
  const { suggestions, live } = app.store.state;
  // What only warns of the figures changes nothing: it stands under Advice.
  const changes = (suggestions ?? []).filter((suggestion) => !isNote(suggestion));
  if (changes.length > 0) {
    const best = changes.sort((a, b) => (b.verdict ?? b.predicted).speedup - (a.verdict ?? a.predicted).speedup); // prettier-ignore
    return best.slice(0, SHOWN_SUGGESTIONS).map((suggestion) => suggestionCard(app, suggestion, false));
  }
  return [
    el('p', {
      class: 'faint',
      text: noAdvice(suggestions, live),
    }),
  ];
}

function layersOf(app: App, facts: Facts): HTMLElement[] {
  const costs = facts.layers();
  const hasChildren = new Set(costs.layers.map(({ parent }) => parent));
  const top = costs.layers
    .filter(({ layer, total }) => !hasChildren.has(layer) && total.totalNs > 0)
    .sort((a, b) => b.total.totalNs - a.total.totalNs)
    .slice(0, SHOWN_LAYERS);
  if (top.length === 0) return [];
  const most = top[0]?.share ?? 1;
  const rows = top.map((cost) => {
    const { forwardNs, totalNs } = cost.total;
    const wide = (cost.share / most) * 100;
    const { source } = cost;
    return rankedRow(
      /^\d+$/.test(cost.path) ? layerName(cost) : cost.path,
      () => app.select({ kind: 'layer', layer: cost.layer }),
      [['forward', (forwardNs / totalNs) * wide], ['backward', (1 - forwardNs / totalNs) * wide]],
      `${formatNs(totalNs)} · ${formatShare(cost.share)}`,
      source ? sourceLink(`${baseName(source.file)}:${source.line}`, () => app.open(source)) : null,
    );
  }); // prettier-ignore
  return [
    el('h2', { class: 'section-title flush', text: t('Costliest layers') }),
    el('ul', { class: 'ranked' }, ...rows),
  ];
}

/** With its variant, unless that is a page of template arguments. */
function listedName(name: string): string {
  const { short, rest } = kernelName(name);
  return rest === '' || rest.startsWith('<') ? short : `${short} · ${rest}`;
}

function kernelsOf(app: App, facts: Facts): HTMLElement[] {
  const top = facts.kernels().filter(({ totalNs }) => totalNs > 0).slice(0, SHOWN_KERNELS); // prettier-ignore
  const most = top[0]?.share ?? 1;
  const { timed } = facts.steps();
  // A step, as layers are told, so that the two lists can be held side by side.
  const perStep = ({ totalNs }: { totalNs: number }) => (timed > 0 ? totalNs / timed : totalNs);
  const rows = top.map((row) =>
    rankedRow(
      listedName(row.name),
      () => app.select({ kind: 'kernel', kernel: row.kernel }),
      [['backward', (row.share / most) * 100]],
      `${formatNs(perStep(row))} · ${formatShare(row.share)}`,
      el('span', {
        class: 'faint',
        text: row.roofline.bound === 'unknown' ? '' : t('{0}-bound', term(row.roofline.bound)),
      }),
      `var(--ks-family-${row.family})`,
    ),
  );
  return [
    el('h2', { class: 'section-title flush', text: t('Costliest kernels') }),
    el('ul', { class: 'ranked' }, ...rows),
  ];
}

function rankedRow(
  name: string,
  choose: () => void,
  parts: readonly (readonly [kind: string, percent: number])[],
  value: string,
  last: HTMLElement | null,
  color?: string,
): HTMLElement {
  const bar = parts.map(([kind, percent]) =>
    el('span', { class: kind, style: { width: `${percent}%`, ...(color ? { background: color } : {}) } }),
  );
  return el(
    'li',
    {},
    el('button', {
      class: 'ranked-name',
      text: name,
      title: name,
      attr: { type: 'button' },
      on: { click: choose },
    }),
    el('span', { class: 'ranked-bar', attr: { 'aria-hidden': 'true' } }, ...bar),
    el('span', { class: 'ranked-value', text: value }),
    last ?? el('span', {}),
  );
}
