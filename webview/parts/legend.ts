/** The families that occur in the trace; a click hides or shows one everywhere. */
import { FAMILIES } from '../../src/trace/model.ts';
import type { Family } from '../../src/trace/model.ts';
import type { App } from '../app.ts';
import { el } from '../dom.ts';
import { t } from '../translate.ts';
import { term } from '../terms.ts';

export function createLegend(app: App): { readonly element: HTMLElement; refresh(): void } {
  const element = el('div', {
    class: 'legend',
    attr: { role: 'group', 'aria-label': t('Kernel families: press to hide or show') },
  });
  let drawn = '';
  return {
    element,
    refresh() {
      const { trace, hidden } = app.store.state;
      const present = FAMILIES.filter((family) => trace?.kernels.some((kernel) => kernel.family === family));
      const key = JSON.stringify([present, [...hidden]]);
      if (key === drawn) return;
      drawn = key;
      const focused = document.activeElement?.getAttribute('data-family');
      element.replaceChildren(
        ...present.map((family) =>
          el(
            'button',
            {
              class: 'legend-item',
              title: t('Click hides or shows; double click shows only this one'),
              attr: { type: 'button', 'aria-pressed': String(!hidden.has(family)), 'data-family': family },
              on: { click: () => toggle(app, family), dblclick: () => only(app, family, present) },
            },
            el('span', { class: 'swatch', attr: { 'data-family': family } }),
            term(family),
          ),
        ),
        patternsButton(),
      );
      if (focused) (element.querySelector(`[data-family="${focused}"]`) as HTMLElement | null)?.focus();
    },
  };
}

/** Patterns besides colors, for eyes and printers that tell colors badly; high contrast themes have them anyway. */
function patternsButton(): HTMLElement {
  const { classList } = document.body;
  return el('button', {
    class: 'legend-item patterns-item',
    text: t('Patterns'),
    title: t('Patterns besides colors'),
    attr: {
      type: 'button',
      'aria-pressed': String(classList.contains('patterns')),
      'data-family': 'patterns',
    },
    on: {
      click: (event) =>
        (event.currentTarget as HTMLElement).setAttribute(
          'aria-pressed',
          String(classList.toggle('patterns')),
        ),
    },
  });
}

function toggle(app: App, family: Family): void {
  const hidden = new Set(app.store.state.hidden);
  if (!hidden.delete(family)) hidden.add(family);
  app.store.set({ hidden });
}

function only(app: App, family: Family, present: readonly Family[]): void {
  app.store.set({ hidden: new Set(present.filter((other) => other !== family)) });
}
