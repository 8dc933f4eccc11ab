/** Scripts run for the instrument's bench: as they are shipped, longer than shipped, or without the profiler. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync, transformSync } from 'esbuild';
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
export const peerOf = (name: string): string => path.join(root, 'test/e2e/fixtures/peers', `${name}.mjs`);
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

/** A moment of a script: both in ms, the processor's of all its threads, the driver's among them. */
export interface Mark {
  readonly wallMs: number;
  readonly processorMs: number;
}

export interface Measured {
  /** One for each line that the script printed by `console.log`. */
  readonly marks: readonly Mark[];
  readonly stdout: string;
}

/** `bare`: Dawn polls as it does by itself; `patient`: it waits as under Kernelscope, and nothing is observed. */
export type Waiting = 'bare' | 'patient';

/** What a browser would offer, and nothing of Kernelscope but, if wanted, its way of waiting. */
export async function unprofiled(
  script: string,
  args: readonly string[] = [],
  waiting: Waiting = 'bare',
): Promise<Measured> {
  const marks = marksFile();
  const { env } = await theAdapter();
  const stdout = execFileSync(
    process.execPath,
    ['--import', preload('marks'), '--import', preload(waiting), script, ...args],
    {
      encoding: 'utf8',
      env: { ...process.env, ...env, KERNELSCOPE_BENCH_MARKS: marks },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: TIMEOUT_MS,
    },
  );
  return { marks: read(marks), stdout };
}

/** As `profiled`, with the script's marks and what this process spent on receiving between the first and the last line, in ms. */
export async function profiledWithMarks(
  script: string,
  args: readonly string[],
): Promise<Measured & { readonly trace: Trace; readonly receivingMs: number }> {
  const marks = marksFile();
  const before = { options: process.env['NODE_OPTIONS'] ?? '' };
  process.env['NODE_OPTIONS'] = `${before.options} --import ${preload('marks')}`;
  process.env['KERNELSCOPE_BENCH_MARKS'] = marks;
  const spent: number[] = [];
  let stdout = '';
  const { trace } = await profileScript(
    { script, args, timeoutMs: TIMEOUT_MS, adapter: await theAdapter(), programs },
    {
      onOutput(stream, text) {
        if (stream !== 'stdout') return;
        stdout += text;
        const { user, system } = process.cpuUsage();
        spent.push((user + system) / 1e3);
      },
    },
  ).finally(() => {
    process.env['NODE_OPTIONS'] = before.options;
    delete process.env['KERNELSCOPE_BENCH_MARKS'];
  });
  return { trace, stdout, marks: read(marks), receivingMs: (spent.at(-1) ?? 0) - (spent[0] ?? 0) };
}

function marksFile(): string {
  mkdirSync(workspace, { recursive: true });
  return path.join(workspace, 'marks.json');
}

function read(marks: string): Mark[] {
  return JSON.parse(readFileSync(marks, 'utf8')) as Mark[];
}

/** URL of a program that runs before the script; one with the name of a file of `preloads`. */
function preload(name: 'marks' | Waiting): string {
  const outfile = path.join(workspace, `${name}.mjs`);
  if (!built.has(name))
    buildSync({
      entryPoints: [path.join(root, 'test/bench/instrument/preloads', `${name}.ts`)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
    });
  built.add(name);
  return pathToFileURL(outfile).href;
}
const built = new Set<string>();

/** A script with some of its text changed, where `packages` has what it imports; it runs with and without the profiler. */
export function rewritten(
  file: string,
  changes: readonly (readonly [before: string, after: string])[],
  packages = root,
): string {
  mkdirSync(workspace, { recursive: true });
  for (const [name, target] of [
    ['node_modules', path.join(packages, 'node_modules')],
    ['data', path.join(root, 'examples/data')],
  ] as const) {
    rmSync(path.join(workspace, name), { force: true });
    symlinkSync(target, path.join(workspace, name));
  }
  let text = readFileSync(file, 'utf8');
  for (const [before, after] of changes) {
    if (!text.includes(before)) throw new Error(`${file} has no '${before}'`);
    text = text.replace(before, () => after);
  }
  const { code } = transformSync(text, { loader: 'ts' });
  const out = path.join(workspace, `${path.parse(file).name}.mjs`);
  writeFileSync(
    out,
    code.replace(/(["'])kernelscope\1/, JSON.stringify(pathToFileURL(path.join(programs, 'api.mjs')).href)),
  );
  return out;
}
