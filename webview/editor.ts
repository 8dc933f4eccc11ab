/** The large layout: tabs of views, the whole trace above them, details below. */
import type { ViewId } from '../src/wire/view-messages.ts';
import type { App, View } from './app.ts';
import { t } from './translate.ts';
import { button, el } from './dom.ts';
import { installKeys } from './keys.ts';
import type { Page } from './panel.ts';
import { createChips } from './parts/chips.ts';
import { createDetails } from './parts/details.ts';
import { createLegend } from './parts/legend.ts';
import { createMinimap } from './parts/minimap.ts';
import { createSearch } from './parts/search.ts';
import { addingUp, stateNotice } from './parts/states.ts';
import { createStepPicker } from './parts/step-picker.ts';
import { createTabs } from './parts/tabs.ts';
import { downloadPicture, pictureOf } from './picture.ts';
import { VIEWS } from './views/index.ts';
import type { TimelineView } from './views/timeline.ts';
import { whatStandsOut } from './words.ts';

/** Views whose picture lies on the time axis: the minimap stands above them. */
const ON_AXIS: ReadonlySet<ViewId> = new Set(['timeline', 'memory', 'occupancy']);
/** Views in which the legend of families says something. */
const BY_FAMILY: ReadonlySet<ViewId> = new Set(['timeline', 'kernels']);

export function buildEditor(app: App): Page {
  const views = new Map<ViewId, View>();
  const minimap = createMinimap(app);
  const chips = createChips();
  const steps = createStepPicker(app);
  const search = createSearch(app);
  const legend = createLegend(app);
  const details = createDetails(app);
  const tools = el('div', { class: 'tools' });
  const title = el('h1', { class: 'run-title' });
  const profile = button(
    t('Profile again'),
    () => app.send({ type: 'command', command: app.store.state.live ? 'stop' : 'profile' }),
    { kind: 'secondary', class: 'needs-shell' },
  );
  // A shell asks where to; a page of its own hands the file to the browser.
  const pictures = document.body.classList.contains('standalone')
    ? (['png', 'svg'] as const).map((kind) => button(t('Save as {0}', kind.toUpperCase()), () => void save(kind), { kind: 'quiet', title: t('Save this view as PNG or SVG') }))
    : [button(t('Save picture…'), () => void save(null), { kind: 'quiet', title: t('Save this view as PNG or SVG') })]; // prettier-ignore
  const header = el(
    'header',
    { class: 'toolbar' },
    title,
    chips.element,
    el('span', { class: 'grow' }),
    ...pictures,
    profile,
  );
  const tabs = createTabs(VIEWS, (view) => app.store.set({ view }));
  const bar = el(
    'div',
    { class: 'tab-row' },
    tabs.element,
    el('span', { class: 'grow' }),
    steps.element,
    search.element,
  );
  const minimapRow = el('div', { class: 'minimap-row' }, minimap.element);
  const place = el('div', {
    class: 'view-place',
    attr: { role: 'tabpanel', id: 'view', 'aria-label': t('View') },
  });
  const words = el('p', { class: 'words' });
  const element = el(
    'main',
    { class: 'page editor' },
    header,
    bar,
    el('div', { class: 'legend-row' }, legend.element, el('span', { class: 'grow' }), tools),
    minimapRow,
    place,
    details.element,
    words,
  );

  const viewOf = (id: ViewId): View | undefined => {
    const known = views.get(id);
    const definition = VIEWS.find((view) => view.id === id);
    if (known || !definition) return known;
    const made = definition.create(app);
    views.set(id, made);
    return made;
  };
  const timeline = viewOf('timeline') as TimelineView;

  async function save(download: 'png' | 'svg' | null): Promise<void> {
    const { view, title: run } = app.store.state;
    app.tooltip.hide();
    try {
      const parts = [legend.element.parentElement as HTMLElement, minimapRow, place];
      const picture = await pictureOf(parts, `${run}, ${view}`);
      if (download) downloadPicture(picture, download, `${run}-${view}`);
      else app.send({ type: 'picture', view, ...picture });
    } catch {
      app.announce(t('This view could not be drawn as a picture.'));
    }
  }

  installKeys(app, timeline);

  const refresh = () => {
    const { state } = app.store;
    const isThere = (view: ViewId) =>
      VIEWS.some(({ id: known, isThere: there }) => known === view && (there?.(state) ?? true));
    const id = isThere(state.view) ? state.view : 'timeline';
    const notice =
      stateNotice(app, id) ?? (state.settled || id === 'timeline' ? null : addingUp(state.trace));
    const view = viewOf(id);
    title.textContent = state.title || 'Kernelscope';
    profile.textContent = state.live ? t('Stop') : state.trace ? t('Profile again') : t('Profile');
    profile.hidden = state.trace?.meta.origin.startsWith('import:') ?? false;
    for (const each of pictures) each.hidden = notice !== null;
    chips.show(state);
    tabs.show(id, isThere);
    steps.refresh();
    search.refresh();
    legend.refresh();
    (legend.element.parentElement as HTMLElement).hidden = notice !== null || !BY_FAMILY.has(id);
    minimapRow.hidden = notice !== null || !ON_AXIS.has(id);
    bar.hidden = state.trace === null;
    place.setAttribute('aria-labelledby', `tab-${id}`);
    const content = notice ?? view?.element;
    if (content && place.firstChild !== content) place.replaceChildren(content);
    details.refresh(notice !== null);
    words.textContent =
      notice || !state.facts || !state.settled || id !== 'timeline' ? '' : (whatStandsOut(state.facts) ?? '');
    words.hidden = words.textContent === '';
    if (notice) return;
    if (tools.firstChild !== (view?.tools ?? null))
      tools.replaceChildren(...(view?.tools ? [view.tools] : []));
    minimap.refresh();
    view?.refresh();
  };
  return {
    element,
    refresh,
    repaint() {
      refresh();
      for (const view of views.values()) view.repaint();
    },
  };
}
