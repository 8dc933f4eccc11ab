import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepEnergy } from '../../src/analysis/energy.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import type { SeriesInfo, Trace } from '../../src/trace/model.ts';
import { STEP_FLAGS } from '../../src/trace/model.ts';

/** Eleven steps of 100 ms from 1 s on, the first of them warm-up, and a sample of each quarter of a second from 0 to 3 s. */
function traceWith(curves: Partial<Record<SeriesInfo['unit'], (second: number) => number>>): Trace {
  const builder = new TraceBuilder();
  const track = builder.add('tracks', { name: 'GPU', kind: 'other', group: 'system' });
  for (const [unit, value] of Object.entries(curves)) {
    const series = builder.add('series', { name: unit, unit: unit as SeriesInfo['unit'], track });
    for (let t = 0; t <= 3; t += 0.25) builder.row('samples', { series, atNs: t * 1e9, value: value(t) });
  }
  for (let i = 0; i < 11; i++)
    builder.row('steps', {
      index: i,
      startNs: 1e9 + i * 1e8,
      endNs: 1e9 + (i + 1) * 1e8,
      flags: i === 0 ? STEP_FLAGS.warmup : 0,
      loss: NaN,
      samples: NaN,
    });
  return builder.build();
}

test('a counter gives joules a step, and an error of what it rises between two looks', () => {
  const energy = stepEnergy(traceWith({ joules: (t) => 80 * t, watts: () => 1e6 }));
  assert.equal(energy?.method, 'counter');
  assert.equal(energy?.steps, 10);
  assert.ok(Math.abs((energy?.joules ?? 0) - 8) < 1e-9);
  assert.ok(Math.abs((energy?.errorJoules ?? 0) - 4) < 1e-9);
});

test('power alone is integrated, and its swing bounds the error', () => {
  const steady = stepEnergy(traceWith({ watts: () => 80 }));
  assert.equal(steady?.method, 'integrated power');
  assert.ok(Math.abs((steady?.joules ?? 0) - 8) < 1e-9);
  const swinging = stepEnergy(traceWith({ watts: (t) => (t < 1.5 ? 60 : 100) }));
  assert.ok((swinging?.errorJoules ?? 0) >= 8);
});

test('where nothing measured it there is no energy', () => {
  assert.equal(stepEnergy(traceWith({ share: () => 1 })), null);
  assert.equal(stepEnergy(traceWith({ joules: (t) => (t < 1.2 ? 80 * t : NaN) })), null);
});
