import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layerCosts } from '../../src/analysis/layers.ts';
import { layerSteps } from '../../src/extension/lines/layer-steps.ts';
import { lineFacts } from '../../src/extension/lines/line-facts.ts';
import type { LayerLine } from '../../src/extension/lines/line-facts.ts';
import { hoverChart, CHART_COLORS } from '../../src/extension/lines/hover-chart.ts';
import type { Trace } from '../../src/trace/model.ts';
import { sampleTrace } from '../support/sample-trace.ts';

function layerLines(trace: Trace, baseline: Trace | null = null): LayerLine[] {
  return lineFacts(trace, baseline).filter((fact): fact is LayerLine => fact.kind === 'layers');
}

/** The same trace with every layer made on one line. */
function onOneLine(trace: Trace): Trace {
  return { ...trace, layers: trace.layers.map((layer) => ({ ...layer, location: 0 })) };
}

test('lines carry their layers and times add up to those of the layers', () => {
  const trace = sampleTrace({ network: 'cnn', steps: 12 });
  const lines = layerLines(trace);
  assert.ok(lines.length > 1);
  const costs = layerCosts(trace).layers;
  for (const line of lines)
    for (const { layer } of line.layers) {
      const cost = costs[layer]!;
      assert.equal(cost.source?.line, line.line);
      assert.ok(line.totalNs >= cost.total.totalNs);
    }
});

test('layers made by one line are summed once, a child inside its parent not again', () => {
  const trace = onOneLine(sampleTrace({ network: 'cnn', steps: 12 }));
  const [line, ...others] = layerLines(trace);
  assert.equal(others.length, 0);
  assert.ok(line!.share <= 1.0001, `share ${line!.share}`);
  for (const { layer } of line!.layers) {
    const { parent } = trace.layers[layer]!;
    assert.ok(!line!.layers.some((other) => other.layer === parent), 'parent and child are both counted');
  }
});

test('against itself as the baseline nothing changes; layers the baseline lacks have no change', () => {
  const trace = sampleTrace({ steps: 12 });
  for (const line of layerLines(trace, trace)) assert.deepEqual(line.change, { ratio: 1, certain: false });
  const renamed = {
    ...trace,
    layers: trace.layers.map((layer) => ({ ...layer, path: `other.${layer.path}` })),
  };
  for (const line of layerLines(renamed, trace)) assert.equal(line.change, null);
});

test('a larger batch is a certain change of the costly lines, another seed is none', () => {
  const trace = sampleTrace({ network: 'cnn', steps: 40, batch: 32, seed: 1 });
  const again = sampleTrace({ network: 'cnn', steps: 40, batch: 32, seed: 2 });
  const larger = sampleTrace({ network: 'cnn', steps: 40, batch: 128, seed: 3 });
  const costly = (lines: LayerLine[]): LayerLine => lines.toSorted((a, b) => b.totalNs - a.totalNs)[0]!;
  assert.ok(!costly(layerLines(again, trace)).change?.certain);
  const grown = costly(layerLines(larger, trace)).change;
  assert.ok(grown?.certain && grown.ratio > 1.5, JSON.stringify(grown));
});

test('the phases of single steps and the kernels add up to the same time', () => {
  const trace = sampleTrace({ network: 'cnn', steps: 12 });
  const { steps, kernels } = layerSteps(trace, [0], 100);
  assert.ok(steps.length > 0);
  steps.forEach((step, i) => {
    const byPhases = step.forwardNs + step.backwardNs + step.optimizerNs;
    const byKernels = kernels.reduce((sum, { stepNs }) => sum + stepNs[i]!, 0);
    assert.ok(Math.abs(byPhases - byKernels) <= 1e-6 * byKernels, `${byPhases} and ${byKernels}`);
  });
});

test('the chart draws every phase of every step inside its frame, and names them', () => {
  const trace = sampleTrace({ network: 'cnn', steps: 12 });
  const { steps } = layerSteps(trace, [0]);
  const [line] = layerLines(trace);
  const svg = hoverChart({ steps, medians: line! }, CHART_COLORS.dark);
  const bars = [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)"/g)].map(
    (match) => match.slice(1).map(Number),
  );
  assert.ok(bars.length >= steps.length);
  for (const [x, y, width, height] of bars) {
    assert.ok(x! + width! <= 380.1);
    assert.ok(y! >= -0.1 && y! + height! <= 44.1);
  }
  assert.match(svg, /forward [\d.]+ (µs|ms)/);
});

test('a step far above the others is cut at the frame, and leaves them their height', () => {
  const step = (ns: number) => ({ step: 0, forwardNs: ns, backwardNs: 0, optimizerNs: 0 });
  const medians = { forwardNs: 10, backwardNs: 0, optimizerNs: 0 };
  const svg = hoverChart({ steps: [step(10), step(10), step(10), step(5000)], medians }, CHART_COLORS.dark);
  const heights = [...svg.matchAll(/<rect x="[\d.]+" y="[\d.-]+" width="[\d.]+" height="([\d.]+)" fill/g)].map(([, h]) => Number(h)); // prettier-ignore
  assert.ok(heights[0]! > 10 && heights[3]! === 44, heights.join());
});
