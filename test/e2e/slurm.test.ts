/** Jobs on a real Slurm, of one machine (.ci/slurm.mjs): their results, a stop, a failure. Skipped where Slurm is not installed. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import type { Sweep } from '../../src/suggest/sweep.ts';
import { adapterForTests, fixture } from './run-fixture.ts';

const root = process.cwd();
const CLI = path.join(root, 'dist/cli.mjs');
const work = path.join(root, '.cache/slurm-test');
const NOT_HERE = 77;

const probe = spawnSync(process.execPath, ['.ci/slurm.mjs', 'true'], { cwd: root, encoding: 'utf8' });
const skip = probe.status === NOT_HERE ? probe.stderr.trim() : false;

before(async () => {
  if (skip !== false) return;
  assert.equal(probe.status, 0, probe.stderr);
  await adapterForTests();
  const built = spawnSync(process.execPath, ['build.mjs', 'cli'], { cwd: root, encoding: 'utf8' });
  assert.equal(built.status, 0, built.stdout + built.stderr);
  rmSync(work, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs Kernelscope within a cluster. `stopWhen`: a Ctrl-C as soon as what the job wrote says so. */
async function kernelscope(args: readonly string[], stopWhen?: () => boolean): Promise<Ended> {
  const run = spawn(process.execPath, ['.ci/slurm.mjs', process.execPath, CLI, ...args], { cwd: root });
  let out = '';
  let err = '';
  run.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
  run.stderr.on('data', (piece: Buffer) => (err += piece.toString()));
  const watch = setInterval(() => {
    if (!stopWhen?.()) return;
    clearInterval(watch);
    run.kill('SIGINT');
  }, 100);
  return await new Promise((resolve) =>
    run.on('close', (code) => {
      clearInterval(watch);
      resolve({ code, out, err });
    }),
  );
}

test('a sweep through Slurm measures every batch in tasks of its own, and its traces are kept', { skip }, async () => {
  const jobs = path.join(work, 'sweep');
  const sweep = ['sweep', 'examples/mnist-mlp.ts', '--batch', '32..64', '--rounds', '1', '--steps', '10', '--json', '-'];
  const { code, out, err } = await kernelscope([...sweep, '--executor', 'slurm', '--jobs', jobs]);
  assert.equal(code, 0, err);
  const measured = JSON.parse(out) as Sweep;
  assert.deepEqual(measured.points.map(({ batch }) => batch), [32, 64]);
  assert.ok(measured.points.every(({ samplesPerSecond }) => samplesPerSecond > 0));
  const again = spawnSync(process.execPath, [CLI, ...sweep, '--collect', jobs], { cwd: root, encoding: 'utf8' });
  assert.deepEqual(JSON.parse(again.stdout), measured, 'the traces give the same points again');
}); // prettier-ignore

test('a stop reaches the script on its node, and the report covers what ran', { skip }, async () => {
  const jobs = path.join(work, 'stop');
  const log = path.join(jobs, '0.log');
  const trace = path.join(work, 'stopped.kscope');
  const { code, out, err } = await kernelscope(
    ['profile', fixture('never-ends.mjs'), '--executor', 'slurm', '--jobs', jobs, '--trace', trace],
    () => existsSync(path.join(jobs, '0.kscope')) && readFileSync(path.join(jobs, '0.kscope')).length > 20_000,
  );
  assert.equal(code, 0, `${err}\n${existsSync(log) ? readFileSync(log, 'utf8') : ''}`);
  assert.match(err, /stopping the task; its trace covers what ran/);
  assert.match(out, /stopped/);
  assert.ok(existsSync(trace));
}); // prettier-ignore

test('a script that fails on its node is reported with its line', { skip }, async () => {
  const { code, out } = await kernelscope([
    'profile', fixture('throws.ts'), '--executor', 'slurm', '--jobs', path.join(work, 'fails'),
  ]); // prettier-ignore
  assert.equal(code, 1);
  assert.match(out, /throws\.ts:\d+/);
});
