import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LayerTree, layerName, layerOf, layerSummary } from '../../src/extension/layers/layer-tree.ts';
import type { LayerCost } from '../../src/analysis/layers.ts';
import { sampleTrace } from '../support/sample-trace.ts';

const trace = sampleTrace({ network: 'cnn', steps: 12 });

function all(tree: LayerTree, layer: LayerCost | null = null): LayerCost[] {
  return tree.children(layer).flatMap((child) => [child, ...all(tree, child)]);
}

test('every layer that costs something is in the tree once, below its parent', () => {
  const tree = new LayerTree(trace, 'model');
  const found = all(tree);
  assert.equal(new Set(found.map(({ layer }) => layer)).size, found.length);
  assert.ok(found.length > 3);
  for (const layer of found) assert.equal(tree.parent(layer)?.layer ?? -1, layer.parent);
  for (const layer of found) assert.match(layerSummary(layer), /(s|B) ?/);
});

test('by time, the costliest of each level comes first', () => {
  const tree = new LayerTree(trace, 'time');
  const times = tree.children(null).map(({ total }) => total.totalNs);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => b - a),
  );
});

test('a number alone is named with its type, and a dispatch selects the layer that launched it', () => {
  const layer = all(new LayerTree(trace, 'model'))[0]!;
  assert.equal(layerName({ ...layer, path: 'net.0', type: 'Linear' }), '0 Linear');
  assert.equal(layerName({ ...layer, path: 'net.conv1', type: 'Conv2d' }), 'conv1');
  const of = layerOf(trace, { kind: 'dispatch', dispatch: 0 });
  const expected = trace.tables.launches.layer[trace.tables.dispatches.launch[0] as number] as number;
  assert.equal(of, expected < 0 ? null : expected);
  assert.equal(layerOf(trace, { kind: 'step', step: 1 }), null);
});
