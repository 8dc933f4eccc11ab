/**
 * The line between the names and the picture: dragged, or moved by arrow keys, it makes the names' column as wide as they need. The
 * width is that of all pictures on the time axis, and is kept for the next time where the page may keep something.
 */
import { el } from '../dom.ts';
import { t } from '../translate.ts';

const KEPT = 'kernelscope.gutterPx';
const LEAST_PX = 72;
const MOST_PX = 480;
const STEP_PX = 8;
const LARGE_STEP_PX = 40;

/** `widestPx`: the room that the longest name would take; the line goes there on Enter or a double click. */
export function createGutterLine(widestPx: () => number): HTMLElement {
  const line = el('div', {
    class: 'gutter-line',
    title: t('Drag to make the names wider or narrower; double-click to fit the longest'),
    attr: {
      role: 'separator',
      tabindex: 0,
      'aria-orientation': 'vertical',
      'aria-label': t('Width of the names'),
      'aria-valuemin': LEAST_PX,
      'aria-valuemax': MOST_PX,
    },
  });
  const width = (): number => parseFloat(getComputedStyle(document.body).getPropertyValue('--gutter'));
  const show = (px: number): void => {
    const within = Math.round(Math.min(MOST_PX, Math.max(LEAST_PX, px)));
    document.body.style.setProperty('--gutter', `${within}px`);
    line.setAttribute('aria-valuenow', String(within));
  };
  const set = (px: number): void => {
    show(px);
    keep(width());
  };
  show(kept() ?? width());

  let from: { readonly x: number; readonly px: number } | null = null;
  line.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    from = { x: event.clientX, px: width() };
    line.setPointerCapture(event.pointerId);
    event.preventDefault();
    line.focus();
  });
  line.addEventListener('pointermove', (event) => {
    if (from) show(from.px + event.clientX - from.x);
  });
  const released = (): void => {
    if (from) keep(width());
    from = null;
  };
  line.addEventListener('pointerup', released);
  line.addEventListener('pointercancel', released);
  line.addEventListener('dblclick', () => set(widestPx()));
  line.addEventListener('keydown', (event) => {
    const to = keyed(event, width(), widestPx);
    if (to === null) return;
    set(to);
    event.preventDefault();
    event.stopPropagation();
  });
  return line;
}

/** Where a key moves the line to; null for another key. */
function keyed(event: KeyboardEvent, now: number, widestPx: () => number): number | null {
  const step = event.shiftKey ? LARGE_STEP_PX : STEP_PX;
  if (event.key === 'ArrowLeft') return now - step;
  if (event.key === 'ArrowRight') return now + step;
  if (event.key === 'Home') return LEAST_PX;
  if (event.key === 'End') return MOST_PX;
  return event.key === 'Enter' ? widestPx() : null;
}

function kept(): number | null {
  try {
    const px = Number(localStorage.getItem(KEPT));
    return px > 0 ? px : null;
  } catch {
    // A page in a sandbox may keep nothing.
    return null;
  }
}

function keep(px: number): void {
  try {
    localStorage.setItem(KEPT, String(px));
  } catch {
    // As above: the width then lasts as long as the page.
  }
}
