/** The whole trace in one strip: steps, GPU time by family, and the window that is visible. Drag the window to move. */
import { drag, pointer, select } from 'd3';
import type { D3DragEvent } from 'd3';
import type { App } from '../app.ts';
import { el } from '../dom.ts';
import { formatNs } from '../../src/base/format.ts';
import { FAMILIES } from '../../src/trace/model.ts';
import type { Family } from '../../src/trace/model.ts';
import { Bins } from '../marks/bins.ts';
import { paintLane } from '../marks/paint-lane.ts';
import { Surface, hatch, setFont } from '../paint.ts';
import { t } from '../translate.ts';

const EDGE_PX = 7;

type Grip = 'move' | 'left' | 'right' | 'jump';

export function createMinimap(app: App): { readonly element: HTMLElement; refresh(): void } {
  const canvas = el('canvas', {});
  const shades = [
    el('div', { class: 'minimap-shade' }),
    el('div', { class: 'minimap-shade right' }),
  ] as const;
  const window_ = el('div', { class: 'minimap-window' });
  const element = el(
    'div',
    { class: 'minimap', attr: { role: 'img', 'aria-label': t('The whole trace') } },
    canvas,
    ...shades,
    window_,
  );
  const bins = new Bins();
  const scale = (ns: number) => {
    const [start, end] = app.axis.full;
    return ((ns - start) / (end - start)) * surface.width;
  };
  const surface = new Surface(canvas, (context, width, height) => {
    const { facts, hidden } = app.store.state;
    place();
    if (!facts) return;
    const theme = app.theme();
    const [from, to] = app.axis.full;
    const { list, untimed } = facts.tracks();
    setFont(context, theme, 10);
    const steps = list.find(({ kind }) => kind === 'steps')?.lanes[0];
    const compiles = list.find(({ kind }) => kind === 'compiles')?.lanes[0];
    const gpu = list.find(({ kind }) => kind === 'gpu')?.lanes[0];
    const bandTop = 0;
    bins.fill(untimed, from, to, width);
    context.fillStyle = hatch(context, theme.line, 4);
    for (let b = 0; b < bins.boxCount; b++)
      context.fillRect(
        bins.lefts[b] as number,
        bandTop,
        (bins.rights[b] as number) - (bins.lefts[b] as number),
        height,
      );
    if (compiles) {
      context.fillStyle = theme.faint;
      context.globalAlpha = 0.35;
      bins.fill(compiles, from, to, width);
      for (let b = 0; b < bins.boxCount; b++)
        context.fillRect(
          bins.lefts[b] as number,
          height - 5,
          (bins.rights[b] as number) - (bins.lefts[b] as number) - 1,
          5,
        );
      context.globalAlpha = 1;
    }
    if (gpu)
      paintLane(
        context,
        gpu,
        bins.fill(gpu, from, to, width),
        { top: bandTop, height, width },
        { fills: theme.family, inks: theme.familyInk, off: (color) => hidden.has(FAMILIES[color] as Family) },
      );
    if (!steps) return;
    context.fillStyle = theme.ground;
    bins.fill(steps, from, to, width);
    for (let b = 0; b < bins.boxCount; b++)
      if ((bins.rights[b] as number) - (bins.lefts[b] as number) > 4)
        context.fillRect(Math.round(bins.lefts[b] as number), 0, 1, height);
    context.fillStyle = theme.warning;
    for (const { fromNs } of app.store.state.notes) context.fillRect(Math.round(scale(fromNs)) - 1, 0, 3, 4);
  });

  const place = () => {
    const left = scale(app.axis.visible[0]);
    const right = scale(app.axis.visible[1]);
    window_.style.transform = `translateX(${left}px)`;
    window_.style.width = `${Math.max(3, right - left)}px`;
    // Scaled, not resized: no layout while the reader moves.
    shades[0].style.transform = `scaleX(${Math.max(0, left) / surface.width})`;
    shades[1].style.transform = `scaleX(${Math.max(0, surface.width - right) / surface.width})`;
    element.setAttribute(
      'aria-label',
      t(
        'The whole trace, {0}; {1} of it are shown',
        formatNs(app.axis.full[1] - app.axis.full[0]),
        formatNs(app.axis.spanNs),
      ),
    );
  };
  app.axis.onChange(place);

  let grip: Grip = 'move';
  let grabbed: readonly [number, number] = [0, 0];
  let startX = 0;
  const nsPerPx = () => (app.axis.full[1] - app.axis.full[0]) / Math.max(1, surface.width);
  const gripAt = (x: number): Grip => {
    const [left, right] = [scale(app.axis.visible[0]), scale(app.axis.visible[1])];
    if (right - left > 3 * EDGE_PX && Math.abs(x - left) < EDGE_PX) return 'left';
    if (right - left > 3 * EDGE_PX && Math.abs(x - right) < EDGE_PX) return 'right';
    return x >= left - 3 && x <= right + 3 ? 'move' : 'jump';
  };
  element.addEventListener('pointermove', (event) => {
    const kind = gripAt(pointer(event, element)[0]);
    element.style.cursor =
      kind === 'left' || kind === 'right' ? 'ew-resize' : kind === 'move' ? 'grab' : 'pointer';
  });
  select(element).call(
    drag<HTMLDivElement, unknown>()
      .container(element)
      .on('start', (event: D3DragEvent<HTMLDivElement, unknown, unknown>) => {
        startX = event.x;
        grip = gripAt(startX);
        if (grip === 'jump') {
          const middle = app.axis.full[0] + startX * nsPerPx();
          app.axis.show([middle - app.axis.spanNs / 2, middle + app.axis.spanNs / 2]);
          grip = 'move';
        }
        grabbed = app.axis.visible;
      })
      .on('drag', (event: D3DragEvent<HTMLDivElement, unknown, unknown>) => {
        const move = (event.x - startX) * nsPerPx();
        const [from, to] = grabbed;
        if (grip === 'left') app.axis.show([Math.min(from + move, to - 100), to]);
        else if (grip === 'right') app.axis.show([from, Math.max(to + move, from + 100)]);
        else app.axis.show([from + move, to + move]);
      }),
  );
  return {
    element,
    refresh() {
      surface.invalidate();
      place();
    },
  };
}
