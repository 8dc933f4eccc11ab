import assert from 'node:assert/strict';
import { test } from 'node:test';
import { otherProgramsShare, processorUse } from '../../src/analysis/processor-use.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import type { Trace } from '../../src/trace/model.ts';
import { PROCESSOR_SERIES } from '../../src/trace/series-names.ts';
import { RTX_4090, sampleTrace } from '../support/sample-trace.ts';

/** Samples at the given seconds, `[at, own, others]`. */
function traceWith(samples: readonly (readonly [number, number, number])[], withOthers = true): Trace {
  const builder = new TraceBuilder();
  const track = builder.add('tracks', { name: 'process', kind: 'other', group: 'script' });
  const own = builder.add('series', { name: PROCESSOR_SERIES.own, unit: 'count', track });
  const others = builder.add('series', { name: PROCESSOR_SERIES.others, unit: 'count', track });
  for (const [at, ownCores, otherCores] of samples) {
    builder.row('samples', { series: own, atNs: at * 1e9, value: ownCores });
    if (withOthers) builder.row('samples', { series: others, atNs: at * 1e9, value: otherCores });
  }
  return builder.build();
}

test('cores in use are means over the part asked for, each sample weighing its time within the part', () => {
  const trace = traceWith([
    [0.25, 0.5, 1.5],
    [0.5, 1, 0],
    [0.75, 2, 0],
    [1.5, 1, 1],
    [1.75, 9, 9],
    [2, 0, 0],
  ]);
  const use = processorUse(trace, 0.6e9, 1.6e9);
  assert.ok(use && Math.abs(use.ownCores - (0.15 * 2 + 0.75 * 1 + 0.1 * 9)) < 1e-9, String(use?.ownCores));
  assert.ok(Math.abs(use.otherCores - (0.75 * 1 + 0.1 * 9)) < 1e-9);
});

test('a part that samples cover by less than half is not told of, and a trace without the series tells nothing', () => {
  const samples = [
    [0.25, 1, 0],
    [0.5, 1, 0],
    [0.75, 1, 0],
  ] as const;
  assert.equal(processorUse(traceWith(samples), 0.6e9, 1e9), null);
  // However seldom they come.
  assert.equal(processorUse(traceWith([[0.25, 1, 0], [3, 0.5, 1.5]]), 1e9, 2e9)?.otherCores, 1.5); // prettier-ignore
  assert.equal(processorUse(traceWith(samples, false), 0, 1e9), null);
  assert.equal(processorUse(new TraceBuilder().build(), 0, 1e9), null);
});

test('what other programs had while the steps ran is told of a software adapter only', () => {
  assert.equal(otherProgramsShare(sampleTrace({ otherCores: 0.5 })), 0.25, '0.5 of 2 cores');
  assert.equal(otherProgramsShare(sampleTrace()), 0, 'a run that did not tell');
  assert.equal(otherProgramsShare(sampleTrace({ otherCores: 0.5, adapter: RTX_4090 })), 0);
});
