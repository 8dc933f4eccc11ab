/** A row of buttons of which one is pressed. */
import { el } from '../dom.ts';

export function createChoice<T extends string>(
  label: string,
  options: readonly (readonly [T, string])[],
  first: T,
  choose: (value: T) => void,
): { readonly element: HTMLElement; set(value: T): void } {
  const buttons = options.map(([value, text]) =>
    el('button', { class: 'choice-item', text, attr: { type: 'button', 'aria-pressed': String(value === first) }, on: { click: () => { set(value); choose(value); } } }),
  ); // prettier-ignore
  function set(value: T): void {
    options.forEach(([option], i) => buttons[i]?.setAttribute('aria-pressed', String(option === value)));
  }
  return {
    element: el('div', { class: 'choice', attr: { role: 'group', 'aria-label': label } }, ...buttons),
    set,
  };
}
