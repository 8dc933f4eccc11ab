import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeTrace } from '../webview/made-trace.ts';
import { writeTraceFile } from '../../src/trace/codec.ts';
import { startHost } from './page.ts';
import type { Host, Shown } from './page.ts';

const trace = makeTrace();
let host: Host;
let shown: Shown;

before(async () => {
  host = await startHost();
  shown = await host.open();
  await shown.show(trace);
  await shown.post({ type: 'show', view: 'timeline' });
});
after(() => host?.close());

const visible = async () => (await shown.page.locator('.minimap').getAttribute('aria-label')) ?? '';
const UNIT_MS: Readonly<Record<string, number>> = { ns: 1e-6, µs: 1e-3, ms: 1, s: 1e3 };
const shownMs = async () => {
  const [, value, unit] = /; ([\d.]+) (\S+) of it/.exec(await visible()) ?? [];
  return Number(value) * (UNIT_MS[unit ?? ''] ?? NaN);
};
const said = () => shown.page.locator('.voice').innerText();
const settle = () => shown.drawn();

test('W and S zoom, 0 shows everything', async () => {
  const start = await shownMs();
  await shown.page.keyboard.press('w');
  await settle();
  const closer = await shownMs();
  assert.ok(closer < start, `${closer} < ${start}`);
  await shown.page.keyboard.press('s');
  await settle();
  assert.ok(Math.abs((await shownMs()) - start) / start < 0.1);
  await shown.page.keyboard.press('0');
  await settle();
  assert.match(await visible(), /whole trace, (.*); \1 of it are shown/);
});

test('Tab reaches the tracks, arrows go from slice to slice and each is announced', async () => {
  await shown.page.locator('button.head-name', { hasText: 'GPU' }).focus();
  await shown.page.keyboard.press('ArrowRight');
  assert.match(await said(), /Kernel \S+, GPU time \d/);
  const first = await said();
  await shown.page.keyboard.press('ArrowRight');
  assert.notEqual(await said(), first);
  assert.equal((await shown.sent()).at(-1)?.type, 'select');
  await shown.page.keyboard.press('ArrowUp');
  assert.equal(await shown.page.evaluate(() => document.activeElement?.textContent), 'Layers');
});

test('brackets go to the next and the previous slice of the same kernel', async () => {
  await shown.page.locator('button.head-name', { hasText: 'GPU' }).focus();
  await shown.page.keyboard.press('ArrowRight');
  const name = /Kernel (\S+),/.exec(await said())?.[1];
  await shown.page.keyboard.press(']');
  const next = await said();
  assert.ok(next.includes(`Kernel ${name}`), next);
  await shown.page.keyboard.press('f');
  await settle();
  assert.ok((await shownMs()) < 20, 'f zooms to the selection');
});

test('Enter goes to the line of the selection', async () => {
  await shown.page.keyboard.press('Enter');
  const last = (await shown.sent()).at(-1);
  assert.ok(
    last?.type === 'open' && last.file.endsWith('mnist-cnn.ts') && last.line > 0,
    JSON.stringify(last),
  );
});

test('m marks the time of the selection and shows its aggregates, Escape clears', async () => {
  await shown.page.keyboard.press('m');
  await settle();
  assert.match(await shown.page.locator('.details').innerText(), /selected/);
  await shown.page.keyboard.press('Escape');
  await settle();
  assert.equal(await shown.page.locator('.details').isVisible(), false);
});

test('n writes a note on the selected time, which the shell is given and its flag shows; deleting it leaves none', async () => {
  await shown.post({ type: 'notes', notes: [], editable: true });
  await shown.page.locator('button.head-name', { hasText: 'GPU' }).focus();
  await shown.page.keyboard.press('ArrowRight');
  await shown.page.keyboard.press('n');
  await shown.page.locator('[data-keys=note]:focus').waitFor();
  await shown.page.keyboard.type('why so slow?');
  await shown.page.keyboard.press('Enter');
  await settle();
  const sent = (await shown.sent()).at(-1);
  assert.ok(sent?.type === 'notes' && sent.notes.length === 1);
  assert.equal(sent.notes[0]!.text, 'why so slow?');
  assert.ok(sent.notes[0]!.toNs > sent.notes[0]!.fromNs && sent.notes[0]!.step !== null);
  await shown.shot('note');
  assert.equal(await shown.page.locator('.note-button').innerText(), 'why so slow?');
  await shown.page.keyboard.press('Escape');
  await shown.page.locator('.note-button').click();
  await shown.page.getByRole('button', { name: 'Delete note' }).click();
  assert.deepEqual((await shown.sent()).at(-1), { type: 'notes', notes: [] });
  await shown.post({ type: 'notes', notes: sent.notes, editable: false });
  await shown.page.locator('.note-button').click();
  await settle();
  assert.equal(await shown.page.locator('.note-text').innerText(), 'why so slow?');
  assert.equal(await shown.page.locator('.note-input').count(), 0);
  await shown.page.keyboard.press('Escape');
});

test('slash searches the whole trace, Enter selects what is found', async () => {
  await shown.page.keyboard.press('/');
  await shown.page.keyboard.type('fc1');
  assert.equal(await shown.page.locator('.found [role=option]').count(), 1);
  await shown.page.keyboard.press('Enter');
  assert.deepEqual((await shown.sent()).at(-1), {
    type: 'select',
    selection: { kind: 'layer', layer: trace.layers.findIndex(({ path }) => path === 'model.fc1') },
  });
  await shown.page.keyboard.press('Escape');
});

test('p pins the track of the selection to the top', async () => {
  await shown.page.locator('button.head-name', { hasText: 'GPU' }).focus();
  await shown.page.keyboard.press('p');
  await settle();
  assert.equal(await shown.page.locator('button.head-name').first().innerText(), 'GPU');
});

test('b asks for a baseline and ? shows all keys', async () => {
  await shown.page.keyboard.press('b');
  assert.deepEqual((await shown.sent()).at(-1), { type: 'command', command: 'pinBaseline' });
  await shown.page.keyboard.press('?');
  assert.match(await shown.page.getByRole('dialog').innerText(), /Zoom to the selection/);
  await shown.page.keyboard.press('Escape');
  assert.equal(await shown.page.getByRole('dialog').count(), 0);
});

test('tabs change by arrow keys and the kernel table selects by arrows', async () => {
  await shown.page.locator('.tab[aria-selected=true]').focus();
  await shown.page.keyboard.press('ArrowRight');
  await settle();
  assert.equal(await shown.page.locator('.tab[aria-selected=true]').innerText(), 'Kernels');
  await shown.page.locator('.kernels .table-box').focus();
  await shown.page.keyboard.press('Home');
  await shown.page.keyboard.press('ArrowDown');
  await settle();
  assert.equal(
    await shown.page.locator('.kernels tr[aria-selected=true]').getAttribute('data-key'),
    await shown.page.locator('.kernels tbody tr').nth(1).getAttribute('data-key'),
  );
});

test('a selection from the shell is shown in the table and in the details', async () => {
  await shown.post({ type: 'select', selection: { kind: 'kernel', kernel: 3 } });
  assert.equal(
    await shown.page.locator('.kernels tr[aria-selected=true]').getAttribute('data-key'),
    'kernel 3',
  );
  assert.match(await shown.page.locator('.details h2').innerText(), /matmul/);
});

test('dragging with Shift selects a stretch whose sums are shown; the wheel zooms', async () => {
  await shown.post({ type: 'select', selection: null });
  await shown.post({ type: 'show', view: 'timeline' });
  await settle();
  const box = await shown.page.locator('.overlay').boundingBox();
  assert.ok(box);
  await shown.page.keyboard.down('Shift');
  await shown.page.mouse.move(box.x + 200, box.y + 100);
  await shown.page.mouse.down();
  await shown.page.mouse.move(box.x + 500, box.y + 110, { steps: 4 });
  await shown.page.mouse.up();
  await shown.page.keyboard.up('Shift');
  await settle();
  assert.match(await shown.page.locator('.details').innerText(), /kernels run .* of it/);
  const before = await shownMs();
  await shown.page.mouse.wheel(0, -300);
  await settle();
  assert.ok((await shownMs()) < before);
});

test('frames of a live run are drawn while they arrive', async () => {
  const live = await host.open({ layout: 'panel' });
  const bytes = writeTraceFile(trace);
  const cut = Math.floor(bytes.length / 2);
  await live.post({ type: 'trace', bytes: bytes.slice(0, cut), title: 'mnist-cnn.ts', live: true });
  assert.match(await live.page.locator('.chips').innerText(), /live/);
  await live.post({ type: 'frames', bytes: bytes.slice(cut) });
  await live.post({ type: 'finished' });
  await live.drawn();
  assert.equal(await live.page.locator('.chip.live').count(), 0);
  assert.match(await live.page.locator('.words').innerText(), /GPU/);
  await live.page.close();
});
