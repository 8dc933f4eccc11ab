/** The time axis above the tracks, as d3 draws it. Times count from the start of the step the reader looks at. */
import { axisBottom, select } from 'd3';
import type { TimeAxis } from '../axis.ts';
import { el } from '../dom.ts';
import type { Origin } from '../extent.ts';

const UNITS = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
] as const;

export interface Ruler {
  /** The corner says from where times count. */
  readonly corner: HTMLElement;
  readonly element: SVGSVGElement;
  draw(axis: TimeAxis, origin: Origin): void;
}

export function createRuler(): Ruler {
  const element = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  element.classList.add('ruler');
  element.setAttribute('aria-hidden', 'true');
  let width = 0;
  new ResizeObserver(() => (width = element.clientWidth)).observe(element);
  const corner = el('div', { class: 'ruler-corner' });
  const root = select(element).append('g');
  return {
    corner,
    element,
    draw(axis, origin) {
      width ||= element.clientWidth;
      if (width === 0) return;
      if (corner.textContent !== origin.name) corner.textContent = origin.name;
      const scale = axis.scale(width).domain([axis.visible[0] - origin.ns, axis.visible[1] - origin.ns]);
      // A label that the edge would cut is left out.
      const ticks = scale
        .ticks(Math.max(2, Math.floor(width / 110)))
        .filter((ns) => scale(ns) > 18 && scale(ns) < width - 18);
      const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
      const largest = Math.max(...ticks.map(Math.abs), step);
      const [size, unit] = UNITS.find(([ns]) => largest >= ns) ?? [1, 'ns'];
      const decimals = Math.max(0, -Math.floor(Math.log10(step / size) + 1e-9));
      const draw = axisBottom(scale)
        .tickValues(ticks)
        .tickSize(5)
        .tickPadding(2)
        .tickFormat((ns) =>
          Number(ns) === 0
            ? '0'
            : `${(Number(ns) / size).toFixed(Math.min(decimals, 6)).replace('-', '−')} ${unit}`,
        );
      root.call(draw);
      root.select('.domain').remove();
    },
  };
}
