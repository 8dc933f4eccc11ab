/** The model as an icicle: a row a level, width is GPU time, children lie under their parent. Pure geometry, shares of the width. */

/** No model is nested deeper; a file that claims so is broken. */
const MAX_DEPTH = 64;

export interface LayerNode {
  readonly layer: number;
  readonly parent: number;
  /** With all layers below it. */
  readonly totalNs: number;
}

export interface LayerBox {
  readonly layer: number;
  readonly depth: number;
  /** Left and right edge, 0..1. */
  readonly from: number;
  readonly to: number;
}

export interface Icicle {
  readonly boxes: readonly LayerBox[];
  readonly depths: number;
}

/** Layers without time have no box. The rest of a parent that no child has stays empty at its right. */
export function layoutIcicle(nodes: readonly LayerNode[], wholeNs: number): Icicle {
  const children = new Map<number, LayerNode[]>();
  for (const node of nodes) {
    if (!(node.totalNs > 0)) continue;
    const siblings = children.get(node.parent);
    if (siblings) siblings.push(node);
    else children.set(node.parent, [node]);
  }
  const boxes: LayerBox[] = [];
  let depths = 0;
  const place = (parent: number, from: number, depth: number): void => {
    if (depth >= MAX_DEPTH) return;
    let at = from;
    for (const node of children.get(parent) ?? []) {
      const to = at + node.totalNs / wholeNs;
      boxes.push({ layer: node.layer, depth, from: at, to });
      depths = Math.max(depths, depth + 1);
      place(node.layer, at, depth + 1);
      at = to;
    }
  };
  place(-1, 0, 0);
  return { boxes, depths };
}

export function layerBoxAt(icicle: Icicle, share: number, depth: number): LayerBox | null {
  return icicle.boxes.find((box) => box.depth === depth && share >= box.from && share < box.to) ?? null;
}

export interface TreeRow<T> {
  readonly item: T;
  readonly depth: number;
}

/** Depth first, in the order the model was built. */
export function treeRows<T extends { readonly layer: number; readonly parent: number }>(
  items: readonly T[],
): TreeRow<T>[] {
  const children = new Map<number, T[]>();
  for (const item of items) {
    const siblings = children.get(item.parent);
    if (siblings) siblings.push(item);
    else children.set(item.parent, [item]);
  }
  const rows: TreeRow<T>[] = [];
  const walk = (parent: number, depth: number): void => {
    if (depth >= MAX_DEPTH) return;
    for (const item of children.get(parent) ?? []) {
      rows.push({ item, depth });
      walk(item.layer, depth + 1);
    }
  };
  walk(-1, 0);
  return rows;
}
