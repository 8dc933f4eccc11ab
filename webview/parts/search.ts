/** The search field: a combobox over all that has a name. Enter selects everywhere, or shows the stretch of time. */
import type { App } from '../app.ts';
import { el } from '../dom.ts';
import { findInTrace } from '../find.ts';
import type { Found } from '../find.ts';
import { t } from '../translate.ts';

export function createSearch(app: App): { readonly element: HTMLElement; refresh(): void } {
  const input = el('input', {
    class: 'search-input',
    attr: {
      type: 'search',
      placeholder: t('Search'),
      role: 'combobox',
      'aria-label': t('Search kernels, layers, lines, steps, buffers and slices'),
      'aria-expanded': 'false',
      'aria-controls': 'found',
      'aria-autocomplete': 'list',
      spellcheck: 'false',
      'data-keys': 'search',
    },
  });
  const list = el('ul', {
    class: 'found',
    attr: { role: 'listbox', id: 'found', 'aria-label': t('Found'), hidden: true },
  });
  const element = el(
    'div',
    { class: 'search' },
    input,
    el('kbd', { text: '/', attr: { 'aria-hidden': 'true' } }),
    list,
  );
  let found: Found[] = [];
  let active = 0;

  function draw(): void {
    const open = found.length > 0 && document.activeElement === input;
    list.hidden = !open;
    input.setAttribute('aria-expanded', String(open));
    list.replaceChildren(
      ...found.map(
        (item, i) =>
        el(
          'li',
          { attr: { role: 'option', id: `found-${i}`, 'aria-selected': String(i === active) }, on: { pointerdown: (event) => { event.preventDefault(); choose(item); } } },
          el('span', { class: 'found-name', text: item.name }), el('span', { class: 'found-detail', text: item.detail }), el('span', { class: 'found-kind', text: item.kind }),
        ), // prettier-ignore
      ),
    );
    if (open) input.setAttribute('aria-activedescendant', `found-${active}`);
    else input.removeAttribute('aria-activedescendant');
  }

  function choose(item: Found): void {
    if ('selection' in item.target) {
      app.select(item.target.selection);
      app.announce(t('{0} {1} selected', item.kind, item.name));
    } else {
      // Only the timeline shows what has no more than a name and a time.
      if (app.layout === 'editor') app.store.set({ view: 'timeline' });
      const [start, end] = item.target.range;
      if (end > start) app.axis.glideTo(start, end);
      else app.axis.reveal(start, end);
      app.announce(t('{0} {1} shown, {2}', item.kind, item.name, item.detail));
    }
    found = [];
    draw();
  }

  input.addEventListener('input', () => {
    const { facts } = app.store.state;
    found = facts ? findInTrace(facts, input.value) : [];
    active = 0;
    app.store.set({ query: input.value });
    draw();
  });
  input.addEventListener('keydown', (event) => {
    event.stopPropagation();
    const item = found[active];
    if (event.key === 'ArrowDown') active = Math.min(found.length - 1, active + 1);
    else if (event.key === 'ArrowUp') active = Math.max(0, active - 1);
    else if (event.key === 'Enter' && item) return choose(item);
    else if (event.key === 'Escape') {
      input.value = '';
      found = [];
      app.store.set({ query: '' });
      input.blur();
    } else return;
    event.preventDefault();
    draw();
  });
  input.addEventListener('blur', draw);
  input.addEventListener('focus', draw);
  return {
    element,
    refresh() {
      element.hidden = app.store.state.facts === null;
    },
  };
}
