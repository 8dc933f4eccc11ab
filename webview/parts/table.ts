/** A table of rows: sortable by its heads, one row selected, all by keyboard. Long tables make only the rows in sight. */
import { el, fill } from '../dom.ts';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  readonly about?: string;
  readonly numeric?: boolean;
  /** What the cell shows. */
  readonly cell: (row: Row) => string | Node;
  /** What it sorts by; a column without cannot be sorted. */
  readonly key?: (row: Row) => number | string;
  readonly width?: string;
}

export interface TableOptions<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  readonly sort?: { readonly column: string; readonly descending: boolean };
  readonly onSelect: (row: Row) => void;
  /** Enter or double click. */
  readonly onOpen?: (row: Row) => void;
  readonly rowClass?: (row: Row) => string;
}

export interface DataTable<Row> {
  readonly element: HTMLElement;
  show(rows: readonly Row[], selected: string | null): void;
}

const ROW_PX = 26;
const SPARE_ROWS = 12;

export function createTable<Row>(options: TableOptions<Row>): DataTable<Row> {
  const { columns, rowKey } = options;
  let sort = options.sort ?? null;
  let rows: readonly Row[] = [];
  let sorted: readonly Row[] = [];
  let selected: string | null = null;

  const headRow = el('tr', { attr: { role: 'row' } });
  const body = el('tbody', {});
  const table = el(
    'table',
    { class: 'data', attr: { 'aria-label': options.label } },
    el('colgroup', {}, ...columns.map(({ width }) => el('col', width ? { style: { width } } : {}))),
    el('thead', {}, headRow),
    body,
  );
  const element = el(
    'div',
    { class: 'table-box', attr: { tabindex: 0, role: 'region', 'aria-label': options.label } },
    table,
  );

  const drawHead = () =>
    fill(
      headRow,
      ...columns.map((column) => {
        const active = sort?.column === column.id;
        const order = active ? (sort?.descending ? 'descending' : 'ascending') : 'none';
        const content = column.key
          ? el(
              'button',
              { class: 'sort', attr: { type: 'button' }, on: { click: () => sortBy(column) } },
              column.title,
              el('span', { class: `arrow ${order}`, attr: { 'aria-hidden': 'true' } }),
            )
          : column.title;
        return el(
          'th',
          {
            class: column.numeric ? 'number' : '',
            ...(column.about ? { title: column.about } : {}),
            attr: { scope: 'col', 'aria-sort': column.key ? order : null },
          },
          content,
        );
      }),
    );

  function sortBy(column: Column<Row>): void {
    sort = {
      column: column.id,
      descending: sort?.column === column.id ? !sort.descending : Boolean(column.numeric),
    };
    drawHead();
    arrange();
    const at = columns.indexOf(column);
    (headRow.children[at]?.querySelector('button') as HTMLElement | null)?.focus();
  }

  function arrange(): void {
    const column = columns.find(({ id }) => id === sort?.column);
    const key = column?.key;
    sorted = key ? [...rows].sort((a, b) => compare(key(a), key(b)) * (sort?.descending ? -1 : 1)) : rows;
    drawRows();
  }

  function drawRows(): void {
    const first = Math.max(0, Math.floor(element.scrollTop / ROW_PX) - SPARE_ROWS);
    const last = Math.min(
      sorted.length,
      Math.ceil((element.scrollTop + element.clientHeight) / ROW_PX) + SPARE_ROWS,
    );
    const spacer = (count: number) =>
      count > 0
        ? el('tr', {
            class: 'spacer',
            attr: { 'aria-hidden': 'true' },
            style: { height: `${count * ROW_PX}px` },
          })
        : null;
    fill(body, spacer(first), ...sorted.slice(first, last).map(rowElement), spacer(sorted.length - last));
    table.setAttribute('aria-rowcount', String(sorted.length + 1));
  }

  function rowElement(row: Row): HTMLElement {
    const key = rowKey(row);
    const isSelected = key === selected;
    return el(
      'tr',
      {
        class: `${isSelected ? 'selected' : ''} ${options.rowClass?.(row) ?? ''}`,
        attr: { 'aria-selected': String(isSelected), 'data-key': key },
        on: { click: () => options.onSelect(row), dblclick: () => options.onOpen?.(row) },
      },
      ...columns.map((column) => el('td', { class: column.numeric ? 'number' : '' }, column.cell(row))),
    );
  }

  function move(by: number): void {
    const at = sorted.findIndex((row) => rowKey(row) === selected);
    const next = sorted[Math.min(sorted.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
    if (!next) return;
    // At once: the next key may come before the selection has gone around.
    selected = rowKey(next);
    options.onSelect(next);
    drawRows();
    reveal();
  }

  function reveal(): void {
    const at = sorted.findIndex((row) => rowKey(row) === selected);
    if (at < 0) return;
    const top = at * ROW_PX;
    const visible = element.clientHeight - ROW_PX;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW_PX > element.scrollTop + visible) element.scrollTop = top + ROW_PX - visible;
  }

  element.addEventListener('keydown', (event) => {
    if (event.target !== element && !(event.target as HTMLElement).closest('tbody')) return;
    const page = Math.max(1, Math.floor(element.clientHeight / ROW_PX) - 2);
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[
      event.key
    ];
    const current = sorted.find((row) => rowKey(row) === selected);
    if (by !== undefined) move(by);
    else if (event.key === 'Enter' && event.target === element && current) options.onOpen?.(current);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  element.addEventListener('scroll', drawRows, { passive: true });
  new ResizeObserver(drawRows).observe(element);
  drawHead();

  return {
    element,
    show(next, key) {
      const moved = key !== selected;
      const same = next === rows;
      rows = next;
      selected = key;
      if (same) drawRows();
      else arrange();
      if (moved) reveal();
    },
  };
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'string' || typeof b === 'string')
    return String(a).localeCompare(String(b), 'en', { numeric: true });
  // Unknown values sink to the end of a descending table.
  return (Number.isFinite(a) ? a : -Infinity) - (Number.isFinite(b) ? b : -Infinity) || 0;
}

/** A share as a bar with its number. */
export function shareBar(share: number, text: string, color = ''): HTMLElement {
  const width = Number.isFinite(share) ? Math.max(0, Math.min(1, share)) * 100 : 0;
  return el(
    'span',
    { class: 'share' },
    el(
      'span',
      { class: 'share-bar', attr: { 'aria-hidden': 'true' } },
      el('span', { style: { width: `${width}%`, ...(color ? { background: color } : {}) } }),
    ),
    el('span', { class: 'share-text', text }),
  );
}
