/** The families that occur in the trace; a click hides or shows one everywhere. */
import { FAMILIES } from '../../src/trace/model.ts';
import type { Family } from '../../src/trace/model.ts';
import type { App } from '../app.ts';
import { el } from '../dom.ts';

export function createLegend(app: App): { readonly element: HTMLElement; refresh(): void } {
  const element = el('div', {
    class: 'legend',
    attr: { role: 'group', 'aria-label': 'Kernel families: press to hide or show' },
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
              title: 'Click hides or shows; double click shows only this one',
              attr: { type: 'button', 'aria-pressed': String(!hidden.has(family)), 'data-family': family },
              on: { click: () => toggle(app, family), dblclick: () => only(app, family, present) },
            },
            el('span', { class: 'swatch', style: { background: `var(--ks-family-${family})` } }),
            family,
          ),
        ),
      );
      if (focused) (element.querySelector(`[data-family="${focused}"]`) as HTMLElement | null)?.focus();
    },
  };
}

function toggle(app: App, family: Family): void {
  const hidden = new Set(app.store.state.hidden);
  if (!hidden.delete(family)) hidden.add(family);
  app.store.set({ hidden });
}

function only(app: App, family: Family, present: readonly Family[]): void {
  app.store.set({ hidden: new Set(present.filter((other) => other !== family)) });
}
