/** The gutter of the timeline: a head for each track, to focus, fold and pin it. */
import type { App } from '../app.ts';
import { el } from '../dom.ts';
import type { Facts } from '../facts.ts';
import { formatBytes, formatShare } from '../../src/base/format.ts';
import { cutName } from '../parts/cut-name.ts';
import type { State } from '../state.ts';
import type { Track } from '../tracks.ts';
import type { CurveId, TimelineLayout } from './timeline.layout.ts';
import { t } from '../translate.ts';

/** Between a name and the picture. */
const NAME_MARGIN_PX = 16;

export interface HeadActions {
  fold(id: string): void;
  focusTrack(track: Track): void;
  /** True when the key was used. */
  key(event: KeyboardEvent, track: Track): boolean;
}

/** Title of a curve, what it shows, and the value at its top. */
function curveHead(id: CurveId, facts: Facts): readonly [title: string, about: string, top: string] {
  if (id === 'occupancy')
    return [
      t('Occupancy'),
      t('Estimated share of the device in use; the band is what unknown register use leaves open'),
      formatShare(1),
    ];
  if (id === 'busy')
    return [t('GPU busy'), t('Share of time in which a kernel runs, measured'), formatShare(1)];
  if (id === 'memory')
    return [
      t('Memory'),
      t('Bytes in use, stacked by role'),
      facts.peak.known ? formatBytes(facts.peak().bytes) : '',
    ];
  const series = facts.series().find((one) => one.id === id);
  return series ? [series.title, t('{0} over time', series.title), series.format(series.high)] : ['', '', ''];
}

export function createHeads(
  box: HTMLElement,
  app: App,
  actions: HeadActions,
): {
  draw(layout: TimelineLayout, folded: ReadonlySet<string>, state: State, facts: Facts | null): void;
  /** What the longest name takes. */
  widestPx(): number;
} {
  let drawn = '';
  return {
    widestPx() {
      const widths = [...box.querySelectorAll<HTMLElement>('.head-name')].map((name) =>
        [...name.children].reduce((sum, piece) => sum + piece.scrollWidth, NAME_MARGIN_PX),
      );
      return Math.max(0, ...widths);
    },
    draw(layout, folded, state, facts) {
      // Heads keep their focus: they are made anew only when something about them changed.
      const key = JSON.stringify([
        layout.heads.map(({ track, top, height }) => [track.id, top, height]),
        layout.curves,
        [...folded],
        [...state.pinned],
        facts?.peak.known && facts.peak().bytes,
      ]);
      if (key === drawn) return;
      drawn = key;
      const focused = document.activeElement?.getAttribute('data-track');
      box.replaceChildren(
        ...layout.heads.map(({ track, top, height, hiddenLanes }) => {
          const label = el('button', {
            class: 'head-name', title: `${track.title}\n${track.about}${hiddenLanes > 0 ? t('. {0} more rows in the large view', hiddenLanes) : ''}`,
            attr: { type: 'button', 'data-track': track.id, 'aria-label': track.title },
            on: {
              focus: () => actions.focusTrack(track),
              click: () => actions.focusTrack(track),
              keydown: (event) => { if (headKey(event, box) || actions.key(event, track)) { event.preventDefault(); event.stopPropagation(); } },
            },
          }, ...cutName(track.title)); // prettier-ignore
          const pinned = state.pinned.has(track.id);
          const pin = iconButton(
            pinned ? 'pinned' : 'pin',
            pinned ? t('Unpin {0}', track.title) : t('Pin {0} to the top', track.title),
            pinned,
            () => {
              const next = new Set(state.pinned);
              if (!next.delete(track.id)) next.add(track.id);
              app.store.set({ pinned: next });
            },
          );
          const fold = iconButton(
            folded.has(track.id) ? 'folded' : 'fold',
            t('Fold {0}', track.title),
            folded.has(track.id),
            () => actions.fold(track.id),
          );
          return el(
            'div',
            {
              class: `head ${height < 16 ? 'small' : ''}`,
              style: { top: `${top}px`, height: `${height}px` },
            },
            label,
            el('span', { class: 'head-tools' }, fold, pin),
          );
        }),
        ...layout.curves.map(({ id, top, height }) => {
          const [title, about, scale] = facts ? curveHead(id, facts) : ['', '', ''];
          return el(
            'div',
            {
              class: 'head curve',
              style: { top: `${top}px`, height: `${height}px` },
              title: `${title}\n${about}`,
            },
            el('span', { class: 'head-name' }, ...cutName(title)),
            el('span', { class: 'head-scale', text: scale }),
          );
        }),
      );
      if (focused)
        (box.querySelector(`[data-track="${CSS.escape(focused)}"]`) as HTMLElement | null)?.focus();
    },
  };
}

function iconButton(icon: string, label: string, pressed: boolean, run: () => void): HTMLElement {
  return el('button', {
    class: `icon ${icon}`,
    title: label,
    attr: { type: 'button', tabindex: -1, 'aria-label': label, 'aria-pressed': String(pressed) },
    on: { click: run },
  });
}

/** Up and down go from track to track. */
function headKey(event: KeyboardEvent, box: HTMLElement): boolean {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return false;
  const names = [...box.querySelectorAll<HTMLElement>('button.head-name')];
  const at = names.indexOf(event.target as HTMLElement);
  names[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
  return true;
}
