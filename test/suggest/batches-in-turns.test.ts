import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../src/base/random.ts';
import { median } from '../../src/base/stats.ts';
import { measuredBatch } from '../../src/suggest/batch-fit.ts';
import { batchesInTurns, withoutDrift } from '../../src/suggest/batches-in-turns.ts';
import { measureBatches } from '../../src/suggest/measure-batches.ts';
import type { Edit, TrialResult, Trials } from '../../src/suggest/suggestion.ts';
import { sweep } from '../../src/suggest/sweep.ts';

const editTo = (batch: number): Edit => ({
  file: '/a.ts',
  start: 0,
  end: 1,
  oldText: '8',
  newText: String(batch),
});
const batchOf = (edit: Edit | null): number => Number(edit?.newText ?? 8);

/** A script whose step takes 2 ms and 0.1 ms a row, on a machine that slows down by half from round to round and back. */
function machine({ room = Infinity, failsAbove = Infinity, msOf = (batch: number) => 2 + 0.1 * batch } = {}) {
  const ran: string[] = [];
  const stepMs = (edit: Edit | null): number => msOf(batchOf(edit));
  const resultOf = (edit: Edit | null, stepsMs: number[]): TrialResult => {
    if (batchOf(edit) > failsAbove) throw new Error('out of memory');
    const [samplesPerStep, peakBytes] = [batchOf(edit), 1e6 + 1e4 * batchOf(edit)];
    return { stepMs: stepsMs, samplesPerStep, peakBytes, losses: [] };
  };
  const trials: Trials = {
    run: async (edit) => {
      ran.push(String(batchOf(edit)));
      return resultOf(edit, Array<number>(9).fill(stepMs(edit)));
    },
    inTurns: async (edits, _signal, onShare) => {
      ran.push(edits.map(batchOf).join('+'));
      if (edits.reduce((total, edit) => total + batchOf(edit), 0) > room) throw new Error('no room');
      const rounds = Array.from({ length: 8 }, (_, round) => {
        onShare?.((round + 1) / 8);
        const slow = 1 + 0.5 * Math.sin(round);
        return edits.map((edit) => slow * stepMs(edit));
      });
      const roundOfStep = edits.map(() => rounds.map((_, round) => round));
      return { results: edits.map((edit, i) => resultOf(edit, rounds.map((steps) => steps[i]!))), rounds, roundOfStep }; // prettier-ignore
    },
  };
  return { trials, ran };
}

test('what slows a round down slows none of its batches more than the others', async () => {
  const made = await batchesInTurns(machine().trials, [8, 64].map(editTo));
  const [small, large] = made!.map(({ stepMs }) => stepMs);
  for (const [round, ms] of small!.entries()) assert.ok(Math.abs(large![round]! / ms - 8.4 / 2.8) < 1e-12);
  // Not of the drift either: all rounds are at one level.
  assert.ok(Math.max(...small!) / Math.min(...small!) - 1 < 1e-12);
});

test('its steps are as near to the truth as windows allow, beside load that steps of their own would take for batches', () => {
  const random = seededRandom(5);
  const errors = { turns: [] as number[], alone: [] as number[] };
  for (let i = 0; i < 200; i++) {
    // Load drifts from round to round; each window has some noise of its own.
    let load = 1;
    const rounds = Array.from({ length: 12 }, () => {
      load = Math.max(1, load + 0.4 * (random() - 0.5));
      return [10, 20, 40].map((ms) => ms * load * (1 + 0.06 * (random() - 0.5)));
    });
    const results = [0, 1, 2].map((at) => ({
      stepMs: rounds.map((steps) => steps[at]!),
      samplesPerStep: at,
      peakBytes: 1,
      losses: [],
    }));
    const off = (steps: readonly TrialResult[]): number => {
      const [a, , c] = steps.map((result) => measuredBatch([result]).stepNs) as [number, number, number];
      return Math.abs(c / a / 4 - 1);
    };
    const roundOfStep = results.map(({ stepMs }) => stepMs.map((_, round) => round));
    errors.turns.push(off(withoutDrift({ results, rounds, roundOfStep })));
    // One after the other: each batch has another part of the same hour.
    const alone = results.map((result, at) => ({
      ...result,
      stepMs: result.stepMs.slice(4 * at, 4 * at + 4),
    }));
    errors.alone.push(off(alone));
  }
  assert.ok(median(errors.turns) < 0.01 && median(errors.alone) > 0.05, `${median(errors.turns)} ${median(errors.alone)}`); // prettier-ignore
});

test('the curve of a batch is measured in turns: the batch as it is tells the others', async () => {
  const { trials, ran } = machine();
  const progress: string[] = [];
  const { measured, memory, limit } = await measureBatches(editTo(64), trials, {
    onProgress: (text) => progress.push(text),
  });
  assert.deepEqual(ran, ['8', '8+16+32']);
  assert.deepEqual(measured.map(({ batch }) => batch), [8, 16, 32]); // prettier-ignore
  assert.ok(Math.abs(measured[2]!.stepNs / measured[0]!.stepNs - 5.2 / 2.8) < 1e-12);
  assert.equal(limit, null);
  assert.deepEqual(memory, []);
  assert.equal(progress.at(-1), 'measuring batches of 8, 16 and 32 in turns: 100 %');
});

test('where they show a floor, eight times the batch is measured with them', async () => {
  const { trials, ran } = machine({ msOf: (batch) => Math.max(4, batch / 4) });
  const { measured } = await measureBatches(editTo(64), trials, {});
  assert.deepEqual(ran, ['8', '8+16+32', '8+16+32+64']);
  assert.equal(measured.length, 4);
});

test('without room for all at once, or with one that fails, they run one after the other', async () => {
  const cramped = machine({ room: 40 });
  const alone = await measureBatches(editTo(64), cramped.trials, {});
  assert.deepEqual(cramped.ran, ['8', '8+16+32', '16', '32']);
  assert.equal(alone.measured.length, 3);
  const failing = machine({ failsAbove: 16 });
  const { measured, limit } = await measureBatches(editTo(64), failing.trials, {});
  assert.equal(measured.length, 2);
  assert.match(limit ?? '', /a batch of 32 does not run: out of memory/);
});

test('a sweep runs in turns; a batch that fails by itself is left out, and the others still run in turns', async () => {
  const { trials, ran } = machine({ failsAbove: 64 });
  const done: string[] = [];
  const { points, failures, knee } = await sweep(trials, [16, 32, 64, 128], editTo, {
    onProgress: ({ batches, done: trial, of }) => done.push(`${batches.join(' ')}: ${trial}/${of}`),
  });
  assert.deepEqual(ran, ['16+32+64+128', '128', '16+32+64', '16+32+64']);
  assert.deepEqual(failures, [{ batch: 128, reason: 'out of memory' }]);
  assert.deepEqual(points.map(({ batch }) => batch), [16, 32, 64]); // prettier-ignore
  const [first, , last] = points;
  assert.ok(Math.abs(last!.samplesPerSecond / first!.samplesPerSecond / ((64 / 8.4) / (16 / 3.6)) - 1) < 1e-12); // prettier-ignore
  assert.equal(knee, 64);
  assert.equal(done.at(-1), '16 32 64: 6/6');
});

test('a sweep without room for all runs one after the other', async () => {
  const { trials, ran } = machine({ room: 100 });
  const { points, failures } = await sweep(trials, [16, 32, 64], editTo, {});
  assert.deepEqual(ran, ['16+32+64', '64', '16', '32', '64', '64', '32', '16']);
  assert.equal(points.length, 3);
  assert.deepEqual(failures, []);
});

test('an abort ends a measurement in turns instead of beginning another way', async () => {
  const controller = new AbortController();
  const { trials, ran } = machine();
  const stopped: Trials = {
    ...trials,
    inTurns: async () => {
      controller.abort();
      throw controller.signal.reason;
    },
  };
  const { signal } = controller;
  await assert.rejects(sweep(stopped, [16, 32], editTo, { signal }), { name: 'AbortError' });
  await assert.rejects(measureBatches(editTo(64), stopped, { signal }), { name: 'AbortError' });
  assert.deepEqual(ran, []);
});
