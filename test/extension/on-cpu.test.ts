/** Does the GPU pay? On a machine without one: said that both would be the CPU; a run that names a GPU is held against one on the CPU. */
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { readTraceFile, writeTraceFile } from '../../src/trace/codec.ts';
import { missing } from '../vscode-host/host.ts';
import { acceptPath, openFile, runCommand, toast, webview } from '../vscode-host/ui.ts';
import type { Session } from './session.ts';
import { firstProfile, startSession } from './session.ts';

const RUN_LIMIT_MS = 90_000;

describe('the same steps on the CPU', { skip: missing() ?? false }, () => {
  let session: Session;
  before(async () => {
    session = await startSession({ settings: { 'kernelscope.steps': 20 } });
    await firstProfile(session);
  });
  after(() => session?.close());

  test('of a run that was on the CPU it is said that both would be', () =>
    session.step('cpu-both', async () => {
      const { page } = session;
      await runCommand(page, 'Kernelscope: Measure on the CPU');
      await toast(page, /was on the CPU already .* both would be the CPU/).waitFor();
      await session.shot('dark-both-cpu');
    }));

  test('a run of a GPU is shown with its verdict against the CPU', () =>
    session.step('cpu-verdict', async () => {
      const { page } = session;
      await runCommand(page, 'Kernelscope: Save Trace As');
      const saved = await acceptPath(page, '.kscope');
      await page.locator('.explorer-folders-view', { hasText: /train-.*\.kscope/ }).waitFor();
      const read = readTraceFile(new Uint8Array(readFileSync(saved)));
      assert.ok(read.ok && read.value.meta.adapter);
      const { meta } = read.value;
      // No GPU here: what the run took stays, only where it was is told otherwise.
      const gpu = { ...meta, adapter: { ...meta.adapter!, name: 'a GPU', software: false } };
      writeFileSync(session.path('gpu.kscope'), writeTraceFile({ ...read.value, meta: gpu }));
      rmSync(saved);
      await openFile(page, 'gpu.kscope');
      const opened = await webview(page, 'editor');
      await opened.getByRole('button', { name: 'Measure on the CPU' }).click();
      // The text of the tile, whichever way the verdict goes.
      await webview(page, 'editor', RUN_LIMIT_MS, 'on the GPU, both measured');
      await session.shot('dark-gpu-verdict');
    }));
});
