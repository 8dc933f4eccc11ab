/** The layers of the current profile as a tree, in the order of the model or by their time. Pure. */
import type { LayerCost } from '../../analysis/layers.ts';
import { layerCosts } from '../../analysis/layers.ts';
import { formatBytes, formatNs, formatShare } from '../../base/format.ts';
import type { Trace } from '../../trace/model.ts';
import type { Selection } from '../../wire/view-messages.ts';
import { t } from '../words.ts';

export type LayerOrder = 'model' | 'time';

export class LayerTree {
  readonly #layers: readonly LayerCost[];
  readonly #order: LayerOrder;
  readonly #children: ReadonlyMap<number, readonly LayerCost[]>;

  constructor(trace: Trace, order: LayerOrder) {
    this.#layers = layerCosts(trace).layers;
    this.#order = order;
    const children = new Map<number, LayerCost[]>();
    for (const layer of this.#layers) {
      const siblings = children.get(layer.parent) ?? [];
      siblings.push(layer);
      children.set(layer.parent, siblings);
    }
    this.#children = children;
  }

  /** Of the model itself where `layer` is null. Layers that took no time and hold nothing are left out. */
  children(layer: LayerCost | null): LayerCost[] {
    const found = (this.#children.get(layer?.layer ?? -1) ?? []).filter(
      ({ total, totalBytes }) => total.totalNs > 0 || bytesOf(totalBytes) > 0,
    );
    return this.#order === 'time' ? found.toSorted((a, b) => b.total.totalNs - a.total.totalNs) : [...found];
  }

  parent(layer: LayerCost): LayerCost | null {
    return this.#layers[layer.parent] ?? null;
  }

  find(layer: number): LayerCost | null {
    return this.#layers[layer] ?? null;
  }
}

function bytesOf(bytes: LayerCost['totalBytes']): number {
  return Object.values(bytes).reduce((sum, each) => sum + each, 0);
}

/** `2.1 ms · 31 % · 12.6 MB · occupancy ≤ 83 %` */
export function layerSummary({ total, share, totalBytes, occupancy }: LayerCost): string {
  const bytes = bytesOf(totalBytes);
  return [
    total.totalNs > 0 ? formatNs(total.totalNs) : '',
    Number.isFinite(share) && total.totalNs > 0 ? formatShare(share) : '',
    bytes > 0 ? formatBytes(bytes) : '',
    Number.isFinite(occupancy) ? t('occupancy ≤ {0}', formatShare(occupancy)) : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The last part of the path; with the type where that is a mere number. */
export function layerName({ path, type }: LayerCost): string {
  const name = path.slice(path.lastIndexOf('.') + 1) || path;
  return /^\d+$/.test(name) ? `${name} ${type}` : name;
}

/** The layer a selection of any view is about; null where it is about none. */
export function layerOf(trace: Trace, selection: Selection | null): number | null {
  if (selection?.kind === 'layer') return selection.layer;
  if (selection?.kind === 'dispatch') {
    const layer = trace.tables.launches.layer[trace.tables.dispatches.launch[selection.dispatch] as number];
    return layer === undefined || layer < 0 ? null : layer;
  }
  if (selection?.kind === 'buffer') {
    const layer = trace.tables.buffers.layer[selection.buffer];
    return layer === undefined || layer < 0 ? null : layer;
  }
  return null;
}

/** A bar filled to the layer's share, as an image beside its name. */
export function shareIcon(share: number, color: string): string {
  const filled = Math.max(0, Math.min(1, share)) * 14;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">` +
    `<rect x="1" y="5" width="14" height="6" rx="1.5" fill="${color}" fill-opacity=".22"/>` +
    `<rect x="1" y="5" width="${filled.toFixed(1)}" height="6" rx="1.5" fill="${color}"/></svg>`
  );
}
