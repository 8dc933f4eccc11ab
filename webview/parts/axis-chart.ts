/** A drawing on the shared time axis with its ruler, value labels in the gutter, a pointer line and zoom by wheel and drag. */
import type { App } from '../app.ts';
import { el } from '../dom.ts';
import { rulerOrigin } from '../extent.ts';
import { Surface, setFont } from '../paint.ts';
import { attachZoom } from '../zooming.ts';
import { createRuler } from './ruler.ts';

export interface ValueLabel {
  /** From the top of the drawing, px. */
  readonly y: number;
  readonly text: string;
}

export interface AxisChartOptions {
  /** What a screen reader says of the drawing. */
  readonly label: string;
  draw(context: CanvasRenderingContext2D, width: number, height: number): void;
  labels(height: number): readonly ValueLabel[];
  /** Content of the tooltip at a time and a height, or null. */
  hint(ns: number, y: number, height: number, nsPerPx: number): readonly Node[] | null;
  onClick?(ns: number, y: number, height: number): void;
}

export interface AxisChart {
  readonly element: HTMLElement;
  refresh(): void;
}

export function createAxisChart(app: App, options: AxisChartOptions): AxisChart {
  const { axis } = app;
  const ruler = createRuler();
  const canvas = el('canvas', { class: 'marks', attr: { role: 'img', 'aria-label': options.label } });
  const line = el('div', { class: 'pointer-line', attr: { hidden: true } });
  const plot = el('div', { class: 'plot' }, canvas, line);
  const gutter = el('div', { class: 'value-labels', attr: { 'aria-hidden': 'true' } });
  const element = el(
    'div',
    { class: 'axis-chart' },
    el('div', { class: 'ruler-row' }, ruler.corner, ruler.element),
    el('div', { class: 'axis-chart-body' }, gutter, plot),
  );
  const surface = new Surface(canvas, (context, width, height) => {
    if (!app.store.state.facts) return;
    setFont(context, app.theme());
    options.draw(context, width, height);
    gutter.replaceChildren(
      ...options.labels(height).map(({ y, text }) => el('span', { text, style: { top: `${y}px` } })),
    );
  });
  const redraw = () => {
    surface.invalidate();
    const { facts } = app.store.state;
    if (facts && element.isConnected)
      ruler.draw(axis, rulerOrigin(facts.trace, axis.visible, facts.extent()[0]));
  };
  const nsPerPx = () => axis.spanNs / Math.max(1, canvas.clientWidth);
  const timeAt = (x: number) => axis.visible[0] + x * nsPerPx();
  plot.addEventListener('pointermove', (event) => {
    line.hidden = false;
    line.style.transform = `translateX(${Math.round(event.offsetX)}px)`;
    const content =
      event.buttons === 0
        ? options.hint(timeAt(event.offsetX), event.offsetY, plot.clientHeight, nsPerPx())
        : null;
    if (content) app.tooltip.show(content, event.clientX, event.clientY);
    else app.tooltip.hide();
  });
  plot.addEventListener('pointerleave', () => {
    line.hidden = true;
    app.tooltip.hide();
  });
  plot.addEventListener('click', (event) =>
    options.onClick?.(timeAt(event.offsetX), event.offsetY, plot.clientHeight),
  );
  attachZoom(plot, axis);
  axis.onChange(redraw);
  return { element, refresh: redraw };
}
