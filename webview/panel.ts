/** The short, wide layout: where did this step go? */
import type { App } from './app.ts';
import { t } from './translate.ts';
import { button, el } from './dom.ts';
import { installKeys } from './keys.ts';
import { createChips } from './parts/chips.ts';
import { createMinimap } from './parts/minimap.ts';
import { createSearch } from './parts/search.ts';
import { stateNotice } from './parts/states.ts';
import { createStepPicker } from './parts/step-picker.ts';
import { createTimeline } from './views/timeline.ts';
import { whatStandsOut } from './words.ts';

export interface Page {
  readonly element: HTMLElement;
  refresh(): void;
  repaint(): void;
}

export function buildPanel(app: App): Page {
  const timeline = createTimeline(app, 'compact');
  const minimap = createMinimap(app);
  const chips = createChips();
  const steps = createStepPicker(app);
  const search = createSearch(app);
  const title = el('h1', { class: 'run-title' });
  const large = button(t('Open large'), () => app.send({ type: 'command', command: 'openLarge' }), {
    kind: 'quiet',
    class: 'needs-shell',
    title: t('Open this profile in an editor'),
  });
  const toolbar = el(
    'header',
    { class: 'toolbar' },
    title,
    steps.element,
    chips.element,
    el('span', { class: 'grow' }),
    search.element,
    large,
  );
  const words = el('p', { class: 'words' });
  const body = el(
    'div',
    { class: 'panel-body' },
    el('div', { class: 'minimap-row' }, minimap.element),
    timeline.element,
  );
  const place = el('div', { class: 'notice-place' });
  const element = el('main', { class: 'page panel' }, toolbar, place, body, words);
  installKeys(app, timeline);
  const refresh = () => {
    const { facts, settled, title: name } = app.store.state;
    const notice = stateNotice(app, 'timeline');
    place.replaceChildren(...(notice ? [notice] : []));
    body.hidden = words.hidden = notice !== null;
    title.textContent = name || 'Kernelscope';
    chips.show(app.store.state);
    steps.refresh();
    search.refresh();
    if (notice || !facts) return;
    minimap.refresh();
    timeline.refresh();
    words.textContent = settled ? (whatStandsOut(facts) ?? '') : t('Adding up…');
  };
  return { element, refresh, repaint: refresh };
}
