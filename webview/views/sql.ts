/** SQL on the trace and on others beside it. The shell's database runs the queries; here they are written and their rows shown. */
import { formatCount, formatNs } from '../../src/base/format.ts';
import type { SqlOutcome, SqlRows, SqlStatus } from '../../src/wire/sql-messages.ts';
import type { App, View } from '../app.ts';
import { button, el, fill } from '../dom.ts';
import { createQueryField } from '../parts/query-field.ts';
import { sqlTables } from '../parts/sql-tables.ts';
import { notice, spinner } from '../parts/states.ts';
import { createTable } from '../parts/table.ts';
import type { DataTable } from '../parts/table.ts';
import { t } from '../translate.ts';
import { cellText, selectionOf, sqlCsv } from './sql.layout.ts';
import type { SqlRow } from './sql.layout.ts';

interface ResultRow {
  readonly index: number;
  readonly cells: SqlRow;
}

export function createSql(app: App): View {
  let status: SqlStatus | null = null;
  /** Number and text of the query that runs or ran last. */
  let run = 0;
  let ran = '';
  let shown: SqlRows | null = null;
  let running = false;

  const ask = (what: 'open' | 'cancel' | 'install' | 'add') => app.send({ type: 'sql', ask: what });
  const field = createQueryField(start, () => running && ask('cancel'));
  const runButton = button(t('Run'), start, { kind: 'primary', title: 'Ctrl+Enter' });
  const cancelButton = button(t('Cancel'), () => ask('cancel'), { title: 'Esc' });
  const copyButton = button(t('Copy as CSV'), copy, { kind: 'quiet' });
  const addButton = button(t('Add traces…'), () => ask('add'), {
    kind: 'quiet',
    title: t('Query further traces, or a folder of Parquet, beside this one'),
  });
  const note = el('p', { class: 'faint sql-note', attr: { role: 'status' } });
  const result = el('div', { class: 'sql-result' });
  const tables = el('div', { class: 'sql-side' });
  const main = el(
    'div',
    { class: 'sql-main' },
    field.element,
    el(
      'div',
      { class: 'sql-actions' },
      runButton,
      cancelButton,
      ...field.lists,
      el('span', { class: 'grow' }),
      copyButton,
      addButton,
    ),
    note,
    result,
  );
  const body = el('div', { class: 'sql-body' }, tables, main);
  const element = el('div', { class: 'view sql' });

  function start(): void {
    const text = field.text;
    if (status?.phase !== 'open' || text.trim() === '') return;
    run++;
    ran = text;
    running = true;
    app.send({ type: 'sql-run', run, text });
    note.textContent = t('Running…');
    controls();
  }

  function controls(): void {
    cancelButton.hidden = !running;
    copyButton.hidden = shown === null || shown.rows.length === 0;
  }

  function copy(): void {
    if (!shown) return;
    void navigator.clipboard?.writeText(sqlCsv(shown));
    app.announce(t('{0} rows copied', formatCount(shown.rows.length)));
  }

  function finish(outcome: SqlOutcome): void {
    running = false;
    shown = outcome.kind === 'rows' ? outcome : null;
    switch (outcome.kind) {
      case 'rows':
        note.textContent = counted(outcome);
        fill(result, outcome.columns.length > 0 ? resultTable(outcome).element : null);
        break;
      case 'stopped':
        note.textContent =
          outcome.why === 'cancelled'
            ? t('The query was cancelled.')
            : t('The query was ended after {0} s, the limit of the settings.', outcome.seconds);
        fill(result);
        break;
      case 'error': {
        note.textContent = '';
        const { message, place } = outcome;
        const go = place
          ? button(t('Line {0}, column {1}', place.line, place.column), () => field.point(place, ran))
          : null;
        fill(result, el('div', { class: 'sql-error', attr: { role: 'alert' } }, el('pre', { text: message }), go)); // prettier-ignore
        if (place) field.point(place, ran);
        break;
      }
      default:
        outcome satisfies never;
    }
    controls();
  }

  /** Another trace is shown. */
  function forget(): void {
    running = false;
    shown = null;
    note.textContent = '';
    fill(result);
    controls();
  }

  function resultTable(outcome: SqlRows): DataTable<ResultRow> {
    const rows = outcome.rows.map((cells, index) => ({ index, cells }));
    const table: DataTable<ResultRow> = createTable<ResultRow>({
      label: t('Result'),
      columns: outcome.columns.map(({ name, numeric }, c) => ({
        id: `${c} ${name}`,
        title: name,
        numeric,
        cell: ({ cells }) => {
          const text = cellText(cells[c] ?? null);
          return text.length > 40 ? el('span', { text, title: text }) : text;
        },
        key: ({ cells }) => sortKey(cells[c] ?? null, numeric),
      })),
      rowKey: ({ index }) => String(index),
      onSelect: ({ index, cells }) => {
        table.show(rows, String(index));
        const { trace } = app.store.state;
        const sources = status?.phase === 'open' ? status.sources : [];
        const selection = trace && selectionOf(trace, outcome, cells, sources);
        if (selection) app.select(selection);
      },
    });
    table.show(rows, null);
    return table;
  }

  function showStatus(next: SqlStatus): void {
    status = next;
    running = running && next.phase === 'open';
    if (next.phase === 'closed') return ask('open');
    if (next.phase !== 'open') return fill(element, standIn(next, ask));
    fill(
      tables,
      el('h2', { class: 'section-title', text: t('Tables') }),
      next.sources.length > 1
        ? el('p', { class: 'faint', text: t('Of {0}', next.sources.join(', ')) })
        : null,
      sqlTables(next.tables, field.insert),
    );
    fill(element, body);
    controls();
  }

  let outcome: unknown = null;
  const refresh = () => {
    const { sql } = app.store.state;
    if (!sql) return;
    field.remember(sql.history);
    // The same tables are told again with each new query of the history: the lists stay as a reader left them.
    if (!isSame(sql.status, status)) showStatus(sql.status);
    if (sql.outcome !== outcome) {
      outcome = sql.outcome;
      if (outcome === null) forget();
      else if (sql.outcome?.run === run) finish(sql.outcome.outcome);
    }
  };
  return { element, refresh, repaint: refresh };
}

function isSame(a: SqlStatus, b: SqlStatus | null): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function counted({ rows, total, complete, ms }: SqlRows): string {
  const time = formatNs(ms * 1e6, 2);
  if (rows.length === total && complete)
    return total === 1 ? t('1 row in {0}', time) : t('{0} rows in {1}', formatCount(total), time);
  const all = complete ? formatCount(total) : t('more than {0}', formatCount(total));
  return t('The first {0} of {1} rows, in {2}', formatCount(rows.length), all, time);
}

function sortKey(value: SqlRow[number], numeric: boolean): number | string {
  if (numeric) return value === null ? NaN : Number(value);
  return value === null ? '' : String(value);
}

/** What stands in place of the query while there are no tables. */
function standIn(
  status: Exclude<SqlStatus, { phase: 'open' | 'closed' }>,
  ask: (what: 'open' | 'install') => void,
): HTMLElement {
  switch (status.phase) {
    case 'live':
      return notice(t('The run goes on'), t('Its tables can be queried when it has ended.'));
    case 'opening':
      return notice(
        t('Reading the tables'),
        t('The trace becomes tables of a database in memory.'),
        spinner(),
      );
    case 'failed':
      return notice(
        t('The tables could not be read'),
        status.message,
        button(t('Try again'), () => ask('open'), { kind: 'primary' }),
      );
    case 'missing': {
      const shown = notice(
        t('SQL needs DuckDB'),
        status.problem ??
          t('DuckDB is not part of the extension. It is some 70 MB and comes from npm, into the extension’s own folder.'), // prettier-ignore
        ...(status.installing
          ? [spinner()]
          : [
              button(t('Install DuckDB'), () => ask('install'), { kind: 'primary' }),
              button(t('Look again'), () => ask('open')),
            ]),
      );
      // Below the buttons: a path is long, and beside them it would be broken into a column of syllables.
      shown.append(el('code', { class: 'sql-command', text: status.command }));
      return shown;
    }
  }
}
