import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { FromView } from '../../src/wire/view-messages.ts';
import { makeTrace } from '../webview/made-trace.ts';
import { madeRows, madeStatus } from './made-sql.ts';
import { startHost } from './page.ts';
import type { Host, Shown } from './page.ts';

const trace = makeTrace();
const TITLE = 'mnist-cnn.ts 14:02';
let host: Host;
let shown: Shown;

before(async () => {
  host = await startHost();
});
after(() => host?.close());
beforeEach(async () => {
  shown = await host.open();
  await shown.show(trace, TITLE);
});
afterEach(() => shown.page.close());

const query = () => shown.page.getByLabel('Query (SQL of DuckDB)');
const rows = () => shown.page.locator('.sql-result tbody tr');
const note = () => shown.page.locator('.sql-note').innerText();
const sentOf = async <T extends FromView['type']>(type: T) =>
  (await shown.sent()).filter((message): message is Extract<FromView, { type: T }> => message.type === type);

async function open(history: readonly string[] = []): Promise<void> {
  await shown.post({ type: 'sql', status: madeStatus(trace, TITLE), history });
  await shown.post({ type: 'show', view: 'sql' });
}

test('the command that fetches the database by hand stands on a line of its own', async () => {
  const command =
    'cd "/home/ada/.config/Code/User/globalStorage/kernelscope.kernelscope"; npm install @duckdb/node-api';
  await shown.post({ type: 'sql', status: { phase: 'missing', command, installing: false, problem: null }, history: [] }); // prettier-ignore
  await shown.post({ type: 'show', view: 'sql' });
  const box = async (text: string) => (await shown.page.getByText(text).boundingBox())!;
  const [button, line] = [await box('Look again'), await box('npm install')];
  assert.ok(line.y >= button.y + button.height, 'below the buttons');
  assert.ok(line.height < 80, `${line.height} px high`);
});

async function runByKey(text: string): Promise<number> {
  await query().fill(text);
  await query().press('Control+Enter');
  const last = (await sentOf('sql-run')).at(-1);
  assert.equal(last?.text, text);
  return last?.run ?? -1;
}

test('where the shell has no database there is no tab, and arrows pass it by', async () => {
  const tab = shown.page.getByRole('tab', { name: 'SQL' });
  assert.equal(await tab.count(), 0);
  await shown.page.getByRole('tab', { name: 'Advice' }).focus();
  await shown.page.keyboard.press('ArrowRight');
  await shown.drawn();
  assert.equal(await shown.page.getByRole('tab', { name: 'Overview' }).getAttribute('aria-selected'), 'true');
  await shown.post({ type: 'sql', status: { phase: 'closed' }, history: [] });
  await tab.click();
  await shown.drawn();
  assert.deepEqual(await sentOf('sql'), [{ type: 'sql', ask: 'open' }]);
});

test('the last query stands in the field, Alt and the arrows go through those before it', async () => {
  await open(['select 3', 'select 2', 'select 1']);
  assert.equal(await query().inputValue(), 'select 3');
  await query().fill('select 4');
  await query().press('Alt+ArrowUp');
  await query().press('Alt+ArrowUp');
  assert.equal(await query().inputValue(), 'select 2');
  await query().press('Alt+ArrowDown');
  await query().press('Alt+ArrowDown');
  assert.equal(await query().inputValue(), 'select 4');
  await shown.page.getByLabel('History').selectOption('select 1');
  assert.equal(await query().inputValue(), 'select 1');
  await shown.page.getByLabel('Ready queries').selectOption('Top kernels');
  assert.match(await query().inputValue(), /from dispatches/);
});

test('Ctrl+Enter runs, and the rows sort and select by keyboard', async () => {
  await open();
  const run = await runByKey('select kernel, 1 from dispatches');
  assert.equal(await note(), 'Running…');
  await shown.post({ type: 'sql-outcome', run: run - 1, outcome: madeRows(trace) });
  assert.equal(await rows().count(), 0, 'an answer to another query is not shown');
  await shown.post({ type: 'sql-outcome', run, outcome: madeRows(trace) });
  assert.match(await note(), /^\d+ rows in 13 ms$/);
  await shown.page.getByRole('button', { name: 'ms', exact: true }).click();
  const last = trace.kernels.at(-1)?.name ?? '';
  assert.ok((await rows().first().innerText()).includes(last));
  await shown.page.locator('.sql-result .table-box').focus();
  await shown.page.keyboard.press('ArrowDown');
  await shown.drawn();
  const selected = (await sentOf('select')).at(-1);
  assert.ok(selected?.selection?.kind === 'kernel', JSON.stringify(selected));
  assert.equal(trace.kernels[selected.selection.kernel]?.name, last);
  await shown.page.getByRole('tab', { name: 'Kernels' }).click();
  await shown.drawn();
  assert.ok((await shown.page.locator('.details').innerText()).includes(last));
});

test('rows are copied as CSV', async () => {
  await open();
  await shown.page.evaluate(() => {
    const copied: string[] = [];
    Object.assign(window, { copied });
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: (text: string) => Promise.resolve(copied.push(text)) } }); // prettier-ignore
  });
  const run = await runByKey('select 1');
  await shown.post({
    type: 'sql-outcome',
    run,
    outcome: { ...madeRows(trace), rows: [['=a,"b"', 1.5, null]], total: 2_000_000, complete: false },
  });
  assert.equal(await note(), 'The first 1 of more than 2,000,000 rows, in 13 ms');
  await shown.page.getByRole('button', { name: 'Copy as CSV' }).click();
  assert.deepEqual(await shown.page.evaluate(() => (window as unknown as { copied: string[] }).copied), [
    'kernel,calls,ms\r\n"\t=a,""b""",1.5,\r\n',
  ]);
});

test('an error shows its words and selects its place', async () => {
  await open();
  const text = 'select kernel,\n  nope\nfrom dispatches';
  const run = await runByKey(text);
  const message = 'Binder Error: Referenced column "nope" not found in FROM clause!\n<b>no markup</b>';
  await shown.post({ type: 'sql-outcome', run, outcome: { kind: 'error', message, place: { line: 2, column: 3 } } }); // prettier-ignore
  assert.equal(await shown.page.getByRole('alert').locator('pre').textContent(), message);
  const chosen = () =>
    query().evaluate((field) => {
      const { value, selectionStart, selectionEnd } = field as HTMLTextAreaElement;
      return value.slice(selectionStart, selectionEnd);
    });
  assert.equal(await chosen(), 'nope');
  await query().press('Home');
  await shown.page.getByRole('button', { name: 'Line 2, column 3' }).click();
  assert.equal(await chosen(), 'nope');
});

test('what a query failed with leaves with the trace it was asked of', async () => {
  await open();
  const run = await runByKey('select nope');
  await shown.post({
    type: 'sql-outcome',
    run,
    outcome: { kind: 'error', message: 'Binder Error', place: null },
  });
  await shown.page.getByRole('alert').waitFor();
  await shown.show(trace, 'mnist-cnn.ts 14:05');
  await shown.post({ type: 'show', view: 'sql' });
  assert.equal(await shown.page.getByRole('alert').count(), 0);
  assert.equal(await query().inputValue(), 'select nope', 'the query itself stays');
});

test('Esc and the button cancel a query that runs, and what stopped it is said', async () => {
  await open();
  const cancel = shown.page.getByRole('button', { name: 'Cancel' });
  assert.equal(await cancel.isVisible(), false);
  const first = await runByKey('select 1');
  await query().press('Escape');
  assert.deepEqual(await sentOf('sql'), [{ type: 'sql', ask: 'cancel' }]);
  await shown.post({ type: 'sql-outcome', run: first, outcome: { kind: 'stopped', why: 'cancelled', seconds: 60 } }); // prettier-ignore
  assert.equal(await note(), 'The query was cancelled.');
  const second = await runByKey('select 2');
  await cancel.click();
  assert.equal((await sentOf('sql')).length, 2);
  await shown.post({ type: 'sql-outcome', run: second, outcome: { kind: 'stopped', why: 'time-limit', seconds: 60 } }); // prettier-ignore
  assert.match(await note(), /ended after 60 s/);
  assert.equal(await cancel.isVisible(), false);
});

test('where DuckDB is missing, one button installs it and the command stands beside', async () => {
  const command = 'cd "/x"; npm install @duckdb/node-api@1';
  const status = { phase: 'missing', command, installing: false, problem: null } as const;
  await shown.post({ type: 'sql', status, history: [] });
  await shown.post({ type: 'show', view: 'sql' });
  await shown.shot('sql-missing');
  assert.match(await shown.page.locator('.view.sql').innerText(), /SQL needs DuckDB/);
  assert.equal(await shown.page.locator('.view.sql code').innerText(), command);
  await shown.page.getByRole('button', { name: 'Install DuckDB' }).click();
  assert.deepEqual(await sentOf('sql'), [{ type: 'sql', ask: 'install' }]);
  await shown.post({ type: 'sql', status: { ...status, installing: true }, history: [] });
  await shown.page.getByRole('progressbar').waitFor();
  await shown.post({ type: 'sql', status: { phase: 'failed', message: 'x.json: broken at byte 7' }, history: [] }); // prettier-ignore
  await shown.page.getByText('x.json: broken at byte 7').waitFor();
  await shown.page.getByRole('button', { name: 'Try again' }).click();
  assert.deepEqual((await sentOf('sql')).at(-1), { type: 'sql', ask: 'open' });
});

test('a click on a column puts its name into the query, and a large result scrolls', async () => {
  await open();
  await query().fill('select ');
  await shown.page.getByRole('button', { name: 'durationNs' }).first().click();
  assert.equal(await query().inputValue(), 'select durationNs');
  const run = await runByKey('select * from range(10000)');
  const many = Array.from({ length: 10_000 }, (_, i) => [i]);
  await shown.post({
    type: 'sql-outcome',
    run,
    outcome: { kind: 'rows', columns: [{ name: 'range', numeric: true }], rows: many, total: 12_345, complete: true, ms: 3 },
  }); // prettier-ignore
  assert.equal(await note(), 'The first 10,000 of 12,345 rows, in 3.0 ms');
  assert.ok((await rows().count()) < 200);
  await shown.page.locator('.sql-result .table-box').focus();
  await shown.page.keyboard.press('ArrowDown');
  await shown.page.keyboard.press('End');
  await shown.drawn();
  assert.match(await rows().nth(-1).innerText(), /9,999/);
});
