/** What of the person's own source differs between the compared runs, each file leading to its difference in the editor. */
import type { SourceChange, SourceChanges } from '../../src/analysis/source-changes.ts';
import type { App } from '../app.ts';
import { button, el, fill } from '../dom.ts';
import { t } from '../translate.ts';

export function createSourceLine(app: App): {
  readonly element: HTMLElement;
  show(changes: SourceChanges): void;
} {
  const element = el('p', { class: 'source-line' });
  const named = ({ name, kind }: SourceChange): string =>
    ({ changed: t('{0} changed', name), new: t('{0} is new', name), gone: t('{0} is gone', name) })[kind];
  const change = (each: SourceChange): HTMLElement =>
    el(
      'span',
      { class: 'source-change' },
      named(each),
      button(
        t('Show difference'),
        () => app.send({ type: 'sourceChange', file: each.after ?? each.before ?? '' }),
        { kind: 'quiet', class: 'link needs-shell', attr: { 'aria-label': `${t('Show difference')}: ${each.name}` } }, // prettier-ignore
      ),
    );
  return {
    element,
    show({ changes, same }) {
      element.hidden = changes.length === 0 && same === 0;
      if (changes.length > 0) fill(element, ...changes.map(change));
      else fill(element, t('The same source ran both times: what differs is the machine, or the data.'));
    },
  };
}
