import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { measuringTurn } from '../../src/run/measuring-turn.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-turn-'));
const turn = path.join(folder, 'measuring.json');
const noWait = process.env['KERNELSCOPE_NO_WAIT'];
beforeEach(() => {
  delete process.env['KERNELSCOPE_NO_WAIT'];
  rmSync(turn, { force: true });
});
after(() => {
  if (noWait !== undefined) process.env['KERNELSCOPE_NO_WAIT'] = noWait;
  rmSync(folder, { recursive: true, force: true });
});

test('of many that ask at once each measures alone', async () => {
  let measuring = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 6 }, async (_, i) => {
      const done = await measuringTurn(`script ${i}`, { folder });
      most = Math.max(most, ++measuring);
      await new Promise((resolve) => setTimeout(resolve, 10));
      measuring--;
      done();
    }),
  );
  assert.equal(most, 1);
  assert.ok(!existsSync(turn));
});

test('who waits is told for whom, and may give up', async () => {
  const done = await measuringTurn('train.ts', { folder });
  const controller = new AbortController();
  const waiting = measuringTurn('other.ts', {
    folder,
    signal: controller.signal,
    onWaiting: ({ what, pid }) => {
      assert.deepEqual([what, pid], ['train.ts', process.pid]);
      controller.abort();
    },
  });
  await assert.rejects(waiting, { name: 'AbortError' });
  assert.ok(existsSync(turn));
  done();
});

test('the turn of a process that is gone is free, and so is a broken one and one silent for long', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.once('exit', resolve));
  for (const text of [JSON.stringify({ pid: child.pid, what: 'gone.ts' }), '{"pid":', 'null']) {
    writeFileSync(turn, text);
    (await measuringTurn('next.ts', { folder }))();
  }
  writeFileSync(turn, JSON.stringify({ pid: process.pid, what: 'a number that was given away again' }));
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(turn, longAgo, longAgo);
  (await measuringTurn('next.ts', { folder }))();
  assert.ok(!existsSync(turn));
});

test('nobody waits where there is nowhere to write, or where waiting is switched off', async () => {
  const file = path.join(folder, 'a file');
  writeFileSync(file, '');
  (await measuringTurn('a', { folder: path.join(file, 'below') }))();
  const done = await measuringTurn('a', { folder });
  process.env['KERNELSCOPE_NO_WAIT'] = '1';
  (await measuringTurn('b', { folder }))();
  done();
});
