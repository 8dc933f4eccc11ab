/** Wheel, drag and pinch on a drawing, through d3-zoom, moving the shared axis. */
import { select, zoom, zoomIdentity } from 'd3';
import type { D3ZoomEvent } from 'd3';
import type { TimeAxis } from './axis.ts';

type Zoomed = HTMLElement & { __zoom?: ReturnType<typeof zoomIdentity.translate> };

/**
 * Attaches zooming to an element as wide as the axis. The element's own d3 transform is set from the axis before every
 * gesture, so that several drawings share one axis and none keeps a zoom.
 */
export function attachZoom(element: HTMLElement, axis: TimeAxis): void {
  // Kept, not asked for: asking in the middle of a frame makes the browser lay out the whole page.
  let known = 0;
  new ResizeObserver(() => (known = element.clientWidth)).observe(element);
  const width = () => known || element.clientWidth || 1;
  const sync = () => {
    const [start, end] = axis.full;
    const [from] = axis.visible;
    const k = (end - start) / axis.spanNs;
    (element as Zoomed).__zoom = zoomIdentity
      .translate((-(from - start) / (end - start)) * k * width(), 0)
      .scale(k);
  };
  const behavior = zoom<HTMLElement, unknown>()
    .extent(() => [
      [0, 0],
      [width(), 1],
    ]) // prettier-ignore
    .translateExtent([
      [0, -Infinity],
      [Infinity, Infinity],
    ]) // prettier-ignore
    .clickDistance(4)
    .filter(
      (event: MouseEvent) => !event.shiftKey && !event.altKey && event.button === 0 && !isSideways(event),
    )
    .on('zoom', (event: D3ZoomEvent<HTMLElement, unknown>) => {
      if (!event.sourceEvent) return;
      const [start, end] = axis.full;
      const { k, x } = event.transform;
      const from = start + (-x / (k * width())) * (end - start);
      axis.show([from, from + (end - start) / k]);
      sync();
    });
  element.addEventListener('pointerdown', sync, { capture: true });
  element.addEventListener(
    'wheel',
    (event) => {
      sync();
      if (!isSideways(event) && !event.shiftKey) return;
      event.preventDefault();
      const move = ((event.deltaX || event.deltaY) / width()) * axis.spanNs;
      axis.show([axis.visible[0] + move, axis.visible[1] + move]);
    },
    { capture: true, passive: false },
  );
  select(element).call(behavior).on('dblclick.zoom', null);
}

/** A trackpad's sideways swipe pans; it is not a zoom. */
function isSideways(event: MouseEvent): boolean {
  return event instanceof WheelEvent && Math.abs(event.deltaX) > Math.abs(event.deltaY);
}
