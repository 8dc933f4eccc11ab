/** Search over the whole trace: kernels, layers, lines. A combobox; Enter selects everywhere. */
import { formatNs } from '../../src/base/format.ts';
import type { Selection } from '../../src/wire/view-messages.ts';
import type { App } from '../app.ts';
import { baseName, el } from '../dom.ts';
import type { Facts } from '../facts.ts';
import { t } from '../translate.ts';

interface Found {
  readonly name: string;
  readonly kind: string;
  readonly detail: string;
  readonly selection: Selection;
}

const MAX_FOUND = 12;

export function findInTrace(facts: Facts, query: string): Found[] {
  const text = query.trim().toLowerCase();
  if (text === '') return [];
  const { trace } = facts;
  const step = /^(?:step\s*)?(\d+)$/.exec(text)?.[1];
  const steps =
    step && trace.tables.steps.index.includes(Number(step))
      ? [
          {
            name: `step ${step}`,
            kind: 'step',
            detail: '',
            selection: { kind: 'step', step: Number(step) } as const,
          },
        ]
      : [];
  const kernels = facts
    .kernels()
    .filter(({ name, family }) => name.toLowerCase().includes(text) || family.includes(text))
    .map(({ name, kernel, totalNs, count }) => ({
      name,
      kind: 'kernel',
      detail: Number.isFinite(totalNs) ? `${count} × · ${formatNs(totalNs)}` : 'not timed',
      selection: { kind: 'kernel', kernel } as const,
    }));
  const layers = trace.layers
    .map((layer, id) => ({ layer, id, line: trace.locations[layer.location] }))
    .filter(({ layer, line }) =>
      `${layer.path} ${layer.type} ${line ? `${baseName(line.file)}:${line.line}` : ''}`
        .toLowerCase()
        .includes(text),
    )
    .map(({ layer, id, line }) => ({
      name: layer.path,
      kind: layer.type,
      detail: line ? `line ${line.line}` : '',
      selection: { kind: 'layer', layer: id } as const,
    }));
  return [...steps, ...kernels, ...layers].slice(0, MAX_FOUND);
}

export function createSearch(app: App): { readonly element: HTMLElement; refresh(): void } {
  const input = el('input', {
    class: 'search-input',
    attr: {
      type: 'search',
      placeholder: t('Search'),
      role: 'combobox',
      'aria-label': 'Search kernels, layers, lines and steps',
      'aria-expanded': 'false',
      'aria-controls': 'found',
      'aria-autocomplete': 'list',
      spellcheck: 'false',
      'data-keys': 'search',
    },
  });
  const list = el('ul', {
    class: 'found',
    attr: { role: 'listbox', id: 'found', 'aria-label': 'Found', hidden: true },
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
    app.select(item.selection);
    app.announce(`${item.kind} ${item.name} selected`);
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
