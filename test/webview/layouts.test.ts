import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { occupancyWaterfall } from '../../src/analysis/occupancy-waterfall.ts';
import { idleSplit } from '../../src/analysis/idle.ts';
import { kernelStats } from '../../src/analysis/kernels.ts';
import { layerCosts } from '../../src/analysis/layers.ts';
import { ceilings } from '../../src/analysis/roofline.ts';
import { buildTracks } from '../../webview/tracks.ts';
import {
  layoutBatchChart,
  layoutLossChart,
  nextBatch,
  roundBatch,
} from '../../webview/views/advice.layout.ts';
import { factsOf } from '../../webview/facts.ts';
import { projectMemory } from '../../webview/views/memory-projection.layout.ts';
import { bufferRows, lineRows } from '../../webview/views/memory-rows.ts';
import type { HeldRow } from '../../webview/views/memory-rows.ts';
import { kernelRows } from '../../webview/views/kernels.layout.ts';
import type { KernelRow } from '../../webview/views/kernels.layout.ts';
import { comparedRows, differenceBar } from '../../webview/views/compare.layout.ts';
import { layoutDistribution } from '../../webview/views/distribution.layout.ts';
import { layerBoxAt, layoutIcicle, treeRows } from '../../webview/views/layers.layout.ts';
import { placeBuffers, stackHeight } from '../../webview/views/memory.layout.ts';
import { waterfallBars } from '../../webview/views/occupancy.layout.ts';
import { stepParts } from '../../webview/views/overview.layout.ts';
import { layoutRoofline, logShare, placeNames, ticksOf } from '../../webview/views/roofline.layout.ts';
import { layoutTimeline, rowAt } from '../../webview/views/timeline.layout.ts';
import { makeTrace } from './made-trace.ts';

const trace = makeTrace();
const tracks = buildTracks(trace).list;
const none: ReadonlySet<string> = new Set();

test('rows of the timeline do not overlap and every track of the large picture has its lanes', () => {
  const layout = layoutTimeline(tracks, {
    density: 'full',
    folded: none,
    pinned: none,
    curves: ['occupancy', 'memory'],
    available: 900,
  });
  const boxes = [...layout.rows, ...layout.curves].sort((a, b) => a.top - b.top); // prettier-ignore
  for (let i = 1; i < boxes.length; i++) assert.ok(boxes[i]!.top >= boxes[i - 1]!.top + boxes[i - 1]!.height);
  for (const track of tracks)
    assert.equal(layout.rows.filter((row) => row.track === track).length, track.lanes.length);
  assert.ok(boxes.at(-1)!.top + boxes.at(-1)!.height <= layout.height);
});

test('the compact timeline fits the height it is given', () => {
  const layout = layoutTimeline(tracks, {
    density: 'compact',
    folded: none,
    pinned: none,
    curves: ['occupancy', 'memory'],
    available: 140,
  });
  assert.ok(layout.height <= 140, `${layout.height} px`);
  assert.deepEqual(layout.heads.map(({ track }) => track.kind), ['phases', 'gpu', 'transfers']); // prettier-ignore
});

test('a panel too low for the curves leaves them out whole', () => {
  const heights = [60, 90, 110, 140].map((available) => {
    const { curves, height } = layoutTimeline(tracks, {
      density: 'compact',
      folded: none,
      pinned: none,
      curves: ['occupancy', 'memory'],
      available,
    });
    return [curves.length, height <= Math.max(available, 70)] as const;
  });
  assert.deepEqual(heights, [[0, true], [1, true], [2, true], [2, true]]); // prettier-ignore
});

test('a pinned track stands first and a folded one keeps one low row', () => {
  const options = { density: 'full', curves: [], available: 600 } as const;
  const pinned = layoutTimeline(tracks, { ...options, folded: none, pinned: new Set(['gpu-0']) });
  assert.equal(pinned.heads[0]?.track.id, 'gpu-0');
  const folded = layoutTimeline(tracks, { ...options, folded: new Set(['layers']), pinned: none });
  assert.equal(folded.rows.filter((row) => row.track.id === 'layers').length, 1);
});

test('the row under a point is found and gaps between rows are nothing', () => {
  const layout = layoutTimeline(tracks, {
    density: 'full',
    folded: none,
    pinned: none,
    curves: [],
    available: 600,
  });
  for (const row of layout.rows) assert.equal(rowAt(layout, row.top + 1), row);
  assert.equal(rowAt(layout, 0), null);
});

test('children of the icicle lie within their parent and the top level is as wide as its share', () => {
  const costs = layerCosts(trace);
  const icicle = layoutIcicle(
    costs.layers.map(({ layer, parent, total }) => ({ layer, parent, totalNs: total.totalNs })),
    costs.stepNs,
  );
  const boxOf = new Map(icicle.boxes.map((box) => [box.layer, box]));
  for (const box of icicle.boxes) {
    const parent = boxOf.get(costs.layers[box.layer]!.parent);
    if (parent) assert.ok(box.from >= parent.from - 1e-9 && box.to <= parent.to + 0.02, `layer ${box.layer}`);
    assert.equal(layerBoxAt(icicle, (box.from + box.to) / 2, box.depth), box);
  }
  const top = icicle.boxes.filter(({ depth }) => depth === 0);
  const width = top.reduce((sum, { from, to }) => sum + to - from, 0);
  assert.ok(Math.abs(width + costs.unattributed.totalNs / costs.stepNs - 1) < 0.02);
});

test('the tree lists every layer once, children right after their parent', () => {
  const rows = treeRows(layerCosts(trace).layers);
  assert.equal(rows.length, trace.layers.length);
  for (const [i, { item, depth }] of rows.entries()) {
    if (item.parent < 0) continue;
    const parentAt = rows.findLastIndex((row, at) => at < i && row.depth === depth - 1);
    assert.equal(rows[parentAt]?.item.layer, item.parent);
  }
});

test('boxes of buffers that live at the same time never overlap', () => {
  const life = fc.record({
    bornNs: fc.nat(100),
    life: fc.integer({ min: 1, max: 60 }),
    sizeBytes: fc.integer({ min: 1, max: 50 }),
    forever: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(life, { maxLength: 40 }), (lives) => {
      const boxes = placeBuffers(
        lives.map((l, buffer) => ({
          buffer,
          bornNs: l.bornNs,
          diedNs: l.forever ? Infinity : l.bornNs + l.life,
          sizeBytes: l.sizeBytes,
        })),
        200,
      );
      assert.equal(boxes.length, lives.length);
      for (const a of boxes)
        for (const b of boxes)
          if (a !== b && a.bornNs < b.diedNs && b.bornNs < a.diedNs)
            assert.ok(a.to <= b.from || b.to <= a.from, JSON.stringify([a, b]));
      assert.ok(boxes.every(({ to }) => to <= stackHeight(boxes)));
    }),
  );
});

test('the waterfall starts full, each loss hangs on the one before, and what is left is the estimate', () => {
  const lost = occupancyWaterfall(trace);
  assert.ok(lost);
  const bars = waterfallBars(lost);
  assert.equal(bars[0]?.to, 1);
  const losses = bars.filter(({ kind }) => kind === 'lost');
  for (let i = 1; i < losses.length; i++) assert.equal(losses[i]?.to, losses[i - 1]?.from);
  const residency = Object.values(lost.residency).reduce((all, part) => all + part, 0);
  const sum = lost.idle + lost.smallGrid + lost.tail + residency + lost.unknown + lost.left;
  assert.ok(Math.abs(sum - 1) < 1e-9, `parts sum to ${sum}`);
  assert.ok(lost.leftLow <= lost.left);
});

test('places that workgroups leave empty are lost to the limit that keeps them empty', () => {
  // 10,240 bytes of workgroup memory on an Ampere unit of 100 KiB: nine workgroups of 64 threads, 18 of its 48 warps.
  const on = (workgroupBytes: number, threads: number) => {
    const made = makeTrace({ meta: { adapter: { ...trace.meta.adapter!, name: 'NVIDIA GeForce RTX 3090', vendor: 'nvidia', architecture: 'ampere', software: false } } }); // prettier-ignore
    const kernels = made.kernels.map((kernel) => ({ ...kernel, workgroupBytes, workgroupSize: [threads, 1, 1] as const })); // prettier-ignore
    return occupancyWaterfall({ ...made, kernels })!;
  };
  const shared = on(10240, 64).residency;
  assert.ok(shared['workgroup memory'] > 0.2, JSON.stringify(shared));
  assert.deepEqual([shared.threads, shared.registers, shared['idle lanes']], [0, 0, 0]);
  const few = on(0, 32).residency;
  assert.ok(few.workgroups > 0.2 && few['workgroup memory'] === 0, JSON.stringify(few));
  assert.ok(on(0, 1024).residency.threads > 0.05);
});

test('the parts of a step are the whole step', () => {
  const parts = stepParts(kernelStats(trace), idleSplit(trace));
  const sum = parts.reduce((total, { share }) => total + share, 0);
  assert.ok(sum > 0.97 && sum <= 1.0001, `parts sum to ${sum}`);
  assert.ok(parts.some(({ of }) => of.kind === 'idle'));
});

test('batches lie on a scale of doublings and the highest throughput touches the top', () => {
  const points = [8, 16, 64].map((batch) => ({
    batch,
    samplesPerSecond: batch * 10,
    peakBytes: batch,
    basis: 'estimated' as const,
  }));
  const chart = layoutBatchChart(points, 300, 100);
  assert.deepEqual(chart.points.map(({ x }) => Math.round(x)), [0, 100, 300]); // prettier-ignore
  assert.equal(chart.points[2]?.y, 0);
  for (const { batch, x } of chart.points) {
    assert.ok(Math.abs(chart.xOf(batch) - x) < 1e-9);
    assert.equal(chart.batchAt(x), batch);
  }
  assert.equal(chart.batchAt(-50), chart.points[0]?.batch);
  assert.equal(chart.batchAt(9999), chart.points.at(-1)?.batch);
});

test('kernels under the roof lie within the picture and none above the ceiling it set itself', () => {
  const kernels = kernelStats(trace);
  const limits = ceilings(
    trace,
    kernels.map(({ flops, bytesMoved, meanNs }) => ({ flops, bytesMoved, durationNs: meanNs })),
  );
  const layout = layoutRoofline(
    kernels.map(({ kernel, roofline, flopsPerSecond, totalNs }) => ({
      kernel,
      intensity: roofline.intensity,
      flopsPerSecond,
      totalNs,
    })),
    limits,
    600,
    300,
  );
  assert.equal(limits.basis, 'observed');
  const top = logShare(limits.flops, layout.yAxis) * 300;
  for (const { x, y } of layout.points)
    assert.ok(x >= 0 && x <= 600 && y >= 300 - top - 1e-6 && y <= 300, `${x}, ${y}`);
  assert.deepEqual(ticksOf({ from: 0.1, to: 100 }).map((tick) => Math.log10(tick).toFixed(0)), ['-1', '0', '1', '2']); // prettier-ignore
});

test('names under the roof cover no circle, no text and no other name; the largest and the chosen come first', () => {
  // Fifteen kernels in a corner, as on a device that memory bounds; the smallest is chosen.
  const points = Array.from({ length: 15 }, (_, i) => ({ kernel: i, x: 60 + (i % 5) * 45, leastX: NaN, y: 60 + Math.floor(i / 5) * 30, radius: 15 - i })); // prettier-ignore
  const roof = { left: 0, right: 200, top: 0, bottom: 14 };
  const at = { width: 400, height: 200, taken: [roof] };
  const boxOf = ({ name, x, y }: { name: string; x: number; y: number }) => ({ left: x, right: x + name.length * 6, top: y - 10, bottom: y + 3 }); // prettier-ignore
  const nameOf = (kernel: number) => `kernel-${'x'.repeat(kernel % 4)}${kernel}`;
  const names = placeNames(points, nameOf, { ...at, chosen: 14 });
  assert.ok(names.length >= 3 && names.length < points.length, `${names.length} names`);
  assert.equal(names[0]?.kernel, 14);
  assert.equal(placeNames(points.slice(0, 1), nameOf, { ...at, chosen: null })[0]?.kernel, 0);
  const others = [roof, ...points.map(({ x, y, radius }) => ({ left: x - radius, right: x + radius, top: y - radius, bottom: y + radius }))]; // prettier-ignore
  for (const [i, each] of names.entries()) {
    const a = boxOf(each);
    for (const b of [...others, ...names.slice(0, i).map(boxOf)])
      assert.ok(a.left >= b.right || b.left >= a.right || a.top >= b.bottom || b.top >= a.bottom, each.name);
    assert.ok(a.left >= 0 && a.right <= at.width && a.top >= 0 && a.bottom <= at.height, each.name);
  }
});

test('a comparison names what is new, gone, faster, slower and the same', () => {
  const rows = comparedRows([
    { name: 'a', before: 100, after: 80, interval: { low: 0.7, high: 0.9 } },
    { name: 'b', before: 100, after: 130, interval: { low: 1.2, high: 1.4 } },
    { name: 'c', before: 100, after: 102, interval: { low: 1.01, high: 1.03 } },
    { name: 'd', before: null, after: 5, interval: null },
    { name: 'e', before: 5, after: null, interval: null },
    { name: 'f', before: 0, after: 0, interval: null },
    { name: 'g', before: 10, after: 13, interval: { low: 0.8, high: 2 } },
    { name: 'h', before: 10, after: 13, interval: null },
  ]);
  assert.deepEqual(rows.map(({ outcome }) => outcome), ['faster', 'slower', 'same', 'new', 'gone', 'not certain', 'not certain']); // prettier-ignore
  assert.equal(differenceBar(-20, rows), -20 / 30);
});

test('the dots of a kernel stand for all of its dispatches and lie within the box', () => {
  const at = Array.from({ length: 500 }, (_, i) => i * 10);
  const { dots, lowNs, highNs } = layoutDistribution(at, at.map((_, i) => (i % 2 ? 100 : 50)), 300, 56); // prettier-ignore
  assert.deepEqual([lowNs, highNs], [50, 100]);
  assert.ok(
    dots.every(({ x, y, weight }) => x > 0 && x < 300 && y > 0 && y < 56 && weight > 0 && weight <= 1),
  );
  assert.equal(new Set(dots.map(({ y }) => y)).size, 2, 'two speeds, two lines');
});

test('a batch projection stands where the device is full, and this run is on it', () => {
  const line = { leastBytes: 0, fixedBytes: 1e9, perSampleBytes: 1e7, largestPerSample: 1e6 };
  const limited = projectMemory(line, 64, 8e9, 100, 50);
  assert.equal(limited.fits, 700);
  assert.ok(limited.limitY !== null && limited.limitY >= 0 && limited.limitY < limited.now.y);
  assert.ok(limited.points.some(({ batch }) => batch === 64));
  // One doubling beyond what fits, and no more.
  assert.equal(limited.points.filter(({ bytes }) => bytes > 8e9).length, 1);
  const free = projectMemory(line, 64, null, 100, 50);
  assert.equal(free.limitY, null);
  assert.equal(free.fits, null);
});

test('kernels grouped by operation, layer or shape keep all dispatches and all of their time', () => {
  const trace = makeTrace({ steps: 6 });
  const sum = (rows: readonly KernelRow[]) =>
    rows.reduce((sums, row) => [sums[0]! + row.count, sums[1]! + row.totalNs], [0, 0]);
  const kernels = kernelRows(trace, 'kernel');
  for (const by of ['operation', 'layer', 'shape'] as const) {
    const rows = kernelRows(trace, by);
    assert.equal(sum(rows)[0], sum(kernels)[0]);
    assert.ok(Math.abs(sum(rows)[1]! - sum(kernels)[1]!) < 1);
    assert.equal(new Set(rows.map(({ key }) => key)).size, rows.length);
  }
  assert.ok(kernelRows(trace, 'shape').length >= kernels.length);
});

test('buffers listed by line hold the same bytes as buffers listed one by one', () => {
  const facts = factsOf(makeTrace({ steps: 4 }));
  const buffers = bufferRows(facts, null);
  const lines = lineRows(buffers);
  assert.ok(lines.length < buffers.length);
  const bytes = (rows: readonly HeldRow[]) => rows.reduce((total, row) => total + row.bytes, 0);
  assert.equal(bytes(lines), bytes(buffers));
  assert.equal(bytes(buffers), facts.peak().bytes);
});

test('a dragged batch is a round number, and keys go from one round number to the next and back', () => {
  assert.deepEqual([1.2, 7.4, 33.1, 70, 1000].map(roundBatch), [1, 7, 32, 72, 1024]);
  for (const batch of [1, 8, 15, 16, 60, 64, 128]) assert.equal(nextBatch(nextBatch(batch, 1), -1), batch);
  assert.equal(nextBatch(1, -1), 1);
});

test('two loss curves lie on one pair of scales, over the rows that each has seen', () => {
  const before = [10, 20, 30].map((rows) => ({ rows, loss: 3 - rows / 20 }));
  const after = [20, 40, 60].map((rows) => ({ rows, loss: rows === 40 ? NaN : 3 - rows / 40 }));
  const chart = layoutLossChart({ before, after }, 300, 100);
  assert.equal(chart.rows, 60);
  assert.deepEqual(chart.before.at(-1), [150, 100]);
  assert.deepEqual(chart.after.length, 2);
  assert.deepEqual([chart.least, chart.most], [1.5, 2.5]);
});
