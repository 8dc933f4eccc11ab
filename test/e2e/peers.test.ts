/** TensorFlow.js and jax-js scripts run unchanged, and compute under the profiler what they compute without it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { DISPATCH_FLAGS } from '../../src/trace/model.ts';
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
    });
});
