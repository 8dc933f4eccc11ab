/** Runs a script of test/e2e/fixtures as Kernelscope would, with the programs as they are in the source tree now. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { ProfileOptions, ProfileResult } from '../../src/run/profile.ts';
import { profileScript } from '../../src/run/profile.ts';
import type { AdapterChoice } from '../../src/run/adapter-choice.ts';
import { chooseAdapter } from '../../src/run/adapter-choice.ts';

const root = process.cwd();
export const programs = path.join(root, 'dist');
export const fixture = (name: string): string => path.join(root, 'test/e2e/fixtures', name);

let adapter: AdapterChoice | null = null;

export async function adapterForTests(): Promise<AdapterChoice> {
  if (adapter) return adapter;
  const built = spawnSync(
    process.execPath,
    ['build.mjs', 'child', 'loader', 'adapters', 'api', 'images', 'tokenizer'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  assert.equal(built.status, 0, built.stdout + built.stderr);
  const chosen = await chooseAdapter({ programs });
  assert.ok(chosen.ok, 'an adapter is needed for these tests');
  return (adapter = chosen.value);
}

export interface FixtureRun extends ProfileResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly frames: readonly Uint8Array[];
}

/** `stop`: a signal, or whether what the script has printed so far is enough. */
export async function runFixture(
  name: string,
  options: Partial<ProfileOptions> = {},
  stop?: AbortSignal | ((stdout: string) => boolean),
): Promise<FixtureRun> {
  const controller = new AbortController();
  const output = { stdout: '', stderr: '' };
  const frames: Uint8Array[] = [];
  const result = await profileScript(
    { script: fixture(name), timeoutMs: 30_000, adapter: await adapterForTests(), ...options, programs },
    {
      onFrames: (bytes) => frames.push(bytes),
      onOutput: (stream, text) => {
        output[stream] += text;
        if (typeof stop === 'function' && stop(output.stdout)) controller.abort();
      },
    },
    typeof stop === 'function' ? controller.signal : stop,
  );
  return { ...result, ...output, frames };
}
