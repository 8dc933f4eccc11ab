import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Choices, type Question } from '../../src/gpu/choices.ts';
import { fileStore, type ChoiceStore } from '../../src/gpu/choice-store.ts';
import { openEngine } from '../../src/gpu/engine.ts';
import type { DeviceFacts } from '../../src/gpu/facts.ts';
import { conv2d } from '../../src/ops/conv2d.ts';
import { gemm, planGemm } from '../../src/ops/gemm.ts';

const trial: Question['trial'] = () => {
  throw new Error('not asked for here');
};
const ask =
  (...candidates: string[]) =>
  () => ({ candidates, trial });

function memory(): ChoiceStore & { winners: Record<string, string> } {
  const winners: Record<string, string> = {};
  return { winners, load: () => ({ ...winners }), save: (more) => void Object.assign(winners, more) };
}

/** Times by candidate, and a count of how often each was measured. */
function clock(times: Record<string, number>): {
  counts: Record<string, number>;
  measure: (question: Question, candidate: string) => Promise<number>;
} {
  const counts: Record<string, number> = {};
  return {
    counts,
    measure: (_question, candidate) => {
      counts[candidate] = (counts[candidate] ?? 0) + 1;
      return Promise.resolve(times[candidate] as number);
    },
  };
}

test('an unknown question takes the first candidate, and the winner of its trial from then on', async () => {
  const store = memory();
  const choices = new Choices(store, { trials: true });
  const all = ask('a', 'b', 'c', 'd');
  assert.equal(choices.pick('gemm', 'k', all), 'a');
  const { measure, counts } = clock({ a: 60, b: 50, c: 200, d: 2000 });
  await choices.decide(measure);
  assert.equal(choices.pick('gemm', 'k', all), 'b');
  assert.deepEqual(counts, { a: 5, b: 5, c: 2, d: 1 }, 'the slower, the sooner it is given up');
  assert.deepEqual(store.winners, { k: 'b' });
  assert.equal(new Choices(store, { trials: true }).pick('gemm', 'k', all), 'b', 'the next process knows');
});

test('a hiccup of the machine does not decide: candidates take turns, and the least time of each counts', async () => {
  const choices = new Choices(memory(), { trials: true });
  choices.pick('gemm', 'k', ask('a', 'b'));
  const hiccups: Record<string, number[]> = { a: [100, 100, 900, 100, 100], b: [700, 50, 50, 600, 50] };
  const order: string[] = [];
  await choices.decide((_question, candidate) => {
    order.push(candidate);
    return Promise.resolve(hiccups[candidate]?.shift() ?? NaN);
  });
  assert.equal(choices.pick('gemm', 'k', ask('a', 'b')), 'b');
  assert.equal(order.slice(0, 4).join(''), 'abab');
});

test('where the clock tells nothing, the first candidate stays and is not remembered as a winner', async () => {
  const store = memory();
  const choices = new Choices(store, { trials: true });
  choices.pick('gemm', 'k', ask('a', 'b'));
  await choices.decide(() => Promise.resolve(NaN));
  assert.equal(choices.pick('gemm', 'k', ask('a', 'b')), 'a');
  assert.equal(choices.hasOpen, false);
  assert.deepEqual(store.winners, {});
});

test('a difference within the noise keeps the earlier candidate', async () => {
  const choices = new Choices(memory(), { trials: true });
  choices.pick('gemm', 'k', ask('a', 'b'));
  await choices.decide(clock({ a: 100, b: 95 }).measure);
  assert.equal(choices.pick('gemm', 'k', ask('a', 'b')), 'a');
});

test('what the user says is taken, and without trials the first candidate stays', async () => {
  assert.equal(
    new Choices(memory(), { trials: true, forced: { gemm: 'naive' } }).pick('gemm', 'k', ask('a', 'b')),
    'naive',
  );
  const still = new Choices(memory(), { trials: false });
  assert.equal(still.pick('gemm', 'k', ask('a', 'b')), 'a');
  assert.equal(still.hasOpen, false);
});

test('winners are kept on disk by device, and a damaged file is no error', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-choices-'));
  try {
    const facts = {
      vendor: 'v',
      architecture: 'a',
      device: 'd',
      description: 'driver 1',
      subgroupSize: 32,
    } as DeviceFacts;
    fileStore(facts, folder).save({ 'gemm nn': 'x' });
    fileStore({ ...facts, description: 'driver 2' }, folder).save({ 'gemm nn': 'y' });
    fileStore(facts, folder).save({ 'gemm nt': 'z' });
    assert.deepEqual(fileStore(facts, folder).load(), { 'gemm nn': 'x', 'gemm nt': 'z' });
    const file = path.join(folder, 'algorithms.json');
    assert.equal(Object.keys(JSON.parse(readFileSync(file, 'utf8'))).length, 2);
    rmSync(file);
    assert.deepEqual(fileStore(facts, folder).load(), {});
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a real trial finds the faster of two algorithms, and later launches use it', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-choices-'));
  process.env['KERNELSCOPE_CACHE'] = folder;
  try {
    const engine = await openEngine({ trials: true });
    const [m, n, k] = [128, 128, 128];
    const fast = engine.facts.subgroupSize === null ? 'tile-8x8-4x4k8' : 'uni-m16x4u4';
    const question = (): Omit<Question, 'key'> => ({
      candidates: ['naive', fast],
      trial: (candidate) => ({
        arrayBytes: [4 * m * k, 4 * k * n, 4 * m * n],
        run: (arrays) =>
          engine.launch(
            engine.plan(planGemm, candidate, 'f32', m, n, k, 1, false, false, 0, 0, 'none', false),
            arrays,
          ),
      }),
    });
    assert.equal(engine.choose('gemm', 'test', question), 'naive');
    await engine.settleChoices();
    assert.equal(engine.choose('gemm', 'test', question), fast);
    engine.dispose();
  } finally {
    delete process.env['KERNELSCOPE_CACHE'];
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a trial goes through whole passes of a convolution, of several kernels too', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-choices-'));
  process.env['KERNELSCOPE_CACHE'] = folder;
  try {
    const engine = await openEngine({ trials: true });
    const [x, weight] = [engine.zeros([8, 32, 22, 22]), engine.zeros([64, 32, 3, 3])];
    const run = (): void => {
      const { outputs, saved } = conv2d.forward(engine, [x, weight], {});
      conv2d.backward(engine, outputs, saved, {}, [true, true, false]).forEach((array) => array?.release());
      for (const array of outputs) array.release();
    };
    run();
    // The products inside of Winograd's convolution are put to trial after it.
    await engine.settleChoices();
    await engine.settleChoices();
    const [winners = {}] = Object.values(
      JSON.parse(readFileSync(path.join(folder, 'algorithms.json'), 'utf8')) as Record<
        string,
        Record<string, string>
      >,
    );
    for (const pass of ['forward', 'data', 'weight']) {
      const key = Object.keys(winners).find((each) => each.startsWith(`conv2d ${pass}`));
      assert.match(winners[key ?? ''] ?? `no winner for ${pass}`, /^(winograd|uni|tile)$/);
    }
    assert.ok(
      Object.keys(winners).some((key) => key.startsWith('gemm')),
      'the products of the coefficients',
    );
    engine.dispose();
  } finally {
    delete process.env['KERNELSCOPE_CACHE'];
    rmSync(folder, { recursive: true, force: true });
  }
});

test('an algorithm that is forced is the one that runs', async () => {
  const engine = await openEngine({ algorithms: { gemm: 'naive' } });
  const [a, b, c] = [
    engine.upload(Float32Array.of(1, 2, 3, 4), [2, 2], 'f32'),
    engine.upload(Float32Array.of(1, 1, 1, 1), [2, 2], 'f32'),
    engine.empty([2, 2]),
  ];
  gemm(engine, { a, b, c, m: 2, n: 2, k: 2, batch: 1, transposeA: false, transposeB: false });
  assert.deepEqual([...(await engine.read(c))], [3, 3, 7, 7]);
  const wrong = await openEngine({ algorithms: { gemm: 'fastest' } });
  assert.throws(
    () => gemm(wrong, { a, b, c, m: 2, n: 2, k: 2, batch: 1, transposeA: false, transposeB: false }),
    /no matrix product algorithm is called 'fastest'/,
  );
  engine.dispose();
  wrong.dispose();
});
