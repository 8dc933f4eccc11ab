/** The strip of all steps in the overview: choosing a bar shows its step on the timeline. */
import { formatNs } from '../../src/base/format.ts';
import type { App } from '../app.ts';
import { el } from '../dom.ts';
import { stepRange } from '../extent.ts';
import type { Facts } from '../facts.ts';
import { stepBars } from './overview-steps.layout.ts';
import type { StepBar } from './overview-steps.layout.ts';
import { t } from '../translate.ts';

const MOST_BARS = 180;
const FEWEST_STEPS = 3;
const WORDS: Readonly<Record<StepBar['kind'], string>> = {
  warmup: t('warm-up'),
  timed: t('kernels timed'),
  untimed: t('at full speed'),
};

export function stepStrip(app: App, facts: Facts): HTMLElement[] {
  const { trace } = facts;
  const { median } = facts.steps().durationNs;
  if (trace.tables.steps.length < FEWEST_STEPS || !Number.isFinite(median)) return [];
  const bars = stepBars(trace, median, MOST_BARS);
  const goTo = (row: number) => {
    app.store.set({ view: 'timeline' });
    app.axis.glideTo(...stepRange(trace, row), 0.03);
    app.select({ kind: 'step', step: trace.tables.steps.index[row] as number });
  };
  const nameOf = ({ row, ns, kind }: StepBar) => `step ${trace.tables.steps.index[row]}: ${formatNs(ns)}, ${WORDS[kind]}`; // prettier-ignore
  const list = el('div', {
    class: 'step-bars',
    attr: {
      role: 'listbox',
      tabindex: 0,
      'aria-label': t('Time of each step, Enter shows one on the timeline'),
    },
  });
  let at = 0;
  const point = (next: number) => {
    at = Math.max(0, Math.min(bars.length - 1, next));
    [...list.children].forEach((bar, i) => bar.setAttribute('aria-selected', String(i === at)));
    list.setAttribute('aria-activedescendant', `step-bar-${at}`);
    app.announce(nameOf(bars[at] as StepBar));
  };
  list.append(
    ...bars.map((bar, i) =>
      el('span', {
        class: `step-bar ${bar.kind} ${bar.cut ? 'cut' : ''}`,
        title: nameOf(bar),
        attr: { role: 'option', id: `step-bar-${i}`, 'aria-label': nameOf(bar), 'aria-selected': 'false' },
        style: { height: `${Math.max(3, bar.tall * 100)}%` },
        on: { click: () => goTo(bar.row) },
      }),
    ),
  );
  list.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowRight') point(at + 1);
    else if (event.key === 'ArrowLeft') point(at - 1);
    else if (event.key === 'Enter') goTo((bars[at] as StepBar).row);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const kinds = (['untimed', 'timed', 'warmup'] as const).filter((kind) => bars.some((bar) => bar.kind === kind)); // prettier-ignore
  return [
    el(
      'div',
      { class: 'strip-head' },
      el('h2', { class: 'section-title flush', text: t('Every step') }),
      ...kinds.map((kind) =>
        el('span', { class: 'key faint' }, el('span', { class: `swatch step-bar ${kind}` }), WORDS[kind]),
      ),
      el('span', { class: 'grow' }),
      el('span', { class: 'faint', text: t('median {0}', formatNs(median)) }),
    ),
    list,
  ];
}
