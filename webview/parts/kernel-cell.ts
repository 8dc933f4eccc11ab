/** A kernel's name in a table: its family's color, what it does, and in gray what tells it from its like. */
import type { Family } from '../../src/trace/model.ts';
import { el } from '../dom.ts';
import { kernelName } from '../kernel-name.ts';

type Notes = readonly (HTMLElement | null)[];

export function kernelCell(name: string, family: Family, ...notes: Notes): HTMLElement {
  const { short, rest } = kernelName(name);
  return namedCell(short, rest, family, ...notes);
}

export function namedCell(name: string, rest: string, family: Family, ...notes: Notes): HTMLElement {
  return el(
    'span',
    { class: 'kernel-name', title: rest ? `${name} · ${rest}` : name },
    el('span', { class: 'swatch', attr: { 'data-family': family } }),
    name,
    rest ? el('span', { class: 'variant', text: rest }) : null,
    ...notes,
  );
}
