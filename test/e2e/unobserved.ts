/** Scripts without any probe: what they must print with one. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { adapterForTests, fixture } from './run-fixture.ts';

/** Output of a fixture run on WebGPU as Kernelscope would open it, and nothing else of Kernelscope. */
export async function unobserved(name: string): Promise<string> {
  const { env } = await adapterForTests();
  const code = `const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    globalThis.kept = create(['disable-dawn-features=timestamp_quantization']);
    Object.defineProperty(globalThis, 'navigator', { value: { gpu: globalThis.kept }, configurable: true });
    await import(${JSON.stringify(fixture(name))});`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout;
}
