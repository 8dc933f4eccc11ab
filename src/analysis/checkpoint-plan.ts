/**
 * Which blocks of a model to checkpoint (compute again in the backward pass instead of keeping), what that frees and costs: each block
 * frees what it keeps between forward and backward, but for the output it hands on, and costs its forward time once more.
 */
import { sum } from '../base/stats.ts';
import type { LayerCost, LayerCosts } from './layers.ts';

export interface Checkpoint {
  readonly path: string;
  readonly freedBytes: number;
  readonly costNs: number;
}

export interface CheckpointPlan {
  readonly blocks: readonly Checkpoint[];
  /** At the peak; the largest block is back in memory while it is computed again. */
  readonly freedBytes: number;
  /** More time a step. */
  readonly costNs: number;
}

/** A block that holds nearly everything would be back in memory whole when the backward pass begins. */
const MOST = 0.6;
const LEAST = 0.02;

/**
 * The outermost blocks (layers made of layers) that hold 2 to 60 % of the activations each; null where there are not two of them, since
 * one alone is in memory again at the peak. Estimated: a layer's activations are counted at its own highest moment.
 */
export function checkpointPlan({ layers }: LayerCosts): CheckpointPlan | null {
  const all = sum(layers.filter((l) => l.parent < 0).map((l) => l.totalBytes.activation));
  const children = new Map<number, LayerCost[]>();
  for (const layer of layers) children.set(layer.parent, [...(children.get(layer.parent) ?? []), layer]);
  const blocks: Checkpoint[] = [];
  const look = (layer: LayerCost): void => {
    const own = children.get(layer.layer) ?? [];
    if (own.length === 0) return;
    const share = layer.totalBytes.activation / all;
    const freedBytes = layer.totalBytes.activation - outputOf(layer, children);
    if (share >= LEAST && share <= MOST && freedBytes > 0)
      blocks.push({ path: layer.path, freedBytes, costNs: layer.total.forwardNs });
    else own.forEach(look);
  };
  layers.filter((l) => l.parent < 0).forEach(look);
  if (blocks.length < 2) return null;
  const largest = Math.max(...blocks.map((block) => block.freedBytes));
  return {
    blocks,
    freedBytes: sum(blocks.map((block) => block.freedBytes)) - largest,
    costNs: sum(blocks.map((block) => block.costNs)),
  };
}

/** What a block hands on: about what its last layer holds itself. */
function outputOf(layer: LayerCost, children: ReadonlyMap<number, readonly LayerCost[]>): number {
  const last = children.get(layer.layer)?.at(-1);
  return last ? Math.max(last.ownBytes.activation, outputOf(last, children)) : 0;
}
