import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { idleSplit, IDLE_CAUSES } from '../../src/analysis/idle.ts';
import { PHASES } from '../../src/trace/model.ts';
import { sumArea } from '../../webview/area-sums.ts';
import { factsOf } from '../../webview/facts.ts';
import { makeTrace } from './made-trace.ts';

const trace = makeTrace({ steps: 8 });
const facts = factsOf(trace);
const [start, end] = facts.extent();

test('every aggregate of a chosen stretch equals a sum over all rows of the trace', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(share, share, (a, b) => {
      const from = start + Math.min(a, b) * (end - start);
      const to = start + Math.max(a, b) * (end - start);
      const sums = sumArea(facts, [from, to]);
      const { dispatches, launches } = trace.tables;
      const kernels = new Float64Array(trace.kernels.length);
      const layers = new Float64Array(trace.layers.length + 1);
      const phases = new Float64Array(PHASES.length);
      let gpu = 0;
      for (let i = 0; i < dispatches.length; i++) {
        const ns = Math.min(dispatches.endNs[i]!, to) - Math.max(dispatches.startNs[i]!, from);
        if (!(ns > 0)) continue;
        const launch = dispatches.launch[i]!;
        kernels[launches.kernel[launch]!]! += ns;
        const layer = launches.layer[launch]!;
        layers[layer < 0 ? trace.layers.length : layer]! += ns;
        phases[launches.phase[launch]!]! += ns;
        gpu += ns;
      }
      const idle = new Float64Array(IDLE_CAUSES.length);
      for (const gap of idleSplit(trace).gaps)
        idle[IDLE_CAUSES.indexOf(gap.cause)]! += Math.max(
          0,
          Math.min(gap.endNs, to) - Math.max(gap.startNs, from),
        );
      close(sums.kernelNs, kernels, 'kernels');
      close(sums.layerNs, layers, 'layers');
      close(sums.phaseNs, phases, 'phases');
      close(sums.idleNs, idle, 'idle');
      assert.ok(Math.abs(sums.gpuNs - gpu) < 1, 'all kernels');
    }),
  );
});

function close(actual: Float64Array, expected: Float64Array, what: string): void {
  expected.forEach((value, i) =>
    assert.ok(Math.abs((actual[i] as number) - value) < 1, `${what}[${i}]: ${actual[i]} against ${value}`),
  );
}
