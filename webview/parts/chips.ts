/** Chips: short warnings that explain themselves when opened. */
import { formatNs, formatShare } from '../../src/base/format.ts';
import { el } from '../dom.ts';
import { baseName } from '../dom.ts';
import type { State } from '../state.ts';
import { t } from '../translate.ts';

export interface Chip {
  readonly id: string;
  readonly text: string;
  readonly about: string;
  readonly tone: 'plain' | 'warning' | 'error' | 'live';
}

/** Own cost above this share of a run is worth a warning. */
const HIGH_COST = 0.05;
/** Width of the interval of the step time, as a share of it, above which timings are called unstable. */
const UNSTABLE = 0.15;

export function chipsOf(state: State): Chip[] {
  const { trace, facts } = state;
  if (!trace || !facts) return [];
  const { meta } = trace;
  const chips: Chip[] = [];
  const add = (id: string, text: string, about: string, tone: Chip['tone'] = 'plain') =>
    chips.push({ id, text, about, tone });
  if (state.live) add('live', t('live'), t('The script is running; the picture follows it.'), 'live');
  if (state.stale.length > 0)
    add(
      'stale',
      t('source changed'),
      t(
        'Measured before the last edit of {0}. Profile again for new numbers.',
        state.stale.map(baseName).join(', '),
      ),
      'warning',
    );
  if (meta.status === 'failed' || meta.status === 'crashed')
    add(
      'failed',
      meta.status === 'failed' ? t('failed') : t('crashed'),
      t(
        '{0} What was recorded until then is shown.',
        meta.error?.message ?? t('The script ended with an error.'),
      ),
      'error',
    );
  if (meta.status === 'stopped' || meta.status === 'timeout')
    add(
      'partial',
      meta.status === 'stopped' ? t('stopped') : t('time limit'),
      t('The run was ended before the script was done. What was recorded until then is shown.'),
    );
  if (meta.origin.startsWith('import:'))
    add(
      'imported',
      t('imported'),
      t('Recorded by another tool ({0}). Numbers are as it gave them.', meta.origin.slice(7)),
    );
  if (meta.adapter?.software)
    add(
      'software',
      t('software adapter'),
      t(
        '{0} runs the kernels on the processor. {1} Ratios between kernels hold on this machine only.',
        shortAdapter(meta.adapter.name),
        meta.adapterReason,
      ),
      'warning',
    );
  const { overhead } = meta;
  if (overhead && Number.isFinite(overhead.share))
    add(
      'cost',
      overhead.share > 0.005 ? t('cost {0}', formatShare(overhead.share)) : t('cost below noise'),
      t(
        'What measuring cost this run: a timed step takes {0}, an untimed one {1} (medians, alternating).',
        formatNs(overhead.timedMedianNs),
        formatNs(overhead.untimedMedianNs),
      ),
      overhead.share > HIGH_COST ? 'warning' : 'plain',
    );
  const { median, low, high } = state.settled
    ? facts.steps().durationNs
    : { median: NaN, low: NaN, high: NaN };
  if ((high - low) / median > UNSTABLE && !state.live)
    add(
      'unstable',
      t('unstable timings'),
      t(
        'Half of the steps differ much: the median step is {0}, but its interval is {1} to {2}. Close other programs, or record more steps.',
        formatNs(median),
        formatNs(low),
        formatNs(high),
      ),
      'warning',
    );
  const damaged = meta.notes.filter(Boolean);
  if (damaged.length > 0)
    add('notes', damaged.length === 1 ? t('note') : t('{0} notes', damaged.length), damaged.join(' '));
  return chips;
}

/** `llvmpipe` of `llvmpipe (LLVM 19.1.7, 256 bits)`. */
export function shortAdapter(name: string): string {
  return name.replace(/\s*\(.*$/, '');
}

export function createChips(): { readonly element: HTMLElement; show(state: State): void } {
  const element = el('div', { class: 'chips', attr: { role: 'group', 'aria-label': t('About this run') } });
  let drawn = '';
  return {
    element,
    show(state) {
      const chips = chipsOf(state);
      const key = JSON.stringify(chips);
      if (key === drawn) return;
      drawn = key;
      element.replaceChildren(...chips.map(chipElement));
    },
  };
}

function chipElement(chip: Chip): HTMLElement {
  const note = el('span', {
    class: 'chip-note',
    text: chip.about,
    attr: { role: 'tooltip', id: `chip-${chip.id}` },
  });
  return el(
    'span',
    { class: `chip ${chip.tone}` },
    el('button', {
      class: 'chip-button',
      text: chip.text,
      attr: { type: 'button', 'aria-describedby': `chip-${chip.id}` },
    }),
    note,
  );
}
