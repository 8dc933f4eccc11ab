/** This run against the pinned one: step, memory, and the layers and kernels that gained or lost. Aligned by name, not by time. */
import { compareTraces, otherBatch, perRow, rowScale } from '../../src/analysis/compare.ts';
import type { Comparison, ShortRun } from '../../src/analysis/compare.ts';
import { sourceChanges } from '../../src/analysis/source-changes.ts';
import { formatBytes, formatNs, formatShare } from '../../src/base/format.ts';
import type { Trace } from '../../src/trace/model.ts';
import type { App, View } from '../app.ts';
import { button, el } from '../dom.ts';
import type { Facts } from '../facts.ts';
import { createChoice } from '../parts/choice.ts';
import { createSourceLine } from '../parts/source-line.ts';
import { createTable } from '../parts/table.ts';
import type { Column } from '../parts/table.ts';
import { SAME, comparedRows, differenceBar } from './compare.layout.ts';
import type { ComparedRow } from './compare.layout.ts';
import { t } from '../translate.ts';
import { term } from '../terms.ts';

type Mode = 'layers' | 'operations' | 'kernels';

const NOTES: Readonly<Record<Mode, string>> = {
  layers: t('GPU time a step, by layer with all layers below it.'),
  operations: t('GPU time a step, by operation of a layer.'),
  kernels: t('Mean time of a dispatch, by kernel.'),
};
/** Where the batches differ. */
const NOTES_OF_A_SAMPLE: Readonly<Record<Mode, string>> = {
  layers: t('GPU time a sample, by layer with all layers below it.'),
  operations: t('GPU time a sample, by operation of a layer.'),
  kernels: t('Mean time of a dispatch divided by its samples, by kernel.'),
};

const time = (ns: number | null) => (ns === null || !(ns > 0) ? '–' : formatNs(ns));
const signed = (ratio: number) => {
  if (!Number.isFinite(ratio)) return '';
  return Math.abs(ratio - 1) < 0.0005
    ? '±0 %'
    : `${ratio > 1 ? '+' : '−'}${formatShare(Math.abs(ratio - 1))}`;
};
/** Sums of nanoseconds differ by their rounding: less than half a one is none. */
const signedTime = (ns: number) =>
  Math.abs(ns) < 0.5 ? '±0' : `${ns < 0 ? '−' : '+'}${formatNs(Math.abs(ns))}`;

export function createCompare(app: App): View {
  let mode: Mode = 'layers';
  let rows: readonly ComparedRow[] = [];
  let compared: { readonly facts: Facts; readonly baseline: Trace; readonly result: Comparison } | null =
    null;
  /** What a layer is; its path alone may be a bare number. */
  const typeOf = (name: string): string => {
    const { trace, baseline } = app.store.state;
    if (mode === 'kernels') return '';
    const layers = [...(trace?.layers ?? []), ...(baseline?.trace.layers ?? [])];
    const layer = layers.find(({ path }) => path === name);
    return layer && !layer.path.endsWith(layer.type) ? layer.type : '';
  };
  const tiles = el('div', { class: 'tiles' });
  const sources = createSourceLine(app);
  const choice = createChoice<Mode>(t('Compare by'), [['layers', t('Layers')], ['operations', t('Operations')], ['kernels', t('Kernels')]], mode, (next) => {
    mode = next;
    rows = [];
    refresh();
  }); // prettier-ignore
  const note = el('p', { class: 'faint view-note' });
  const table = createTable<ComparedRow>({
    label: t('Changes'),
    columns: columns(() => rows, typeOf),
    rowKey: ({ name }) => name,
    sort: { column: 'difference', descending: true },
    onSelect: ({ name }) => select(name),
  });
  const place = el(
    'div',
    { class: 'compare-body' },
    tiles,
    sources.element,
    el('div', { class: 'view-head' }, note, el('span', { class: 'grow' }), choice.element),
    table.element,
  );
  const missing = el(
    'div',
    { class: 'notice' },
    el('h2', { text: t('No run to compare with') }),
    el('p', {
      text: t(
        'Pin a run as the baseline, change the script, and profile again: each layer and kernel is then set against its former self.',
      ),
    }),
    el(
      'div',
      { class: 'actions' },
      button(t('Pin This Run as Baseline'), () => app.send({ type: 'command', command: 'pinBaseline' }), {
        kind: 'primary',
        class: 'needs-shell',
      }),
    ),
  );
  const element = el('div', { class: 'view compare' }, place, missing);

  function select(name: string): void {
    const trace = app.store.state.trace;
    const [layer = name] = name.split(' · ');
    const id =
      mode === 'kernels'
        ? trace?.kernels.findIndex((kernel) => kernel.name === name)
        : trace?.layers.findIndex(({ path }) => path === layer);
    if (id !== undefined && id >= 0)
      app.select(mode === 'kernels' ? { kind: 'kernel', kernel: id } : { kind: 'layer', layer: id });
  }

  function refresh(): void {
    const { facts, baseline, selection } = app.store.state;
    place.hidden = !baseline;
    missing.hidden = baseline !== null;
    if (!facts || !baseline) return;
    if (compared?.facts !== facts || compared.baseline !== baseline.trace) {
      compared = { facts, baseline: baseline.trace, result: compareTraces(baseline.trace, facts.trace) };
      rows = [];
      tiles.replaceChildren(...tilesOf(compared.result, baseline.title));
      sources.show(sourceChanges(baseline.trace.meta, facts.trace.meta));
    }
    const { result } = compared;
    if (rows.length === 0) rows = comparedRows(perRow(result[mode], result));
    note.textContent = [(otherBatch(result) ? NOTES_OF_A_SAMPLE : NOTES)[mode], ...shortNotes(result, baseline.title)].join(' '); // prettier-ignore
    const chosen =
      selection?.kind === 'layer'
        ? facts.trace.layers[selection.layer]?.path
        : selection?.kind === 'kernel'
          ? facts.trace.kernels[selection.kernel]?.name
          : null;
    table.show(rows, chosen ?? null);
  }
  return { element, refresh, repaint: refresh };
}

function columns(
  all: () => readonly ComparedRow[],
  typeOf: (name: string) => string,
): readonly Column<ComparedRow>[] {
  return [
    { id: 'name', title: t('Name'), cell: ({ name }) => el('span', { class: 'tree-cell' }, name, typeOf(name) ? el('span', { class: 'variant', text: typeOf(name) }) : null), key: ({ name }) => name, width: '30%' },
    { id: 'before', title: t('Baseline'), numeric: true, cell: ({ before }) => time(before), key: ({ before }) => before ?? NaN },
    { id: 'after', title: t('Now'), numeric: true, cell: ({ after }) => time(after), key: ({ after }) => after ?? NaN },
    { id: 'difference', title: t('Difference'), numeric: true, cell: (row) => differenceCell(row, all()), key: ({ difference }) => Math.abs(difference), width: '240px' },
    { id: 'ratio', title: t('Change'), numeric: true, cell: ({ ratio }) => signed(ratio) || '–', key: ({ ratio }) => ratio },
    { id: 'interval', title: t('Interval'), about: t('From the intervals of both medians over steps, of these two runs'), numeric: true, cell: ({ interval }) => (interval ? t('{0} to {1}', signed(interval.low), signed(interval.high)) : '–'), key: ({ interval }) => interval?.low ?? NaN },
    { id: 'outcome', title: t('Verdict'), about: t('Within {0} counts as the same; where the interval holds no change, it is not certain', formatShare(SAME)), cell: ({ outcome }) => el('span', { class: `outcome ${outcome.replace(' ', '-')}`, text: term(outcome) }), key: ({ outcome }) => outcome },
  ]; // prettier-ignore
}

function differenceCell(row: ComparedRow, all: readonly ComparedRow[]): HTMLElement {
  const share = differenceBar(row.difference, all);
  const width = `${Math.abs(share) * 50}%`;
  return el(
    'span',
    { class: 'share' },
    el(
      'span',
      { class: 'difference-bar', attr: { 'aria-hidden': 'true' } },
      el('span', {
        class: row.outcome.replace(' ', '-'),
        style: { width, left: share < 0 ? `${50 + share * 50}%` : '50%' },
      }),
    ),
    el('span', {
      class: 'share-text wide',
      text: signedTime(row.difference),
    }),
  );
}

/** Why rows have no interval and no certain verdict, and what to do about it. */
function shortNotes({ short }: Comparison, title: string): string[] {
  const note = (run: ShortRun | null, name: string): string[] =>
    run
      ? [
          t('{0} has {1} timed steps, and an interval takes {2}: profile it again with kernelscope.steps at {3} or more.', name, run.timed, run.needed, run.record),
        ]
      : []; // prettier-ignore
  return [...note(short.before, title), ...note(short.after, t('This run'))];
}

/** Where steps are of another size, the verdict is on the time of a sample: a step twice as large may take longer and be faster. */
function tilesOf({ step, peakBytes, rows }: Comparison, title: string): HTMLElement[] {
  const { ratio, low, high } = step.ratio;
  const otherSize = otherBatch({ rows });
  const scale = rowScale({ rows });
  const verdict = high * scale < 1 ? t('Faster') : low * scale > 1 ? t('Slower') : t('No certain change');
  const tile = (heading: string, value: string, about: string) =>
    el(
      'div',
      { class: 'tile' },
      el('h2', { text: heading }),
      el('strong', { class: 'big', text: value }),
      el('p', { class: 'faint', text: about }),
    );
  const interval = (by: number) =>
    Number.isFinite(low)
      ? t('interval {0} to {1}, of these two runs', signed(low * by), signed(high * by))
      : t('no interval: too few steps');
  const stepTimes = t('{0} before, {1} now', formatNs(step.before), formatNs(step.after));
  const memory = tile(t('Memory at the peak'), formatBytes(peakBytes.after), t('{0} before', formatBytes(peakBytes.before))); // prettier-ignore
  if (!otherSize)
    return [
      tile(t('Step, against {0}', title), verdict, stepTimes),
      tile(t('Step time'), signed(ratio) || '±0 %', interval(1)),
      memory,
    ];
  return [
    tile(
      t('Sample, against {0}', title),
      verdict,
      t('{0} before, {1} now', formatNs(step.before / rows.before), formatNs(step.after / rows.after)),
    ),
    tile(t('Time a sample'), signed(ratio * scale) || '±0 %', interval(scale)),
    memory,
    tile(
      t('Step time'),
      signed(ratio) || '±0 %',
      t('{0}, of {1} and {2} samples', stepTimes, rows.before, rows.after),
    ),
  ];
}
