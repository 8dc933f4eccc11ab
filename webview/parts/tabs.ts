/** Tabs by the ARIA pattern: one stop for Tab, arrows inside. */
import type { ViewId } from '../../src/wire/view-messages.ts';
import { el } from '../dom.ts';
import { t } from '../translate.ts';

export function createTabs(
  views: readonly { readonly id: ViewId; readonly title: string }[],
  choose: (id: ViewId) => void,
): { readonly element: HTMLElement; show(id: ViewId, isThere: (id: ViewId) => boolean): void } {
  const buttons = views.map(({ id, title }) =>
    el('button', {
      class: 'tab',
      text: title,
      attr: { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': 'view' },
      on: { click: () => choose(id) },
    }),
  );
  const element = el(
    'div',
    { class: 'tabs', attr: { role: 'tablist', 'aria-label': t('Views') } },
    ...buttons,
  );
  element.addEventListener('keydown', (event) => {
    const there = buttons.filter(({ hidden }) => !hidden);
    const at = there.indexOf(event.target as HTMLButtonElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: there.length - 1 }[event.key];
    const next = to === undefined ? undefined : there[(to + there.length) % there.length];
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
    next.click();
  });
  return {
    element,
    show(id, isThere) {
      views.forEach((view, i) => {
        const tab = buttons[i] as HTMLButtonElement;
        tab.setAttribute('aria-selected', String(view.id === id));
        tab.hidden = !isThere(view.id);
        tab.tabIndex = view.id === id ? 0 : -1;
      });
    },
  };
}
