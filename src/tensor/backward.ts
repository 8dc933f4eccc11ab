/** The backward pass: nodes from the newest to the oldest, each once, giving back what it saved as it goes. */
import type { DeviceArray } from '../gpu/array.ts';
import type { OpContext } from '../ops/op.ts';
import { annotations, inLayer, inPhase } from '../probe/annotate.ts';
import { theEngine } from './engine.ts';
import { shapeText, tensorError } from './errors.ts';
import { leafGradient, ones, sumOf } from './gradients.ts';
import type { Edge, Node } from './node.ts';
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

/** Where the gradients of a pass go. */
interface Ends {
  /** The engine as the backward pass of a node with these edges sees it. */
  context(edges: readonly Edge[]): OpContext;
  /** Whether a gradient is wanted along an edge. */
  wants(edge: Edge): edge is NonNullable<Edge>;
  /** Takes over one hold of a part of a leaf's gradient. */
  leaf(leaf: Value, gradient: DeviceArray): void;
  /** Sees the gradients of a node's outputs, once they are whole. */
  outputs(node: Node, gradients: Pending): void;
}

/** To `grad` of the leaves, and of what asked to retain it. */
const TO_LEAVES: Ends = {
  context: (edges) => new PlacingContext(edges),
  wants: (edge): edge is NonNullable<Edge> => edge !== null,
  leaf: leafGradient,
  outputs: (node, gradients) => {
    for (const value of node.retaining) {
      const array = gradients[value.slot];
      if (array) leafGradient(value, hold(array));
    }
  },
};

/** Adds the gradient of `root` with respect to every leaf that requires one to that leaf's `grad`. */
export function backward(root: Value, seed: Value | null, options: BackwardOptions = {}): void {
  refuseUnfit(root, seed, 'backward()');
  root.lossOf = finishedSteps();
  inPhase('backward', () => {
    const gradient = hold(seed ? seed.array : ones(root.shape));
    if (root.node) walk([root.node], new Map([[root.node, at(root.slot, gradient)]]), TO_LEAVES, options);
    else leafGradient(root, gradient);
  });
}

/**
 * The gradients of the sum of `roots` (each times its seed) with respect to `wanted`, leaves or not, which nothing else keeps; null
 * where there is no way. Each array is held once.
 */
export function gradientsOf(
  roots: readonly (readonly [root: Value, seed: Value | null])[],
  wanted: readonly Value[],
  options: BackwardOptions = {},
): (DeviceArray | null)[] {
  for (const [root, seed] of roots) refuseUnfit(root, seed, 'grad()');
  const found = new Map<Value, DeviceArray>();
  const add = (value: Value, gradient: DeviceArray): void => {
    const before = found.get(value);
    found.set(value, before ? sumOf(before, gradient) : gradient);
  };
  const inner = wanted.filter(({ node }) => node);
  const pending = new Map<Node, Pending>();
  for (const [root, seed] of roots) {
    const gradient = hold(seed ? seed.array : ones(root.shape));
    if (root.node) join(pending, root.node, root.slot, gradient);
    else if (wanted.includes(root)) add(root, gradient);
    else drop(gradient);
  }
  const nodes = newestFirst([...pending.keys()]);
  const ends: Ends = {
    context: () => theEngine(),
    wants: waysTo(wanted, nodes),
    leaf: add,
    outputs: (node, gradients) => {
      for (const value of inner) {
        const array = value.node === node ? gradients[value.slot] : null;
        if (array) add(value, hold(array));
      }
    },
  };
  try {
    inPhase('backward', () => walk(nodes, pending, ends, options));
  } catch (error) {
    for (const array of found.values()) drop(array);
    throw error;
  }
  return wanted.map((value) => found.get(value) ?? null);
}

/** @internal Which edges lead to one of these values, among nodes from the newest to the oldest. */
export function waysTo(
  values: readonly Value[],
  nodes: readonly Node[],
): (edge: Edge) => edge is NonNullable<Edge> {
  const leading = new Set<Node>();
  const wants = (edge: Edge): edge is NonNullable<Edge> =>
    edge !== null && ('leaf' in edge ? values.includes(edge.leaf) : leading.has(edge.node));
  for (const node of nodes.toReversed())
    if (node.edges.some(wants) || values.some((value) => value.node === node)) leading.add(node);
  return wants;
}

function refuseUnfit(root: Value, seed: Value | null, call: string): void {
  if (!root.requiresGrad)
    throw tensorError(
      `${call} was called on a tensor that does not require a gradient: nothing it was made from has requiresGrad, or it was made under noGrad()`,
    );
  if (!seed && root.size !== 1)
    throw tensorError(
      `${call} without a gradient needs a tensor of one element, and this one has shape ${shapeText(root.shape)}; reduce it (.sum() or .mean()) or pass ${call === 'grad()' ? '{ gradOutputs }' : '{ gradient }'}`,
    );
  if (seed && seed.shape.join() !== root.shape.join())
    throw tensorError(
      `the gradient passed to ${call} has shape ${shapeText(seed.shape)}, the tensor ${shapeText(root.shape)}`,
    );
}

const at = (slot: number, gradient: DeviceArray): Pending => {
  const gradients: Pending = [];
  gradients[slot] = gradient;
  return gradients;
};

/** Adds a gradient of a node's output, of which it takes over one hold. */
function join(pending: Map<Node, Pending>, node: Node, slot: number, gradient: DeviceArray): void {
  const gradients = pending.get(node);
  if (!gradients) {
    pending.set(node, at(slot, gradient));
    return;
  }
  const before = gradients[slot];
  gradients[slot] = before ? sumOf(before, gradient) : gradient;
}

/** Visits every node that can be reached from `starts`, which has or will have gradients in `pending`. */
function walk(
  starts: readonly Node[],
  pending: Map<Node, Pending>,
  ends: Ends,
  { retainGraph = false }: BackwardOptions,
): void {
  try {
    for (const node of newestFirst(starts)) visit(node, pending, ends, retainGraph);
  } finally {
    // What leads nowhere that is wanted, and after an error everything.
    for (const gradients of pending.values()) dropAll(gradients);
  }
}

/** @internal Every node a gradient can reach from these. */
export function newestFirst(starts: readonly Node[]): Node[] {
  const seen = new Set<Node>(starts);
  for (const node of seen) for (const edge of node.edges) if (edge && 'node' in edge) seen.add(edge.node);
  return [...seen].sort((a, b) => b.id - a.id);
}

function visit(node: Node, pending: Map<Node, Pending>, ends: Ends, retainGraph: boolean): void {
  const given = pending.get(node);
  if (!given) return;
  const gradients = Array.from({ length: node.outputs }, (_, slot) => given[slot] ?? null);
  ends.outputs(node, gradients);
  const needs = node.edges.map((edge) => ends.wants(edge));
  if (needs.includes(true)) {
    const results = inLayerOf(node, () => run(node, gradients, ends.context(node.edges), needs));
    results.forEach((array, i) => {
      const edge = node.edges[i] as Edge;
      if (!array) return;
      if (!ends.wants(edge)) drop(array);
      else if ('leaf' in edge) ends.leaf(edge.leaf, array);
      else join(pending, edge.node, edge.slot, array);
    });
  }
  pending.delete(node);
  dropAll(given);
  if (!retainGraph) node.dropSaved();
}

/** Gradients of the node's inputs, each held once: one may come back twice, or be one that was given. */
function run(
  node: Node,
  gradients: Pending,
  context: OpContext,
  needs: readonly boolean[],
): readonly (DeviceArray | null)[] {
  const saved = savedOf(node);
  const results = theEngine().orGiveBack(() =>
    node.op.backward(context, gradients, saved, node.attributes, needs),
  );
  for (const array of results) if (array) hold(array);
  return results;
}

/** @internal What a node saved. @throws TensorError where it was given back, or changed in place. */
export function savedOf(node: Node): readonly DeviceArray[] {
  const { saved, changed, name, layer } = node;
  if (!saved)
    throw tensorError(
      `backward() reached ${name} a second time, after the first pass gave back what it had saved; pass { retainGraph: true } to the first backward()`,
      { layer },
    );
  if (changed)
    throw tensorError(
      `backward() needs a tensor ${shapeText(changed.shape)} as it was when ${name} used it, and it was changed in place since; change a .clone() of it, or after backward()`,
      { layer },
    );
  return saved;
}

/** @internal Runs `body` as work of the layer that made a node. */
export function inLayerOf<T>(node: Node, body: () => T): T {
  return node.layer && annotations.layer !== node.layer ? inLayer(node.layer, body) : body();
}

function dropAll(gradients: Pending): void {
  for (const array of gradients) if (array) drop(array);
}
