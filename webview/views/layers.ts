/** What each layer costs: an icicle of GPU time, and the table of the same layers. */
import type { LayerCost } from '../../src/analysis/layers.ts';
import { formatBytes, formatNs, formatShare } from '../../src/base/format.ts';
import type { App, View } from '../app.ts';
import { layerName } from '../describe.ts';
import { baseName, el, sourceLink } from '../dom.ts';
import { Surface, boxText, hatch, setFont } from '../paint.ts';
import { createChoice } from '../parts/choice.ts';
import { createTable, shareBar } from '../parts/table.ts';
import type { Column } from '../parts/table.ts';
import { figuresList } from '../parts/tooltip.ts';
import { selectedLayer } from '../selected.ts';
import { layerBoxAt, layoutIcicle, treeRows } from './layers.layout.ts';
import type { Icicle, TreeRow } from './layers.layout.ts';
import { t } from '../translate.ts';

type Width = 'totalNs' | 'forwardNs' | 'backwardNs' | 'bytes';
type Heat = 'cost' | 'occupancy';

const ROW_PX = 34;
const SPLIT_PX = 4;

const bytes = (value: number) => (value > 0 ? formatBytes(value, 2) : '–');
const time = (ns: number) => (ns > 0 ? formatNs(ns) : '–');

function columns(app: App): readonly Column<TreeRow<LayerCost>>[] {
  return [
    { id: 'path', title: t('Layer'), cell: ({ item, depth }) => el('span', { class: 'tree-cell', style: { 'padding-left': `${depth * 16}px` } }, lastPart(item.path), item.type === lastPart(item.path) ? null : el('span', { class: 'variant', text: item.type })) },
    { id: 'share', title: t('Share'), about: t('Of the GPU time of a step, with the layers below it'), numeric: true, cell: ({ item }) => shareBar(item.share, formatShare(item.share)), key: ({ item }) => item.share, width: '150px' },
    { id: 'total', title: t('GPU time'), about: t('A step, all phases, with the layers below it; measured'), numeric: true, cell: ({ item }) => time(item.total.totalNs), key: ({ item }) => item.total.totalNs },
    { id: 'forward', title: t('Forward'), about: t('GPU time a step, measured'), numeric: true, cell: ({ item }) => time(item.total.forwardNs), key: ({ item }) => item.total.forwardNs },
    { id: 'backward', title: t('Backward'), about: t('GPU time a step, measured'), numeric: true, cell: ({ item }) => time(item.total.backwardNs), key: ({ item }) => item.total.backwardNs },
    { id: 'parameter', title: t('Parameters'), numeric: true, cell: ({ item }) => bytes(item.totalBytes.parameter), key: ({ item }) => item.totalBytes.parameter },
    { id: 'gradient', title: t('Gradients'), numeric: true, cell: ({ item }) => bytes(item.totalBytes.gradient), key: ({ item }) => item.totalBytes.gradient },
    { id: 'state', title: t('Optimizer state'), numeric: true, cell: ({ item }) => bytes(item.totalBytes['optimizer-state']), key: ({ item }) => item.totalBytes['optimizer-state'] },
    { id: 'activation', title: t('Activations'), about: t('The most held at once'), numeric: true, cell: ({ item }) => bytes(item.totalBytes.activation), key: ({ item }) => item.totalBytes.activation },
    { id: 'occupancy', title: t('Occupancy'), about: t('Estimated, an upper bound'), numeric: true, cell: ({ item }) => (Number.isFinite(item.occupancy) ? `≤ ${formatShare(item.occupancy)}` : '–'), key: ({ item }) => item.occupancy },
    { id: 'line', title: t('Line'), cell: ({ item: { source } }) => (source ? sourceLink(`${baseName(source.file)}:${source.line}`, () => app.open(source)) : '–') },
  ]; // prettier-ignore
}

/** How wide the box of each layer is, with the layers below it: ns a step, or bytes (each layer's most at once, added up). */
function sizesOf(layers: readonly LayerCost[], width: Width): Float64Array {
  if (width !== 'bytes') return Float64Array.from(layers, ({ total }) => total[width]);
  const sizes = Float64Array.from(layers, ({ ownBytes }) =>
    Object.values(ownBytes).reduce((sum, held) => sum + held, 0),
  );
  // Parents come before their children.
  for (let layer = layers.length - 1; layer >= 0; layer--) {
    const parent = layers[layer]?.parent ?? -1;
    if (parent >= 0) sizes[parent] = (sizes[parent] as number) + (sizes[layer] as number);
  }
  return sizes;
}

export function createLayers(app: App): View {
  const canvas = el('canvas', {
    attr: { role: 'img', 'aria-label': t('GPU time by layer. The table below lists the same.') },
  });
  const picture = el('div', { class: 'icicle' }, canvas);
  const note = el('p', { class: 'faint view-note flush' });
  let width: Width = 'totalNs';
  let color: Heat = 'cost';
  const widths = createChoice<Width>(t('Width of a box'), [['totalNs', t('Time')], ['forwardNs', t('Forward')], ['backwardNs', t('Backward')], ['bytes', t('Memory')]], width, (next) => {
    width = next;
    drawn = null;
    refresh();
  }); // prettier-ignore
  const heats = createChoice<Heat>(t('Color of a box'), [['cost', t('Cost')], ['occupancy', t('Occupancy')]], color, (next) => {
    color = next;
    refresh();
  }); // prettier-ignore
  const table = createTable<TreeRow<LayerCost>>({
    label: t('Layers'),
    columns: columns(app),
    rowKey: ({ item }) => String(item.layer),
    onSelect: ({ item }) => app.select({ kind: 'layer', layer: item.layer }),
    onOpen: ({ item }) => item.source && app.open(item.source),
  });
  const element = el(
    'div',
    { class: 'view layers' },
    el('div', { class: 'view-head low' }, note, el('span', { class: 'grow' }), heats.element, widths.element),
    picture,
    table.element,
  );
  let icicle: Icicle = { boxes: [], depths: 0 };
  let rows: readonly TreeRow<LayerCost>[] = [];
  let drawn: unknown = null;
  let sizes: Float64Array = new Float64Array(0);
  const sizeText = (layer: number) =>
    width === 'bytes' ? formatBytes(sizes[layer] as number, 2) : formatNs(sizes[layer] as number);

  const surface = new Surface(canvas, (context, widthPx) => {
    const { facts } = app.store.state;
    if (!facts) return;
    const theme = app.theme();
    setFont(context, theme, 12);
    const { layers } = facts.layers();
    const chosen = selectedLayer(app.store.state);
    for (const box of icicle.boxes) {
      const cost = layers[box.layer];
      if (!cost) continue;
      const left = Math.round(box.from * widthPx);
      const wide = Math.max(1, Math.round(box.to * widthPx) - left - 1);
      const top = box.depth * ROW_PX;
      // Heat by one hue: the larger the value, the stronger.
      const heat = color === 'cost' ? Math.min(1, (box.to - box.from) * 1.5) : cost.occupancy;
      context.fillStyle = Number.isFinite(heat)
        ? `color-mix(in srgb, ${theme.accent} ${Math.round(8 + 42 * heat)}%, ${theme.ground})`
        : hatch(context, theme.line);
      context.fillRect(left, top, wide, ROW_PX - 2);
      if (width === 'totalNs') paintSplit(context, cost, left, top + ROW_PX - 2 - SPLIT_PX, wide, theme.ink);
      context.fillStyle = theme.ink;
      if (wide > 30)
        boxText(
          context,
          `${layerName(cost)}  ${color === 'occupancy' && Number.isFinite(cost.occupancy) ? `≤ ${formatShare(cost.occupancy)}` : sizeText(cost.layer)}`,
          left,
          left + wide,
          top + (ROW_PX - SPLIT_PX) / 2 - 1,
        );
      if (theme.highContrast) {
        context.strokeStyle = theme.ink;
        context.strokeRect(left + 0.5, top + 0.5, wide - 1, ROW_PX - 3);
      }
      if (chosen === box.layer) {
        context.strokeStyle = theme.focus;
        context.lineWidth = 2;
        context.strokeRect(left + 1, top + 1, Math.max(1, wide - 2), ROW_PX - 4);
        context.lineWidth = 1;
      }
    }
  });

  const costAt = (event: MouseEvent) => {
    const box = layerBoxAt(
      icicle,
      event.offsetX / Math.max(1, surface.width),
      Math.floor(event.offsetY / ROW_PX),
    );
    return box ? app.store.state.facts?.layers().layers[box.layer] : undefined;
  };
  canvas.addEventListener('pointermove', (event) => {
    const cost = costAt(event);
    if (cost) app.tooltip.show(layerHint(cost), event.clientX, event.clientY);
    else app.tooltip.hide();
  });
  canvas.addEventListener('pointerleave', () => app.tooltip.hide());
  canvas.addEventListener('click', (event) => {
    const cost = costAt(event);
    app.select(cost ? { kind: 'layer', layer: cost.layer } : null);
  });

  function refresh(): void {
    const { facts } = app.store.state;
    if (!facts) return;
    const costs = facts.layers();
    if (drawn !== facts) {
      drawn = facts;
      sizes = sizesOf(costs.layers, width);
      const nodes = costs.layers.map(({ layer, parent }) => ({
        layer,
        parent,
        totalNs: sizes[layer] as number,
      }));
      const roots = nodes.reduce((sum, { parent, totalNs }) => sum + (parent < 0 ? totalNs : 0), 0);
      icicle = layoutIcicle(nodes, width === 'totalNs' ? costs.stepNs : Math.max(1, roots));
      rows = treeRows(costs.layers);
      picture.style.height = `${Math.max(1, icicle.depths) * ROW_PX}px`;
      const rest = costs.unattributed.totalNs / costs.stepNs;
      const total = formatNs(costs.stepNs);
      const time =
        costs.per === 'step' ? t('GPU time of a step: {0}', total) : t('GPU time of the trace: {0}', total);
      const unassigned = rest > 0.005 ? t(', of which {0} belongs to no layer', formatShare(rest)) : '';
      note.textContent = `${time}${unassigned}. ${t('Along the lower edge of a box: forward faint, backward strong.')}`;
    }
    const chosen = selectedLayer(app.store.state);
    table.show(rows, chosen === null ? null : String(chosen));
    surface.invalidate();
  }
  return { element, refresh, repaint: refresh };
}

/** Forward and backward as two strengths of ink along the lower edge. */
function paintSplit(
  context: CanvasRenderingContext2D,
  cost: LayerCost,
  left: number,
  top: number,
  wide: number,
  ink: string,
): void {
  const { forwardNs, totalNs } = cost.total;
  const forward = wide * (forwardNs / totalNs);
  context.fillStyle = ink;
  context.globalAlpha = 0.22;
  context.fillRect(left, top, forward, SPLIT_PX);
  context.globalAlpha = 0.55;
  context.fillRect(left + forward, top, wide - forward, SPLIT_PX);
  context.globalAlpha = 1;
}

function layerHint(cost: LayerCost): Node[] {
  return [
    el(
      'div',
      { class: 'tip-head' },
      el('span', { class: 'tip-title', text: cost.path }),
      el('span', { class: 'tip-kind', text: cost.type }),
    ),
    figuresList({
      figures: [
        { label: t('Forward'), value: time(cost.total.forwardNs) },
        { label: t('Backward'), value: time(cost.total.backwardNs) },
        { label: t('Share of a step'), value: formatShare(cost.share) },
        ...(Number.isFinite(cost.occupancy)
          ? [
              {
                label: t('Occupancy'),
                value: `≤ ${formatShare(cost.occupancy)}`,
                basis: 'estimated' as const,
              },
            ]
          : []),
        ...(cost.detail ? [{ label: t('Settings'), value: cost.detail }] : []),
      ],
    }),
    ...(cost.source
      ? [el('div', { class: 'tip-source', text: `${baseName(cost.source.file)}:${cost.source.line}` })]
      : []),
  ];
}

function lastPart(path: string): string {
  return path.split('.').at(-1) ?? path;
}
