/** Scripts run for the instrument's bench: as they are shipped, longer than shipped, or without the profiler. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AdapterChoice } from '../../../src/run/adapter-choice.ts';
import { chooseAdapter } from '../../../src/run/adapter-choice.ts';
import type { ProfileOptions } from '../../../src/run/profile.ts';
import { profileScript } from '../../../src/run/profile.ts';
import type { Trace } from '../../../src/trace/model.ts';

const root = process.cwd();
const programs = path.join(root, 'dist');
const workspace = path.join(root, '.cache/instrument');
const TIMEOUT_MS = 600_000;

export const scriptOf = (name: string): string => path.join(root, 'test/bench/instrument', name);
export const exampleOf = (name: string): string => path.join(root, 'examples', name);

let adapter: AdapterChoice | null = null;

async function theAdapter(): Promise<AdapterChoice> {
  if (adapter) return adapter;
  const chosen = await chooseAdapter({ programs });
  if (!chosen.ok) throw new Error(chosen.error.message);
  return (adapter = chosen.value);
}

export async function profiled(
  script: string,
  options: Partial<ProfileOptions> = {},
): Promise<{ readonly trace: Trace; readonly stdout: string }> {
  let stdout = '';
  const { trace } = await profileScript(
    { script, timeoutMs: TIMEOUT_MS, ...options, adapter: await theAdapter(), programs },
    {
      onOutput(stream, text) {
        if (stream === 'stdout') stdout += text;
      },
    },
  );
  return { trace, stdout };
}

/** What a browser would offer, and nothing of Kernelscope; returns what the script prints. */
export async function unprofiled(script: string, args: readonly string[] = []): Promise<string> {
  mkdirSync(workspace, { recursive: true });
  const plain = path.join(workspace, 'plain.mjs');
  writeFileSync(
    plain,
    "import { create, globals } from 'webgpu'; Object.assign(globalThis, globals); globalThis.navigator = { gpu: create([]), userAgent: 'Node.js' };",
  );
  const { env } = await theAdapter();
  return execFileSync(process.execPath, ['--import', plain, script, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: TIMEOUT_MS,
  });
}

/** A peer's example with more steps than it ships with, beside that peer's packages. */
export function longerPeer(
  name: string,
  packages: string,
  changes: readonly (readonly [string, string])[],
): string {
  mkdirSync(workspace, { recursive: true });
  const modules = path.join(workspace, 'node_modules');
  rmSync(modules, { force: true });
  symlinkSync(path.join(packages, 'node_modules'), modules);
  let text = readFileSync(path.join(root, 'test/e2e/fixtures/peers', `${name}.mjs`), 'utf8');
  for (const [before, after] of changes) {
    if (!text.includes(before)) throw new Error(`${name}.mjs has no '${before}'`);
    text = text.replace(before, after);
  }
  const file = path.join(workspace, `${name}.mjs`);
  writeFileSync(file, text);
  return file;
}
