/** Notes on stretches of time: their flags above the tracks, and the field that writes one. Each is on exactly one stretch. */
import { noteAt } from '../../src/trace/notes.ts';
import type { Note } from '../../src/trace/notes.ts';
import { formatNs } from '../../src/base/format.ts';
import type { App } from '../app.ts';
import type { Range } from '../axis.ts';
import { button, el } from '../dom.ts';
import { t } from '../translate.ts';

/** A flag this near to the one before it would hide it. */
const FLAG_PX = 14;

export function createNotesRow(app: App): { readonly element: HTMLElement; refresh(): void } {
  const flags = el('div', { class: 'note-flags', attr: { role: 'list', 'aria-label': t('Notes') } });
  const element = el('div', { class: 'notes-row' }, el('span', { class: 'notes-title', text: t('Notes') }), flags); // prettier-ignore
  let width = 0;
  let drawn: readonly Note[] | null = null;
  new ResizeObserver(() => {
    width = flags.clientWidth;
    place();
  }).observe(flags);

  function place(): void {
    if (width === 0) return;
    const [from, to] = app.axis.visible;
    const x = (ns: number) => ((ns - from) / (to - from)) * width;
    let free = -Infinity;
    app.store.state.notes.forEach((note, i) => {
      const flag = flags.children[i] as HTMLElement | undefined;
      if (!flag) return;
      const [left, right] = [Math.max(0, x(note.fromNs)), x(note.toNs)];
      flag.hidden = right < 0 || x(note.fromNs) > width - FLAG_PX || left < free;
      if (flag.hidden) return;
      const next = app.store.state.notes[i + 1];
      const room = (next ? Math.max(left + FLAG_PX, x(next.fromNs)) : width) - left;
      flag.style.transform = `translateX(${Math.round(left)}px)`;
      flag.style.maxWidth = `${Math.max(FLAG_PX, Math.min(room - 4, width - left))}px`;
      free = left + FLAG_PX;
    });
  }
  app.axis.onChange(place);

  return {
    element,
    refresh() {
      const { notes } = app.store.state;
      element.hidden = notes.length === 0;
      if (drawn !== notes) {
        drawn = notes;
        flags.replaceChildren(...notes.map((note) => flagOf(app, note)));
      }
      place();
    },
  };
}

function flagOf(app: App, note: Note): HTMLElement {
  const show = () => {
    app.store.set({ area: [note.fromNs, Math.max(note.toNs, note.fromNs + 1)] });
    app.axis.reveal(note.fromNs, note.toNs);
  };
  return el(
    'div',
    { class: 'note-flag', attr: { role: 'listitem' } },
    el('button', {
      class: 'note-button',
      text: note.text,
      title: `${note.text}${note.step === null ? '' : `\nstep ${note.step}`}`,
      attr: { type: 'button' },
      on: { click: show },
    }),
  );
}

const isOn = ([from, to]: Range) => {
  const [start, end] = [Math.round(from), Math.round(to)];
  return (note: Note) => note.fromNs === start && (note.toNs === end || note.toNs + 1 === end);
};

/** The note on the chosen stretch: a field to write it, or its text where the page can keep none. */
export function noteField(app: App, area: Range): HTMLElement | null {
  const { notes, notesEditable } = app.store.state;
  const note = notes.find(isOn(area));
  if (!notesEditable) return note ? el('p', { class: 'note-text', text: note.text }) : null;
  const input = el('input', {
    class: 'note-input',
    attr: {
      type: 'text',
      placeholder: t('Note on this stretch of time, kept beside the trace'),
      'aria-label': t('Note on this stretch of time'),
      maxlength: 4000,
      'data-keys': 'note',
    },
    on: {
      change: () => putNote(app, area, input.value),
      keydown: (event) => {
        event.stopPropagation();
        if (event.key === 'Enter' || event.key === 'Escape') {
          if (event.key === 'Escape') input.value = note?.text ?? '';
          input.blur();
        }
      },
    },
  });
  input.value = note?.text ?? '';
  return el(
    'div',
    { class: 'note-field' },
    input,
    note ? button(t('Delete note'), () => putNote(app, area, ''), { kind: 'quiet' }) : null,
  );
}

/** Writes, changes or (with no text) deletes the note on a stretch. */
function putNote(app: App, area: Range, text: string): void {
  const { trace, notes } = app.store.state;
  if (!trace) return;
  const there = notes.find(isOn(area));
  if ((there?.text ?? '') === text.trim()) return;
  const others = notes.filter((note) => note !== there);
  const next = text.trim() === '' ? others : [...others, noteAt(trace, ...(there ? ([there.fromNs, there.toNs] as const) : area), text.trim())]; // prettier-ignore
  const sorted = next.sort((a, b) => a.fromNs - b.fromNs || a.toNs - b.toNs);
  app.store.set({ notes: sorted });
  app.send({ type: 'notes', notes: sorted });
  app.announce(
    text.trim() === '' ? t('Note deleted') : t('Note on {0} of time written', formatNs(area[1] - area[0])),
  );
}
