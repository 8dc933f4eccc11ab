/** The backward pass: nodes from the newest to the oldest, each once, giving back what it saved as it goes. */
import type { DeviceArray } from '../gpu/array.ts';
import { annotations, inLayer, inPhase } from '../probe/annotate.ts';
import { theEngine } from './engine.ts';
import { shapeText, tensorError } from './errors.ts';
import { leafGradient, ones, sumOf } from './gradients.ts';
import type { Node } from './node.ts';
import { PlacingContext } from './placing.ts';
import { finishedSteps } from './steps.ts';
import { drop, hold } from './storage.ts';
import type { Value } from './value.ts';

/** Gradients of a node's outputs so far; each array in it is held once. */
type Pending = (DeviceArray | null)[];

export interface BackwardOptions {
  /** Keeps what the graph saved, so that a second backward pass can go through it. */
  readonly retainGraph?: boolean;
}

/** Adds the gradient of `root` with respect to every leaf that requires one to that leaf's `grad`. */
export function backward(root: Value, seed: Value | null, options: BackwardOptions = {}): void {
  const start = root.node;
  if (!root.requiresGrad)
    throw tensorError(
      'backward() was called on a tensor that does not require a gradient: nothing it was made from has requiresGrad, or it was made under noGrad()',
    );
  if (!seed && root.size !== 1)
    throw tensorError(
      `backward() without a gradient needs a tensor of one element, and this one has shape ${shapeText(root.shape)}; reduce it (.sum() or .mean()) or pass { gradient }`,
    );
  if (seed && seed.shape.join() !== root.shape.join())
    throw tensorError(
      `the gradient passed to backward() has shape ${shapeText(seed.shape)}, the tensor ${shapeText(root.shape)}`,
    );
  root.lossOf = finishedSteps();
  inPhase('backward', () => {
    const gradient = hold(seed ? seed.array : ones(root.shape));
    if (!start) leafGradient(root, gradient);
    else walk(start, root.slot, gradient, options.retainGraph ?? false);
  });
}

function walk(start: Node, slot: number, gradient: DeviceArray, retainGraph: boolean): void {
  const first: Pending = [];
  first[slot] = gradient;
  const pending = new Map<Node, Pending>([[start, first]]);
  try {
    for (const node of newestFirst(start)) visit(node, pending, retainGraph);
  } finally {
    // Only after an error is anything left.
    for (const gradients of pending.values()) dropAll(gradients);
  }
}

/** Every node the gradient can reach. */
function newestFirst(start: Node): Node[] {
  const seen = new Set<Node>([start]);
  for (const node of seen) for (const edge of node.edges) if (edge && 'node' in edge) seen.add(edge.node);
  return [...seen].sort((a, b) => b.id - a.id);
}

function visit(node: Node, pending: Map<Node, Pending>, retainGraph: boolean): void {
  const given = pending.get(node);
  if (!given) return;
  const results = inLayerOf(node, () => run(node, given));
  results.forEach((array, i) => {
    const edge = node.edges[i];
    if (!array) return;
    if (!edge) drop(array);
    else if ('leaf' in edge) leafGradient(edge.leaf, array);
    else {
      let gradients = pending.get(edge.node);
      if (!gradients) pending.set(edge.node, (gradients = []));
      const before = gradients[edge.slot];
      gradients[edge.slot] = before ? sumOf(before, array) : array;
    }
  });
  pending.delete(node);
  dropAll(given);
  if (!retainGraph) node.dropSaved();
}

/** Gradients of the node's inputs, each held once: one may come back twice, or be one that was given. */
function run(node: Node, given: Pending): readonly (DeviceArray | null)[] {
  const { op, attributes, edges, saved, name } = node;
  if (!saved)
    throw tensorError(
      `backward() reached ${name} a second time, after the first pass gave back what it had saved; pass { retainGraph: true } to the first backward()`,
      { layer: node.layer },
    );
  const { changed } = node;
  if (changed)
    throw tensorError(
      `backward() needs a tensor ${shapeText(changed.shape)} as it was when ${name} used it, and it was changed in place since; change a .clone() of it, or after backward()`,
      { layer: node.layer },
    );
  const gradients = Array.from({ length: node.outputs }, (_, slot) => given[slot] ?? null);
  for (const value of node.retaining) {
    const array = gradients[value.slot];
    if (array) leafGradient(value, hold(array));
  }
  const needs = edges.map((edge) => edge !== null);
  const results = theEngine().orGiveBack(() =>
    op.backward(new PlacingContext(edges), gradients, saved, attributes, needs),
  );
  for (const array of results) if (array) hold(array);
  return results;
}

function inLayerOf<T>(node: Node, body: () => T): T {
  return node.layer && annotations.layer !== node.layer ? inLayer(node.layer, body) : body();
}

function dropAll(gradients: Pending): void {
  for (const array of gradients) if (array) drop(array);
}
