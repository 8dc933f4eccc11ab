/** Paints the boxes of buffers. */
import { ROLES } from '../../src/trace/model.ts';
import type { Trace } from '../../src/trace/model.ts';
import type { CurvePaint } from '../marks/paint-curves.ts';
import { fitText } from '../paint.ts';
import { layerName } from '../describe.ts';
import type { BufferBox } from './memory.layout.ts';

export interface BuffersPaint extends CurvePaint {
  readonly ceiling: number;
  readonly selected: number | null;
}

export function paintBuffers(
  context: CanvasRenderingContext2D,
  trace: Trace,
  boxes: readonly BufferBox[],
  at: BuffersPaint,
): void {
  const { theme, axis, width, height, ceiling } = at;
  const { role, label, layer } = trace.tables.buffers;
  const [from, to] = axis.visible;
  const perNs = width / (to - from);
  const perByte = (height - 2) / ceiling;
  for (const box of boxes) {
    if (box.bornNs > to || box.diedNs < from) continue;
    const left = Math.max(-1, (box.bornNs - from) * perNs);
    const right = Math.min(width + 1, (box.diedNs - from) * perNs);
    const top = height - box.to * perByte;
    const tall = (box.to - box.from) * perByte;
    const kind = role[box.buffer] as number;
    context.fillStyle = theme.role[kind] ?? '';
    context.globalAlpha = theme.highContrast ? 1 : 0.9;
    // A hair of ground between boxes that are large enough to spare it.
    context.fillRect(
      left,
      top,
      Math.max(0.5, right - left - (right - left > 4 ? 1 : 0)),
      Math.max(0.5, tall - (tall > 3 ? 1 : 0)),
    );
    context.globalAlpha = 1;
    if (tall > 13 && right - left > 40) {
      context.fillStyle = theme.roleInk[kind] ?? '';
      const owner = trace.layers[layer[box.buffer] as number];
      const name = [
        owner ? layerName(owner) : '',
        trace.strings[label[box.buffer] as number] || (ROLES[kind] ?? ''),
      ]
        .filter(Boolean)
        .join(' · ');
      const shown = fitText(context, name, right - Math.max(0, left) - 10);
      if (shown) context.fillText(shown, Math.max(0, left) + 5, top + tall / 2);
    }
    if (box.buffer === at.selected) {
      context.strokeStyle = theme.ink;
      context.lineWidth = 2;
      context.strokeRect(left + 1, top + 1, Math.max(1, right - left - 3), Math.max(1, tall - 2));
      context.lineWidth = 1;
    }
  }
}
