/** Keys of the whole page, as one table: the help and the handler read the same list. */
import type { App } from './app.ts';
import { showHelp } from './parts/help.ts';
import type { TimelineView } from './views/timeline.ts';
import { t } from './translate.ts';

export interface KeyAction {
  readonly keys: readonly string[];
  readonly shown: string;
  readonly about: string;
  run(app: App, timeline: TimelineView): void;
}

const ZOOM = 1.5;
const PAN = 0.25;

export const KEYS: readonly KeyAction[] = [
  { keys: ['w', 'ArrowUp'], shown: 'W ↑', about: t('Zoom in'), run: ({ axis }) => axis.zoom(ZOOM) },
  { keys: ['s', 'ArrowDown'], shown: 'S ↓', about: t('Zoom out'), run: ({ axis }) => axis.zoom(1 / ZOOM) },
  { keys: ['a', 'ArrowLeft'], shown: 'A ←', about: t('Move left'), run: ({ axis }) => axis.pan(-PAN) },
  { keys: ['d', 'ArrowRight'], shown: 'D →', about: t('Move right'), run: ({ axis }) => axis.pan(PAN) },
  { keys: ['f'], shown: 'F', about: t('Zoom to the selection'), run: zoomToSelection },
  { keys: ['0', 'Home'], shown: '0', about: t('Show the whole trace'), run: ({ axis }) => axis.showAll() },
  {
    keys: [']'],
    shown: ']',
    about: t('Next of the same kernel'),
    run: (_, timeline) => timeline.step(1, 'kernel'),
  },
  {
    keys: ['['],
    shown: '[',
    about: t('Previous of the same kernel'),
    run: (_, timeline) => timeline.step(-1, 'kernel'),
  },
  {
    keys: ['.'],
    shown: '.',
    about: t('Next slice of the track'),
    run: (_, timeline) => timeline.step(1, 'track'),
  },
  {
    keys: [','],
    shown: ',',
    about: t('Previous slice of the track'),
    run: (_, timeline) => timeline.step(-1, 'track'),
  },
  { keys: ['Enter'], shown: 'Enter', about: t('Go to the line of the selection'), run: goToLine },
  { keys: ['m'], shown: 'M', about: t('Mark the selection’s time, for its aggregates'), run: markSelection },
  { keys: ['n'], shown: 'N', about: t('Write a note on the selection’s time'), run: writeNote },
  { keys: ['p'], shown: 'P', about: t('Pin the selected track to the top'), run: pinTrack },
  {
    keys: ['b'],
    shown: 'B',
    about: t('Pin this run as the baseline'),
    run: (app) => app.send({ type: 'command', command: 'pinBaseline' }),
  },
  {
    keys: ['/'],
    shown: '/',
    about: t('Search'),
    run: () => document.querySelector<HTMLElement>('[data-keys=search]')?.focus(),
  },
  { keys: ['Escape'], shown: 'Esc', about: t('Clear the selection'), run: clear },
  { keys: ['?'], shown: '?', about: t('Show these keys'), run: () => showHelp(KEYS) },
];

export function installKeys(app: App, timeline: TimelineView): void {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target as HTMLElement;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) || document.querySelector('dialog[open]')) return;
    // A focused button keeps Enter and Space for itself.
    if (event.key === 'Enter' && target.tagName === 'BUTTON' && !target.dataset['track']) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = KEYS.find(({ keys }) => keys.includes(key));
    if (!action || !app.store.state.facts) return;
    event.preventDefault();
    action.run(app, timeline);
  });
}

function zoomToSelection(app: App, timeline: TimelineView): void {
  const { area, selection, trace } = app.store.state;
  if (area) return app.axis.glideTo(...area);
  const range = timeline.describeSpot()?.range;
  if (range) return app.axis.glideTo(...range);
  if (selection?.kind !== 'dispatch' || !trace) return;
  const { startNs, endNs } = trace.tables.dispatches;
  app.axis.glideTo(startNs[selection.dispatch] as number, endNs[selection.dispatch] as number);
}

function goToLine(app: App, timeline: TimelineView): void {
  const source = timeline.describeSpot()?.source ?? sourceOfSelection(app);
  if (source) app.open(source);
  else app.announce(t('The selection has no line'));
}

function sourceOfSelection({ store }: App) {
  const { selection, trace, facts } = store.state;
  if (!selection || !trace || !facts) return null;
  if (selection.kind === 'layer')
    return trace.locations[trace.layers[selection.layer]?.location ?? -1] ?? null;
  if (selection.kind === 'buffer')
    return trace.locations[trace.tables.buffers.location[selection.buffer] as number] ?? null;
  if (selection.kind !== 'kernel') return null;
  const launch = facts.kernels().find(({ kernel }) => kernel === selection.kernel)?.launch ?? -1;
  return trace.locations[trace.tables.launches.location[launch] as number] ?? null;
}

function markSelection(app: App, timeline: TimelineView): void {
  const range = timeline.describeSpot()?.range;
  app.store.set({ area: range ?? app.axis.visible });
}

function writeNote(app: App, timeline: TimelineView): void {
  if (!app.store.state.area) markSelection(app, timeline);
  // The field comes with the next frame.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-keys=note]')?.focus()),
  );
}

function pinTrack(app: App, timeline: TimelineView): void {
  const id = timeline.spot()?.track.id;
  if (!id) return;
  const pinned = new Set(app.store.state.pinned);
  if (!pinned.delete(id)) pinned.add(id);
  app.store.set({ pinned });
}

function clear(app: App): void {
  app.store.set({ area: null });
  app.select(null);
  app.tooltip.hide();
}
