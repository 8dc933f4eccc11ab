/**
 * Programs of hand-written WebGPU that put down themselves what they do (fixtures/programs/ledger.mjs): each dispatch is in the trace,
 * once and in its queue's order, each buffer with its bytes and its end; and what they print is what they print unobserved.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { DEATHS, DISPATCH_FLAGS } from '../../src/trace/model.ts';
import type { Trace } from '../../src/trace/model.ts';
import type { ProbeMode } from '../../src/wire/run-messages.ts';
import { runFixture } from './run-fixture.ts';
import { unobserved } from './unobserved.ts';

interface Ledger {
  /** `kernel x y z` of each dispatch, by queue. */
  readonly queues: readonly (readonly string[])[];
  readonly buffers: readonly { readonly bytes: number; readonly label: string; readonly death: string }[];
  /** Render passes submitted. */
  readonly renders: number;
}

const MODES = ['exact', 'alternating', 'light', 'off'] satisfies ProbeMode[];

function ledgerOf(stdout: string): Ledger {
  const line = /^expected (.*)$/m.exec(stdout)?.[1];
  assert.ok(line, `no ledger in: ${stdout}`);
  return JSON.parse(line) as Ledger;
}

function queuesOf(trace: Trace): string[][] {
  const { dispatches, launches } = trace.tables;
  const queues: string[][] = trace.tracks.filter(({ kind }) => kind === 'gpu-queue').map(() => []);
  dispatches.launch.forEach((launch, i) => {
    const { name } = trace.kernels[launches.kernel[launch] as number] ?? {};
    const grid = [launches.workgroupsX, launches.workgroupsY, launches.workgroupsZ].map((of) => of[launch]);
    queues[dispatches.queue[i] as number]?.push(`${name} ${grid.join(' ')}`);
  });
  return queues;
}

for (const name of ['queues', 'lifetimes', 'renders', 'pipelines', 'handles', 'losses'])
  describe(`a program of ${name}`, () => {
    let plain = '';
    before(async () => {
      plain = await unobserved(`programs/${name}.mjs`);
    });
    for (const mode of MODES)
      it(`in mode ${mode}`, async () => {
        const { trace, stdout, stderr } = await runFixture(`programs/${name}.mjs`, { mode });
        assert.equal(trace.meta.status, 'ok', stderr);
        assert.equal(stdout, plain);
        const ledger = ledgerOf(stdout);
        assert.deepEqual(queuesOf(trace), ledger.queues);
        const { buffers, dispatches, slices } = trace.tables;
        const lives = Array.from(buffers.sizeBytes, (bytes, i) => ({
          bytes,
          label: trace.strings[buffers.label[i] as number],
          death: DEATHS[buffers.death[i] as number],
        }));
        assert.deepEqual(lives, ledger.buffers);
        if (mode !== 'exact') return;
        assert.ok(dispatches.flags.every((flags) => flags & DISPATCH_FLAGS.timed));
        const pictures = slices.name.filter((id) => trace.strings[id] === 'picture');
        // A pass that the script times itself is left to it.
        assert.equal(pictures.length, Math.max(0, ledger.renders - 1));
      });
  });
