/** A name that is cut in the middle where there is too little room: threads and counters differ at both of their ends. */
import { el } from '../dom.ts';

const TAIL = 9;
const SHORTEST = 16;

/** Its text is the whole name, in two pieces of which the first gives way. */
export function cutName(name: string): readonly HTMLElement[] {
  if (name.length < SHORTEST) return [el('span', { class: 'cut-start', text: name })];
  const at = name.length - TAIL;
  return [
    el('span', { class: 'cut-start', text: name.slice(0, at) }),
    el('span', { class: 'cut-end', text: name.slice(at) }),
  ];
}
