import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { ViewId } from '../../src/wire/view-messages.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { writeTraceFile } from '../../src/trace/codec.ts';
import { makeTrace } from '../webview/made-trace.ts';
import type { MadeOptions } from '../webview/made-trace.ts';
import { madeRows, madeStatus } from './made-sql.ts';
import { MADE_SUGGESTIONS } from './made-suggestions.ts';
import { startHost, THEMES } from './page.ts';
import type { Host, Shown, ThemeName } from './page.ts';

const VIEWS: readonly ViewId[] = [
  'overview',
  'timeline',
  'kernels',
  'layers',
  'memory',
  'occupancy',
  'roofline',
  'compare',
  'advice',
  'sql',
];
const trace = makeTrace();
/** The same script before: slower convolutions, a faster optimizer. */
const baseline = writeTraceFile(makeTrace({ slower: { convolution: 2, optimizer: 0.6, gemm: 1.02 } }));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let host: Host;

before(async () => {
  host = await startHost();
});
after(() => host?.close());

/** Share of a canvas's pixels that are painted. */
const painted = (page: Page, selector: string) =>
  page.locator(selector).evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 3; i < data.length; i += 4) if ((data[i] as number) > 0) count++;
    return count / (data.length / 4);
  });

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe: run } = window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    return (await run.run()).violations;
  });
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 140)} ${node.failureSummary.replace(/\s+/g, ' ')}`),
  );
}

/** The shell has a database, whose tables are read. */
async function openSql(shown: Shown, view: ViewId): Promise<void> {
  if (view === 'sql')
    await shown.post({ type: 'sql', status: madeStatus(trace, 'mnist-cnn.ts 14:02'), history: [] });
}

async function answerSql(shown: Shown): Promise<void> {
  await shown.page.getByRole('button', { name: 'Run' }).click();
  await shown.post({ type: 'sql-outcome', run: 1, outcome: madeRows(trace) });
  await shown.drawn();
}

async function openView(view: ViewId, theme: ThemeName): Promise<Shown> {
  const shown = await host.open({ theme });
  await shown.show(trace);
  await shown.post({ type: 'suggestions', suggestions: MADE_SUGGESTIONS });
  await shown.post({ type: 'baseline', bytes: baseline, title: '13:40' });
  await openSql(shown, view);
  await shown.post({ type: 'show', view });
  await shown.drawn();
  if (view === 'sql') await answerSql(shown);
  return shown;
}

/** What must be on the page for a view to count as drawn. */
const PROOF: Readonly<Record<ViewId, (page: Page) => Promise<void>>> = {
  async overview(page) {
    assert.equal(await page.locator('.tile').count(), 4);
    assert.ok((await page.locator('.segment').count()) >= 5);
    assert.match(await page.locator('.tile').first().innerText(), /\d ms/);
  },
  async timeline(page) {
    assert.ok((await painted(page, '.timeline canvas.marks')) > 0.15);
    assert.ok((await painted(page, '.minimap canvas')) > 0.05);
    assert.deepEqual(await page.locator('button.head-name').allInnerTexts(), [
      'Steps',
      'Script',
      'Layers',
      'GPU',
      'Transfers',
      'Compile',
    ]);
  },
  async kernels(page) {
    assert.equal(await page.locator('.kernels tbody tr').count(), 11);
    assert.match(
      await page.locator('.kernels tbody tr').first().innerText(),
      /conv2d-backward-weight.*\d ms/s,
    );
  },
  async layers(page) {
    assert.equal(await page.locator('.layers tbody tr').count(), trace.layers.length);
    assert.ok((await painted(page, '.icicle canvas')) > 0.7);
  },
  async memory(page) {
    assert.ok((await painted(page, '.memory canvas.marks')) > 0.2);
    assert.match(await page.locator('.memory .big').innerText(), /MB/);
    await page.getByRole('button', { name: 'Every buffer' }).click();
    await page.locator('.memory tbody tr').first().click();
    await page.locator('.memory tr[aria-selected=true]').waitFor();
    assert.ok((await painted(page, '.memory canvas.marks')) > 0.2);
  },
  async occupancy(page) {
    assert.ok((await painted(page, '.occupancy canvas.marks')) > 0.4);
    assert.ok((await page.locator('.fall').count()) >= 2);
    assert.match(await page.locator('.what-if-answer').innerText(), /occupancy ≤ \d+ %/);
  },
  async roofline(page) {
    assert.ok((await page.locator('.roofline-plot circle').count()) >= 8);
    assert.equal(await page.locator('.roofline-plot .roof').count(), 1);
    await page.locator('.roofline-plot g.kernel').first().click();
    await page.locator('.roofline tr[aria-selected=true]').waitFor();
  },
  async compare(page) {
    assert.match(await page.locator('.compare .tile').first().innerText(), /Faster/);
    assert.match(await page.locator('.compare tbody tr').first().innerText(), /model.*faster/s);
  },
  async sql(page) {
    assert.equal(await page.locator('.sql-tables details').count(), 7);
    assert.equal(await page.locator('.sql-result tbody tr').count(), madeRows(trace).rows.length);
    await page.locator('.sql-result tbody tr').first().click();
    await page.locator('.sql-result tr[aria-selected=true]').waitFor();
  },
  async advice(page) {
    assert.equal(await page.locator('.card').count(), 3);
    assert.match(await page.locator('.card').first().innerText(), /measured.*\+31 % \(\+28 to \+34\)/s);
  },
};

for (const theme of THEMES)
  for (const view of VIEWS)
    test(`${view} in the ${theme} theme is drawn and has no accessibility violation`, async () => {
      const shown = await openView(view, theme);
      await shown.shot(`${view}-${theme}`);
      await PROOF[view](shown.page);
      assert.deepEqual(await violations(shown.page), []);
      await shown.page.close();
    });

for (const theme of THEMES)
  test(`the panel in the ${theme} theme is drawn and has no accessibility violation`, async () => {
    const shown = await host.open({ layout: 'panel', theme });
    await shown.show(trace);
    await shown.shot(`panel-${theme}`);
    assert.ok((await painted(shown.page, '.timeline canvas.marks')) > 0.2);
    assert.match(await shown.page.locator('.words').innerText(), /GPU/);
    const body = await shown.page.evaluate(() => ({
      tall: document.documentElement.scrollHeight,
      room: innerHeight,
    }));
    assert.ok(body.tall <= body.room, 'the panel does not scroll');
    assert.deepEqual(await violations(shown.page), []);
    await shown.page.close();
  });

test('before a trace each layout says what it will show and offers the button that fills it', async () => {
  for (const layout of ['panel', 'editor'] as const) {
    const shown = await host.open({ layout });
    await shown.post({ type: 'empty' });
    await shown.shot(`empty-${layout}`);
    await shown.page.getByRole('button', { name: 'Profile Training Script' }).click();
    assert.deepEqual((await shown.sent()).at(-1), { type: 'command', command: 'profile' });
    assert.deepEqual(await violations(shown.page), []);
    await shown.page.close();
  }
});

test('a file that is no trace gives one line that says so', async () => {
  const shown = await host.open();
  await shown.post({
    type: 'trace',
    bytes: new TextEncoder().encode('{"traceEvents":[]}'),
    title: 'x',
    live: false,
  });
  assert.match(await shown.page.locator('.notice').innerText(), /does not start with KSCOPE/);
  await shown.page.close();
});

test('a script that failed before its first kernel shows its error and leads to the line', async () => {
  const shown = await host.open();
  const error = {
    message: 'x.reshape: 784 values do not fit [32, 28]',
    file: '/home/ada/train/mnist-cnn.ts',
    line: 21,
    column: 7,
  };
  const builder = new TraceBuilder();
  builder.setMeta({ status: 'failed', error, script: '/home/ada/train/mnist-cnn.ts' });
  await shown.post({
    type: 'trace',
    bytes: writeTraceFile(builder.build()),
    title: 'mnist-cnn.ts',
    live: false,
  });
  await shown.shot('failed');
  assert.match(await shown.page.locator('.notice').innerText(), /784 values do not fit/);
  await shown.page.getByRole('button', { name: /mnist-cnn.ts:21/ }).click();
  assert.deepEqual((await shown.sent()).at(-1), { type: 'open', file: error.file, line: 21, column: 7 });
  await shown.page.close();
});

test('at 200 % zoom every view keeps within the page, scrolls what is longer, and stays accessible', async () => {
  for (const view of VIEWS) {
    const shown = await host.open({ size: { width: 640, height: 410 }, scale: 2 });
    await shown.show(trace);
    await shown.post({ type: 'baseline', bytes: baseline, title: '13:40' });
    await openSql(shown, view);
    await shown.post({ type: 'show', view });
    await shown.shot(`zoom-200-${view}`);
    const { wide, room } = await shown.page.evaluate(() => ({
      wide: document.documentElement.scrollWidth,
      room: innerWidth,
    }));
    assert.ok(wide <= room, `${view} is ${wide} px wide in ${room}`);
    assert.deepEqual(await violations(shown.page), [], view);
    await shown.page.close();
  }
});

test('beside a side bar, what is above a view wraps, and what does not fit is cut with dots, never in the middle', async () => {
  for (const view of VIEWS) {
    const shown = await host.open({ size: { width: 980, height: 760 } });
    await shown.show(trace);
    await shown.post({ type: 'baseline', bytes: baseline, title: '13:40' });
    await openSql(shown, view);
    await shown.post({ type: 'show', view });
    await shown.drawn();
    const cut = await shown.page.evaluate(() =>
      [...document.querySelectorAll('.choice, .kernel-name')]
        .filter((each) => each.checkVisibility())
        .filter((each) => {
          const within = each.closest('td') ?? document.documentElement;
          return each.getBoundingClientRect().right > within.getBoundingClientRect().right + 1;
        })
        .map((each) => each.textContent),
    );
    assert.deepEqual(cut, [], view);
    await shown.page.close();
  }
});

test('a comparison says what of the source differs, and leads there; another batch is judged by the sample', async () => {
  const ran = (hash: string) => ({ sources: { '/home/ada/train/mnist-cnn.ts': hash } });
  const now = makeTrace({ meta: ran('b') });
  const shown = await host.open();
  await shown.show(now);
  const against = (options: MadeOptions) =>
    shown.post({ type: 'baseline', bytes: writeTraceFile(makeTrace(options)), title: '13:40' });
  await against({ meta: ran('a'), samples: 16 });
  await shown.post({ type: 'show', view: 'compare' });
  const view = shown.page.locator('.compare');
  await view.getByText('mnist-cnn.ts changed').waitFor();
  await view.getByRole('button', { name: /Show difference/ }).click();
  assert.deepEqual((await shown.sent()).at(-1), { type: 'sourceChange', file: '/home/ada/train/mnist-cnn.ts' }); // prettier-ignore
  await view.getByRole('heading', { name: /^Sample, against 13:40/ }).waitFor();
  assert.match(await view.locator('.tile').first().innerText(), /Faster/);
  await shown.shot('compare-source');
  assert.deepEqual(await violations(shown.page), []);
  await against({ meta: ran('b') });
  await view.getByText('The same source ran both times').waitFor();
  await shown.page.close();
});

test('the page speaks the language of the words it is handed', async () => {
  const words = JSON.parse(readFileSync('l10n/bundle.l10n.de.json', 'utf8')) as Record<string, string>;
  const shown = await host.open({ words });
  await shown.show(trace);
  await shown.post({ type: 'suggestions', suggestions: MADE_SUGGESTIONS });
  await shown.shot('german');
  assert.deepEqual((await shown.page.getByRole('tab').allInnerTexts()).slice(0, 3), ['Überblick', 'Zeitachse', 'Kernel']); // prettier-ignore
  const overview = await shown.page.locator('.overview').innerText();
  assert.match(overview, /Wohin ein Schritt geht/);
  // Sentences with figures: one written here, one that a rule put together.
  assert.match(overview, /Die Kernel füllen den Schritt/);
  assert.match(overview, /Den Batch von 32 auf 128 vergrößern/);
  assert.match(
    overview,
    /gemessen\s*\+31 % \(\+28 bis \+34\), Speicher 1\.9 ×, Verlust 0\.412 gegen 0\.409 nach 1,280 Zeilen/,
  );
  assert.match(await shown.page.locator('.chips').innerText(), /Software-Adapter/);
  await shown.page.close();
});

test('in another language no view keeps an English sentence, nor do the names that a screen reader reads', async () => {
  const words = JSON.parse(readFileSync('l10n/bundle.l10n.de.json', 'utf8')) as Record<string, string>;
  const shown = await host.open({ words });
  await shown.show(trace);
  await shown.post({ type: 'suggestions', suggestions: MADE_SUGGESTIONS });
  await shown.post({ type: 'baseline', bytes: baseline, title: '13:40' });
  // Of several words: a single one may be a name, and is German too now and then.
  const english = new Set(Object.keys(words).filter((key) => / /.test(key) && words[key] !== key));
  for (const view of VIEWS) {
    await openSql(shown, view);
    await shown.post({ type: 'show', view });
    await shown.drawn();
    if (view === 'layers') await shown.page.locator('.layers tbody tr').first().click();
    const said = await shown.page.evaluate(() => [
      ...document.body.innerText.split('\n'),
      ...[...document.querySelectorAll('[title], [aria-label]')].flatMap((each) => [
        each.getAttribute('title') ?? '',
        each.getAttribute('aria-label') ?? '',
      ]),
    ]);
    assert.deepEqual(said.map((text) => text.trim()).filter((text) => english.has(text)), [], view); // prettier-ignore
    await shown.shot(`german-${view}`);
  }
  await shown.post({ type: 'show', view: 'advice' });
  const advice = await shown.page.locator('.advice').innerText();
  for (const part of [/GPU-Leerlauf 11 ms, Optimierer/, /Ein 4-mal so großer Batch/, /Die Lernrate mit 4/]) assert.match(advice, part); // prettier-ignore
  await shown.page.close();
});

test('patterns tell families apart without color, in the picture and in the legend', async () => {
  const shown = await host.open();
  await shown.show(trace);
  await shown.post({ type: 'show', view: 'timeline' });
  const marks = () =>
    shown.page
      .locator('.timeline canvas.marks')
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const plain = await marks();
  await shown.page.getByRole('button', { name: 'Patterns' }).click();
  await shown.drawn();
  await shown.drawn();
  assert.notEqual(await marks(), plain);
  const looks = await shown.page
    .locator('.legend .swatch')
    .evaluateAll((all) => all.map((swatch) => getComputedStyle(swatch, '::after').backgroundImage));
  assert.equal(new Set(looks).size, looks.length, looks.join());
  await shown.shot('patterns');
  await shown.page.close();
});

test('the slices in view are a table too, and a choice in it is the choice of the picture', async () => {
  const shown = await host.open();
  await shown.show(trace);
  await shown.post({ type: 'show', view: 'timeline' });
  await shown.page.getByRole('button', { name: 'Table', exact: true }).click();
  await shown.drawn();
  assert.match(await shown.page.locator('.timeline-table .view-note').innerText(), /slices in view/);
  await shown.page.locator('.timeline-table tbody tr', { hasText: 'conv2d' }).first().click();
  const last = (await shown.sent()).at(-1);
  assert.ok(last?.type === 'select' && last.selection?.kind === 'dispatch', JSON.stringify(last));
  await shown.shot('timeline-table');
  assert.deepEqual(await violations(shown.page), []);
  await shown.page.close();
});

test('a run on a GPU offers to be measured on the CPU; of two on the CPU it is said that they tell nothing', async () => {
  const shown = await host.open();
  const onGpu = { ...trace.meta, adapter: { ...trace.meta.adapter!, name: 'a GPU', software: false } };
  await shown.show({ ...trace, meta: onGpu });
  await shown.post({ type: 'show', view: 'overview' });
  await shown.page.getByRole('button', { name: 'Measure on the CPU' }).click();
  assert.deepEqual((await shown.sent()).at(-1), { type: 'command', command: 'measureOnCpu' });
  assert.deepEqual(await violations(shown.page), []);
  await shown.show(trace);
  await shown.post({ type: 'baseline', bytes: baseline, title: '13:40' });
  await shown.drawn();
  assert.equal(await shown.page.getByRole('button', { name: 'Measure on the CPU' }).count(), 0);
  assert.match(await shown.page.locator('.overview').innerText(), /Both runs were on the CPU/);
  await shown.page.close();
});
