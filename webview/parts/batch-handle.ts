/** The handle of the batch chart: a slider over its curve. */
import { select } from 'd3';
import { formatBytes, formatRate, formatShare } from '../../src/base/format.ts';
import { curveAt, presentBatch } from '../../src/suggest/other-batch.ts';
import type { BatchPoint } from '../../src/suggest/suggestion.ts';
import { el } from '../dom.ts';
import { nextBatch } from '../views/advice.layout.ts';
import type { BatchChart } from '../views/advice.layout.ts';
import { term } from '../terms.ts';
import { t } from '../translate.ts';

export interface BatchChoice {
  /** The proposed batch. */
  readonly batch: number;
  /** The handle was let go at another one. */
  choose(batch: number): void;
}

/** Draws the handle into the chart, and returns the line under it that says what the batch would bring. */
export function batchHandle(
  svg: SVGSVGElement,
  root: SVGGElement,
  chart: BatchChart,
  points: readonly BatchPoint[],
  { batch: proposed, choose }: BatchChoice,
): HTMLElement {
  const present = presentBatch(points);
  const ends = [Math.min(...points.map((p) => p.batch)), Math.max(...points.map((p) => p.batch))] as const;
  let batch = proposed;
  const output = el('output', { class: 'batch-chosen' });
  const handle = select(root)
    .append('g')
    .attr('class', 'batch-handle')
    .attr('tabindex', 0)
    .attr('role', 'slider')
    .attr('aria-label', t('Batch to write into the script'))
    .attr('aria-valuemin', ends[0])
    .attr('aria-valuemax', ends[1]);
  // Wider than it looks, to be caught easily.
  handle.append('rect').attr('class', 'catch').attr('x', -9).attr('y', -6).attr('width', 18).attr('height', chart.height + 12); // prettier-ignore
  handle.append('line').attr('y1', 0).attr('y2', chart.height);
  const knob = handle.append('circle').attr('r', 6);
  const words = (): string => {
    const { samplesPerSecond, peakBytes, basis } = curveAt(points, batch);
    const gain = present === null ? NaN : samplesPerSecond / curveAt(points, present).samplesPerSecond - 1;
    const change = Number.isFinite(gain) ? `${gain < 0 ? '−' : '+'}${formatShare(Math.abs(gain))}, ` : '';
    return t(
      'batch {0}: {1}samples/s, {2}, {3}',
      batch,
      formatRate(samplesPerSecond, 2),
      `${change}${formatBytes(peakBytes, 2)}`,
      term(basis),
    );
  };
  const place = (to: number): void => {
    batch = Math.min(Math.max(to, ends[0]), ends[1]);
    handle.attr('transform', `translate(${chart.xOf(batch)},0)`);
    handle.attr('aria-valuenow', batch).attr('aria-valuetext', words());
    knob.attr('cy', chart.height - (curveAt(points, batch).samplesPerSecond / chart.maxRate) * chart.height);
    output.textContent =
      batch === proposed
        ? t('{0}. Drag to another batch to write it.', words())
        : t('{0}. Let go to write it.', words());
    output.classList.toggle('moved', batch !== proposed);
  };
  const letGo = (): void => {
    if (batch !== proposed) choose(batch);
  };
  const node = handle.node() as SVGGElement;
  const xOf = (event: PointerEvent): number => {
    const matrix = root.getScreenCTM();
    return matrix ? new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse()).x : 0;
  };
  node.addEventListener('pointerdown', (event) => {
    node.setPointerCapture(event.pointerId);
    node.focus();
    event.preventDefault();
  });
  node.addEventListener('pointermove', (event) => {
    if (node.hasPointerCapture(event.pointerId)) place(chart.batchAt(xOf(event)));
  });
  node.addEventListener('pointerup', (event) => {
    if (!node.hasPointerCapture(event.pointerId)) return;
    node.releasePointerCapture(event.pointerId);
    letGo();
  });
  node.addEventListener('pointercancel', () => place(proposed));
  node.addEventListener('keydown', (event) => {
    const to = keyTo(event.key, batch, ends);
    if (to !== null) place(to);
    else if (event.key === 'Enter') letGo();
    else if (event.key === 'Escape') place(proposed);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  node.addEventListener('blur', () => {
    // Keys move it without writing; leaving it without Enter is no decision.
    if (!svg.isConnected) return;
    place(proposed);
  });
  place(proposed);
  return output;
}

function keyTo(key: string, batch: number, ends: readonly [number, number]): number | null {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return nextBatch(batch, 1);
    case 'ArrowLeft':
    case 'ArrowDown':
      return nextBatch(batch, -1);
    case 'PageUp':
      return batch * 2;
    case 'PageDown':
      return Math.max(1, Math.round(batch / 2));
    case 'Home':
      return ends[0];
    case 'End':
      return ends[1];
    default:
      return null;
  }
}
