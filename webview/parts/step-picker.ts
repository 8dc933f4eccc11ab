/** `step 12 of 40`, with buttons to the step before and after. Choosing a step shows exactly it. */
import { STEP_FLAGS } from '../../src/trace/model.ts';
import { formatCount, formatNs } from '../../src/base/format.ts';
import type { App } from '../app.ts';
import { el } from '../dom.ts';
import { stepRange } from '../extent.ts';
import { t } from '../translate.ts';

export interface StepPicker {
  readonly element: HTMLElement;
  refresh(): void;
}

/** More than this and the list would be no list; the buttons and the minimap still reach every step. */
const MAX_LISTED = 500;

export function createStepPicker(app: App): StepPicker {
  const list = el('select', {
    class: 'step-list',
    attr: { 'aria-label': t('Step') },
    on: { change: () => goTo(Number(list.value)) },
  });
  const arrow = (label: string, by: 1 | -1) =>
    el('button', {
      class: `icon ${by > 0 ? 'next' : 'previous'}`,
      title: label,
      attr: { type: 'button', 'aria-label': label },
      on: { click: () => move(by) },
    });
  const total = el('span', { class: 'faint step-total' });
  const element = el(
    'span',
    { class: 'step-picker' },
    arrow(t('Previous step'), -1),
    list,
    total,
    arrow(t('Next step'), 1),
  );
  let drawn = '';

  function goTo(row: number): void {
    const { trace } = app.store.state;
    if (!trace || row < 0 || row >= trace.tables.steps.length) return;
    const [start, end] = stepRange(trace, row);
    app.axis.glideTo(start, end, 0.03);
    app.select({ kind: 'step', step: trace.tables.steps.index[row] as number });
  }

  /** The step in the middle of what is visible. */
  function current(): number {
    const { trace } = app.store.state;
    if (!trace) return -1;
    const middle = (app.axis.visible[0] + app.axis.visible[1]) / 2;
    const { startNs, length } = trace.tables.steps;
    let low = 0;
    let high = length;
    while (low < high) {
      const at = (low + high) >>> 1;
      if ((startNs[at] as number) <= middle) low = at + 1;
      else high = at;
    }
    return Math.max(0, low - 1);
  }

  const move = (by: 1 | -1) => goTo(current() + by);

  const show = () => {
    const row = current();
    if (row >= 0 && list.value !== String(row)) list.value = String(row);
  };
  app.axis.onChange(show);

  return {
    element,
    refresh() {
      const { trace } = app.store.state;
      const count = trace?.tables.steps.length ?? 0;
      element.hidden = count === 0;
      if (!trace || count === 0) return;
      total.textContent = t('of {0}', formatCount(count));
      const key = `${count} ${trace.meta.startedAt} ${trace.meta.script}`;
      if (key !== drawn) {
        drawn = key;
        const { steps } = trace.tables;
        const every = Math.ceil(count / MAX_LISTED);
        list.replaceChildren(
          ...Array.from({ length: Math.ceil(count / every) }, (_, i) => {
            const row = i * every;
            const flags = steps.flags[row] as number;
            const notes = [
              flags & STEP_FLAGS.warmup ? t('warm-up') : '',
              flags & STEP_FLAGS.timed ? '' : t('not timed'),
            ].filter(Boolean);
            const ns = (steps.endNs[row] as number) - (steps.startNs[row] as number);
            return el('option', {
              attr: { value: row },
              text: `${t('step {0}', steps.index[row] as number)} · ${formatNs(ns)}${notes.length > 0 ? ` · ${notes.join(', ')}` : ''}`,
            });
          }),
        );
      }
      show();
    },
  };
}
