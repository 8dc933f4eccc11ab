/** A kernel's name in a table: its family's color, what it does, and in gray what tells it from its like. */
import type { Family } from '../../src/trace/model.ts';
import { el } from '../dom.ts';
import { kernelName } from '../kernel-name.ts';

export function kernelCell(
  name: string,
  family: Family,
  ...notes: readonly (HTMLElement | null)[]
): HTMLElement {
  const { short, rest } = kernelName(name);
  return el(
    'span',
    { class: 'kernel-name', title: name },
    el('span', { class: 'swatch', style: { background: `var(--ks-family-${family})` } }),
    short,
    rest ? el('span', { class: 'variant', text: rest }) : null,
    ...notes,
  );
}
