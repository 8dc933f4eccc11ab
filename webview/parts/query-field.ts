/** The field a query is written in, with the queries that are ready and those that were run before. */
import type { SqlPlace } from '../../src/wire/sql-messages.ts';
import { el, fill } from '../dom.ts';
import { t } from '../translate.ts';
import { READY_QUERIES, offsetOf } from '../views/sql.layout.ts';

export interface QueryField {
  readonly element: HTMLElement;
  /** The two lists to choose a query from. */
  readonly lists: readonly HTMLElement[];
  readonly text: string;
  insert(name: string): void;
  /** Selects the word at a place, where the text is still the one the place is of. */
  point(place: SqlPlace, text: string): void;
  remember(history: readonly string[]): void;
}

/** What a line of a list shows of a query. */
const SHOWN = 80;

export function createQueryField(run: () => void, cancel: () => void): QueryField {
  let history: readonly string[] = [];
  /** Where in the history Alt and the arrows are; -1 at what is being written. */
  let at = -1;
  let written = '';
  let touched = false;
  const area = el('textarea', {
    class: 'sql-query mono',
    attr: {
      id: 'sql-query',
      rows: 7,
      spellcheck: 'false',
      autocomplete: 'off',
      'aria-describedby': 'sql-keys',
    },
    on: {
      input: () => {
        touched = true;
        at = -1;
      },
      keydown: (event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) run();
        else if (event.key === 'Escape') cancel();
        else if (event.altKey && event.key === 'ArrowUp') go(at + 1);
        else if (event.altKey && event.key === 'ArrowDown') go(at - 1);
        else return;
        event.preventDefault();
      },
    },
  });
  area.value = READY_QUERIES[0]?.text ?? '';

  function put(text: string): void {
    area.value = text;
    touched = true;
    area.focus();
  }

  function go(to: number): void {
    if (to < -1 || to >= history.length) return;
    if (at === -1) written = area.value;
    put(to === -1 ? written : (history[to] as string));
    at = to;
  }

  const ready = list(t('Ready queries'), (i) => put(READY_QUERIES[i]?.text ?? ''));
  ready.offer(READY_QUERIES.map(({ title }) => title));
  const before = list(t('History'), (i) => go(i));

  return {
    element: el(
      'div',
      { class: 'sql-field' },
      el('label', { class: 'faint', text: t('Query (SQL of DuckDB)'), attr: { for: 'sql-query' } }),
      area,
      el('p', {
        class: 'faint sql-keys',
        text: t('Ctrl+Enter runs, Esc cancels, Alt+↑ and Alt+↓ go through the history.'),
        attr: { id: 'sql-keys' },
      }),
    ),
    lists: [ready.element, before.element],
    get text() {
      return area.value;
    },
    insert(name) {
      area.setRangeText(name, area.selectionStart, area.selectionEnd, 'end');
      touched = true;
      area.focus();
    },
    point(place, text) {
      if (area.value !== text) return;
      const start = offsetOf(text, place);
      const word = /^\w*/.exec(text.slice(start))?.[0].length ?? 0;
      area.focus();
      area.setSelectionRange(start, start + Math.max(1, word));
    },
    remember(next) {
      if (next === history) return;
      history = next;
      const [last] = next;
      if (!touched && last !== undefined) area.value = last;
      before.offer(next.map((text) => text.replaceAll(/\s+/g, ' ').slice(0, SHOWN)));
    },
  };
}

/** A list to choose from that always shows its own name. */
function list(
  label: string,
  choose: (index: number) => void,
): { readonly element: HTMLSelectElement; offer(texts: readonly string[]): void } {
  const element = el('select', {
    class: 'field sql-list',
    attr: { 'aria-label': label },
    on: {
      change: () => {
        const index = element.selectedIndex - 1;
        element.selectedIndex = 0;
        if (index >= 0) choose(index);
      },
    },
  });
  const offer = (texts: readonly string[]): void => {
    fill(element, el('option', { text: label }), ...texts.map((text) => el('option', { text })));
    element.disabled = texts.length === 0;
  };
  offer([]);
  return { element, offer };
}
