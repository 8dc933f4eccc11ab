import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { DISPATCH_FLAGS, PHASES, ROLES } from '../../src/trace/model.ts';
import { createTrials } from '../../src/run/trials.ts';
import { idleSplit } from '../../src/analysis/idle.ts';
import { suggestionsFor } from '../../src/suggest/rules/index.ts';
import { NO_SOURCE } from '../../src/suggest/source-finder.ts';
import { adapterForTests, fixture, programs, runFixture } from './run-fixture.ts';

const lines = readFileSync(fixture('train.ts'), 'utf8').split('\n');
const lineOf = (text: string): number => lines.findIndex((line) => line.includes(text)) + 1;

test('a batch that is waited for without work is a wait for data, not for the script', async () => {
  const { trace, stderr } = await runFixture('waits-for-data.ts');
  assert.equal(trace.meta.status, 'ok', stderr);
  const { windowNs, byCause } = idleSplit(trace);
  assert.ok(
    byCause.data > 0.5 * windowNs,
    `data ${byCause.data / windowNs}, host ${byCause.host / windowNs}`,
  );
  const said = suggestionsFor(trace, NO_SOURCE).map(({ rule }) => rule);
  assert.ok(said.includes('input-bound') && !said.includes('batch-size'), said.join(' '));
});

test('a training with the own library: steps, layers on their lines, phases, losses, roles', async () => {
  const { trace, stderr } = await runFixture('train.ts');
  assert.equal(trace.meta.status, 'ok', stderr);
  const { steps, dispatches, launches, buffers, deaths, phases, slices } = trace.tables;
  assert.equal(steps.length, 24);
  const losses = [...steps.loss];
  for (let i = 0; i < 24; i++) assert.equal(Number.isFinite(losses[i]), i % 4 === 0, `loss of step ${i}`);
  assert.ok((losses[20] as number) < (losses[0] as number));

  const layerLines = new Map(trace.layers.map((layer) => [layer.path, trace.locations[layer.location]]));
  assert.equal(layerLines.get('0')?.line, lineOf('nn.Linear(64, 32)'));
  assert.equal(layerLines.get('2')?.line, lineOf('nn.Linear(32, 10)'));
  assert.ok([...layerLines.values()].every((place) => place?.file === fixture('train.ts')));

  // Every dispatch of a step has a line of the script, and every phase of training is there.
  const seen = new Set<string>();
  for (let i = 0; i < dispatches.length; i++) {
    if ((dispatches.step[i] as number) < 0) continue;
    const launch = dispatches.launch[i] as number;
    seen.add(PHASES[launches.phase[launch] as number] ?? '');
    assert.equal(trace.locations[launches.location[launch] as number]?.file, fixture('train.ts'));
  }
  for (const phase of ['forward', 'backward', 'optimizer'])
    assert.ok(seen.has(phase), `${phase} in ${[...seen].join(' ')}`);
  assert.ok(phases.length > 24 && slices.length > 24);
  const roles = new Set([...buffers.role].map((role) => ROLES[role]));
  for (const role of ['parameter', 'gradient', 'optimizer-state', 'activation'] as const)
    assert.ok(roles.has(role), `${role} in ${[...roles].join(' ')}`);
  assert.ok(deaths.length > 0);

  // The first layer forward: [16, 64] by [64, 32].
  const { sizes } = trace.tables;
  const products = new Map<number, Record<string, number>>();
  for (let i = 0; i < sizes.length; i++) {
    const of = products.get(sizes.launch[i] as number) ?? {};
    products.set(sizes.launch[i] as number, of);
    of[trace.strings[sizes.name[i] as number] ?? ''] = sizes.value[i] as number;
  }
  const first = [...products.values()].find(({ m, n, k }) => m === 16 && n === 32 && k === 64);
  assert.ok(first && first['batch'] === 1 && (first['tileM'] ?? 0) > 0 && (first['tileN'] ?? 0) > 0);
});

test('optimizers in turn make one step of each round, unless the script says what a step is', async () => {
  const stepsOf = async (...args: string[]) => {
    const { trace, stderr } = await runFixture('two-optimizers.ts', { args });
    assert.equal(trace.meta.status, 'ok', stderr);
    const { steps, dispatches, launches } = trace.tables;
    const updates = Array.from(steps.index, (index) => {
      const of = [...dispatches.launch].filter((_, i) => dispatches.step[i] === index);
      return of.filter((launch) => PHASES[launches.phase[launch] as number] === 'optimizer').length;
    });
    return updates;
  };
  assert.deepEqual(await stepsOf('found'), Array<number>(12).fill(2));
  // Three updates of the critic a round: each begins a step, and the generator's goes with the last.
  const three = await stepsOf('found', '3');
  assert.deepEqual([three.length, ...three.slice(-3)], [36, 1, 1, 2]);
  assert.deepEqual(await stepsOf('told'), Array<number>(6).fill(4));
});

test('the GPU times of a timed step lie within the step, and steps follow each other', async () => {
  const { trace } = await runFixture('train.ts', { mode: 'exact' });
  const { steps, dispatches } = trace.tables;
  for (let i = 1; i < steps.length; i++)
    assert.ok((steps.startNs[i] as number) >= (steps.endNs[i - 1] as number));
  for (let i = 0; i < dispatches.length; i++) {
    const step = dispatches.step[i] as number;
    if (step < 1 || !((dispatches.flags[i] as number) & DISPATCH_FLAGS.timed)) continue;
    assert.ok(
      (dispatches.startNs[i] as number) >= (steps.startNs[step] as number),
      `dispatch ${i} of step ${step}`,
    );
    assert.ok(
      (dispatches.endNs[i] as number) <= (steps.endNs[step] as number),
      `dispatch ${i} of step ${step}`,
    );
  }
});

test('a trial runs an edit and gives steady step times, losses and memory', async () => {
  const adapter = await adapterForTests();
  const trials = createTrials({
    script: fixture('train.ts'),
    steps: 12,
    timeoutMs: 60_000,
    adapter,
    programs,
  });
  const text = readFileSync(fixture('train.ts'), 'utf8');
  const start = text.indexOf('16;');
  const edit = { file: fixture('train.ts'), start, end: start + 2, oldText: '16', newText: '64' };
  const [plain, edited] = await Promise.all([trials.run(null), trials.run(edit)]);
  for (const result of [plain, edited]) {
    assert.ok(result.stepMs.length >= 6 && result.stepMs.every((ms) => ms > 0));
    assert.ok(result.losses.length >= 2);
  }
  assert.ok(edited.peakBytes > plain.peakBytes, 'a larger batch needs more memory');
});

test('runs of their own tell every loss, the kernels of a step, and how noisy the gradients are', async () => {
  const adapter = await adapterForTests();
  const script = fixture('train.ts');
  const trials = createTrials({ script, steps: 12, timeoutMs: 60_000, adapter, programs });
  const losses = (await trials.losses?.(null)) ?? [];
  // The last readings may not arrive before the process ends at its step limit.
  assert.ok(losses.length >= 9 && losses.every(({ rows, loss }, i) => rows === i + 1 && loss > 0));
  const kernels = (await trials.kernels?.(null)) ?? [];
  assert.ok(
    kernels.length >= 5 && kernels.every(({ ns, perStep, waves }) => ns > 0 && perStep > 0 && waves > 0),
  );
  assert.equal(new Set(kernels.map(({ key }) => key)).size, kernels.length);
  // A script without a loader does not tell the rows of its batches, and a noise scale is counted in rows.
  assert.equal(await trials.gradientNoise?.(), null);
  const example = createTrials({
    script: path.resolve('examples/mnist-mlp.ts'),
    steps: 12,
    timeoutMs: 60_000,
    adapter,
    programs,
  });
  const noise = await example.gradientNoise?.();
  assert.ok(noise && noise.batch === 64 && noise.low <= noise.rows && noise.rows <= noise.high);
  assert.ok(noise.rows > 5 && noise.rows < 5000, String(noise.rows));
});

test('a trial of a script that fails says why', async () => {
  const adapter = await adapterForTests();
  const trials = createTrials({
    script: fixture('throws.ts'),
    steps: 5,
    timeoutMs: 60_000,
    adapter,
    programs,
  });
  await assert.rejects(
    trials.run(null),
    /the trial failed: RangeError: size 7 is too large .*throws\.ts:\d+/,
  );
});
