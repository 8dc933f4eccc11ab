/** All keys, in a dialog. */
import { button, el } from '../dom.ts';
import { t } from '../translate.ts';

export function showHelp(keys: readonly { readonly shown: string; readonly about: string }[]): void {
  const rows = keys.flatMap(({ shown, about }) => [
    el('dt', {}, ...shown.split(' ').map((key) => el('kbd', { text: key }))),
    el('dd', { text: about }),
  ]);
  const dialog = el('dialog', { class: 'help', attr: { 'aria-labelledby': 'help-title' } });
  dialog.append(
    el('h2', { text: t('Keys'), attr: { id: 'help-title' } }),
    el('dl', { class: 'keys' }, ...rows),
    el('p', {
      class: 'faint',
      text: t(
        'Wheel zooms, drag moves, Shift and drag selects a stretch of time, double click zooms to a slice. Tab goes to the tracks; arrows go from slice to slice inside one.',
      ),
    }),
    button(t('Close'), () => dialog.close(), { kind: 'primary' }),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
