/** Starts the page: connects it to its shell and builds the layout that the body asks for. */
import type { App, LayoutName } from './app.ts';
import { TimeAxis } from './axis.ts';
import { el } from './dom.ts';
import { buildEditor } from './editor.ts';
import { buildPanel } from './panel.ts';
import { createTooltip } from './parts/tooltip.ts';
import { Receiver } from './receive.ts';
import { connect } from './shell.ts';
import { Store, sameSelection } from './state.ts';
import { publishColors, readTheme, watchTheme } from './theme.ts';

function start(): void {
  const layout: LayoutName = document.body.dataset['layout'] === 'panel' ? 'panel' : 'editor';
  const store = new Store();
  const axis = new TimeAxis();
  const tooltip = createTooltip();
  const voice = el('div', { class: 'voice', attr: { 'aria-live': 'polite', role: 'status' } });
  const motion = matchMedia('(prefers-reduced-motion: reduce)');
  axis.reducedMotion = motion.matches;
  motion.addEventListener('change', () => (axis.reducedMotion = motion.matches));
  let theme = readTheme();
  publishColors(theme);

  const receiver = new Receiver(store, axis);
  const shell = connect((message) => receiver.receive(message));
  const app: App = {
    layout,
    store,
    axis,
    tooltip,
    theme: () => theme,
    send: shell.send,
    select(selection) {
      if (sameSelection(selection, store.state.selection)) return;
      store.set({ selection });
      shell.send({ type: 'select', selection });
    },
    open: ({ file, line, column }) => shell.send({ type: 'open', file, line, column }),
    announce: (text) => (voice.textContent = text),
  };
  const page = layout === 'panel' ? buildPanel(app) : buildEditor(app);
  page.element.append(tooltip.element);
  document.body.append(page.element, voice);
  let asked = 0;
  const refresh = () => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(() => page.refresh());
  };
  store.onChange(refresh);
  watchTheme(() => {
    theme = readTheme();
    publishColors(theme);
    page.repaint();
  });
  page.refresh();
  shell.send({ type: 'ready' });
}

start();
