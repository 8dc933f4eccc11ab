/** TensorFlow.js and jax-js scripts run unchanged, and compute under the profiler what they compute without it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import type { Trace } from '../../src/trace/model.ts';
import { DISPATCH_FLAGS, PHASES } from '../../src/trace/model.ts';
import { findPeers } from '../support/peers.ts';
import { fixture, runFixture } from './run-fixture.ts';

/** What a browser would offer, for the run without the profiler. */
const PLAIN = `import { create, globals } from 'webgpu';
Object.assign(globalThis, globals);
globalThis.navigator = { gpu: create([]), userAgent: 'Node.js' };
`;

const found = findPeers();
const missing = 'missing' in found ? found.missing : false;
const workspace = path.resolve('.cache', `peers-${process.pid}`);
if ('folder' in found) {
  mkdirSync(workspace, { recursive: true });
  cpSync(fixture('peers'), workspace, { recursive: true });
  symlinkSync(path.join(found.folder, 'node_modules'), path.join(workspace, 'node_modules'));
  writeFileSync(path.join(workspace, 'plain.mjs'), PLAIN);
}
after(() => rmSync(workspace, { recursive: true, force: true }));

const lastLoss = (stdout: string): string => /loss (\S+)\s*$/.exec(stdout)?.[1] ?? `no loss in: ${stdout}`;

/** Of all measured GPU time. */
function shareOfTimeWithOrigin(trace: Trace): number {
  const { dispatches, launches } = trace.tables;
  let known = 0;
  let all = 0;
  dispatches.launch.forEach((launch, i) => {
    const ns = (dispatches.endNs[i] as number) - (dispatches.startNs[i] as number);
    if (!(ns > 0)) return;
    all += ns;
    if ((launches.layer[launch] as number) >= 0 || (launches.location[launch] as number) >= 0) known += ns;
  });
  return known / all;
}

/** TensorFlow.js has layers only where the Layers API is used; jax-js has the jitted function. */
function named(trace: Trace, script: string): boolean {
  const paths = trace.layers.map(({ path: name }) => name);
  if (script === 'tfjs-transformer') return paths.length === 0;
  return paths.includes(script.startsWith('tfjs') ? 'classes' : 'trainStep');
}

describe('a script of another library', { skip: missing }, () => {
  for (const name of ['tfjs-mlp', 'tfjs-cnn', 'tfjs-transformer', 'jax-mlp', 'jax-cnn', 'jax-transformer'])
    it(`${name} trains to the same last bit with the profiler as without`, async () => {
      const script = path.join(workspace, `${name}.mjs`);
      const plain = execFileSync(process.execPath, ['--import', './plain.mjs', script], {
        cwd: workspace,
        encoding: 'utf8',
        timeout: 180_000,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const { trace, stdout, stderr } = await runFixture(path.relative(fixture('.'), script), {
        timeoutMs: 240_000,
      });
      assert.equal(trace.meta.status, 'ok', stderr);
      assert.equal(lastLoss(stdout), lastLoss(plain));
      const { dispatches, launches } = trace.tables;
      assert.ok(dispatches.length > 100, `${dispatches.length} dispatches`);
      assert.ok(
        dispatches.flags.some((flags) => (flags & DISPATCH_FLAGS.timed) !== 0),
        'some dispatches are timed',
      );
      assert.ok(launches.length > 0);
      const share = shareOfTimeWithOrigin(trace);
      console.log(`${name}: ${(share * 100).toFixed(1)} % of GPU time has a layer, jitted function or line`);
      assert.ok(share >= 0.95);
      for (const launch of dispatches.launch) {
        const op = trace.strings[launches.op[launch] as number] ?? '';
        assert.match(op, /\S/);
        assert.doesNotMatch(op, /^main|Program$/);
      }
      const phases = new Set(Array.from(launches.phase, (phase) => PHASES[phase]));
      for (const phase of ['forward', 'backward'] as const) assert.ok(phases.has(phase), `no ${phase}`);
      assert.ok(named(trace, name), 'layers or the jitted function are named');
    });
});
