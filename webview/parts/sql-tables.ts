/** The tables of the database with their columns and what each means; a name goes into the query where the cursor is. */
import { formatCount } from '../../src/base/format.ts';
import type { SqlTable } from '../../src/wire/sql-messages.ts';
import { el } from '../dom.ts';
import { t } from '../translate.ts';

export function sqlTables(tables: readonly SqlTable[], insert: (name: string) => void): HTMLElement {
  return el(
    'div',
    {
      class: 'sql-tables',
      attr: { role: 'region', 'aria-label': t('Tables and their columns'), tabindex: 0 },
    },
    ...tables.map((table, i) =>
      el(
        'details',
        { attr: { open: i === 0 } },
        el(
          'summary',
          { title: table.about },
          el('span', { class: 'mono', text: table.name }),
          el('span', {
            class: 'faint',
            text: table.rows === 1 ? t('1 row') : t('{0} rows', formatCount(table.rows)),
          }),
        ),
        el('p', { class: 'faint', text: table.about }),
        el(
          'ul',
          {},
          ...table.columns.map(({ name, type, about }) =>
            el(
              'li',
              {},
              el('button', {
                class: 'link mono',
                text: name,
                title: t('Put {0} into the query', name),
                attr: { type: 'button' },
                on: { click: () => insert(name) },
              }),
              el('span', { class: 'faint', text: ` ${type} · ${about}` }),
            ),
          ),
        ),
      ),
    ),
  );
}
