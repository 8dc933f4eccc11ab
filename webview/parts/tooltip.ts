/** The box that follows the pointer with all figures of what is under it. */
import type { Description } from '../describe.ts';
import { baseName, el, fill } from '../dom.ts';
import { term } from '../terms.ts';

export interface Tooltip {
  readonly element: HTMLElement;
  show(content: readonly (Node | null)[], x: number, y: number): void;
  hide(): void;
}

const AWAY_PX = 14;

export function createTooltip(): Tooltip {
  const element = el('div', { class: 'tooltip', attr: { role: 'presentation', hidden: true } });
  return {
    element,
    show(content, x, y) {
      fill(element, ...content);
      element.hidden = false;
      const { offsetWidth: width, offsetHeight: height } = element;
      const left = x + AWAY_PX + width > innerWidth ? Math.max(4, x - AWAY_PX - width) : x + AWAY_PX;
      const top = y + AWAY_PX + height > innerHeight ? Math.max(4, y - AWAY_PX - height) : y + AWAY_PX;
      element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    },
    hide() {
      element.hidden = true;
    },
  };
}

export function describedContent(description: Description): Node[] {
  return [
    el(
      'div',
      { class: 'tip-head' },
      el('span', { class: 'tip-title', text: description.title }),
      el('span', { class: 'tip-kind', text: description.kind }),
    ),
    figuresList(description),
    ...(description.note ? [el('div', { class: 'tip-note', text: description.note })] : []),
    ...(description.source
      ? [
          el('div', {
            class: 'tip-source',
            text: `${baseName(description.source.file)}:${description.source.line}`,
          }),
        ]
      : []),
  ];
}

export function figuresList(description: Pick<Description, 'figures'>): HTMLElement {
  return el(
    'dl',
    { class: 'figures' },
    ...description.figures.map(({ label, value, basis }) =>
      el(
        'div',
        {},
        el('dt', { text: label }),
        el(
          'dd',
          {},
          value,
          basis && basis !== 'measured' ? el('span', { class: `basis ${basis}`, text: term(basis) }) : null,
        ),
      ),
    ),
  );
}
