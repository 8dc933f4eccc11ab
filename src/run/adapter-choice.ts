/**
 * Which adapter a run will use. A real GPU first; else the system's software driver; else one unpacked into the cache; else the
 * SwiftShader of a browser or of VS Code. Whether a driver is good is not guessed from its version: a process of its own asks it
 * to compute something, and the answer is remembered until the drivers change.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { AdapterReport } from '../wire/adapter-report.ts';
import { checkAdapterReport } from '../wire/adapter-report.ts';
import { asNode } from './as-node.ts';
import type { Driver } from './drivers.ts';
import { cacheFolder, findDrivers, fingerprint } from './drivers.ts';

export const SOFTWARE_CAUTION = 'software adapter: ratios between kernels hold on this machine only';

/** What the process of a run must be started with to get this adapter. */
export interface AdapterChoice {
  readonly env: Readonly<Record<string, string>>;
  /** One sentence for people. */
  readonly reason: string;
  readonly name: string;
  readonly software: boolean;
  /** Everything that was tried, in order; the last one is the choice. */
  readonly tried: readonly Attempt[];
}

export interface Attempt {
  readonly what: string;
  readonly manifest: string | null;
  readonly report: AdapterReport;
}

export interface NoAdapter {
  readonly message: string;
  /** The one command that mends it. */
  readonly command: string;
  readonly tried: readonly Attempt[];
}

export interface ChoiceOptions {
  /** Folder of adapters.mjs. */
  readonly programs: string;
  readonly cache?: string;
  /** A driver's manifest that the person chose: this one or none. */
  readonly driver?: string;
  /** Asks the drivers again even when the answer is known. */
  readonly fresh?: boolean;
}

const CHECK_LIMIT_MS = 20_000;

export async function chooseAdapter(options: ChoiceOptions): Promise<Result<AdapterChoice, NoAdapter>> {
  const cache = options.cache ?? cacheFolder();
  const drivers = findDrivers(cache);
  const file = path.join(cache, 'adapter.json');
  const key = [
    fingerprint(drivers),
    process.env['VK_DRIVER_FILES'] ?? '',
    process.env['VK_ICD_FILENAMES'] ?? '',
    options.programs,
    options.driver ?? '',
  ].join('|');
  if (!options.fresh) {
    const known = remembered(file, key);
    if (known) return ok(known);
  }
  const choice = await firstThatWorks(
    options.driver ? [chosen(options.driver)] : candidates(drivers),
    options.programs,
  );
  if (choice.ok) remember(file, key, choice.value);
  return choice;
}

/** A driver that computes on the processor, whether or not there is a GPU: what a GPU is held against. Asked anew each time. */
export function chooseSoftware({
  programs,
  cache = cacheFolder(),
}: ChoiceOptions): Promise<Result<AdapterChoice, NoAdapter>> {
  const [, ...software] = candidates(findDrivers(cache));
  return firstThatWorks(software, programs);
}

async function firstThatWorks(
  candidates: readonly Candidate[],
  programs: string,
): Promise<Result<AdapterChoice, NoAdapter>> {
  const tried: Attempt[] = [];
  for (const candidate of candidates) {
    const report = await check(programs, candidate.env);
    tried.push({ what: candidate.what, manifest: candidate.manifest, report });
    if (!report.adapter || report.problem !== null) continue;
    const { name, software } = report.adapter;
    return ok({ env: candidate.env, reason: reasonFor(name, software, candidate), name, software, tried });
  }
  const found = tried.map(({ what, report }) => `${what}: ${report.problem ?? 'no adapter'}`);
  return err({
    message: `no WebGPU adapter works here (${found.join('; ') || 'no driver was found'})`,
    command: 'kernelscope doctor --install',
    tried,
  });
}

/**
 * Whether Mesa's software driver would do better than what there is: nothing, or a browser's SwiftShader, which takes some seven
 * times as long. A machine with a GPU, or with a Mesa that computes, is left as it is.
 */
export function wantsDriver(choice: Result<AdapterChoice, NoAdapter>): boolean {
  return !choice.ok || (choice.value.software && /swiftshader/i.test(choice.value.name));
}

interface Candidate {
  readonly what: string;
  readonly manifest: string | null;
  readonly env: Readonly<Record<string, string>>;
}

function candidates(drivers: readonly Driver[]): Candidate[] {
  const list: Candidate[] = [{ what: "the machine's own drivers", manifest: null, env: {} }];
  // One broken driver can take the others with it: the software driver alone may still work.
  for (const driver of drivers)
    if (driver.kind === 'system' && /lvp/.test(path.basename(driver.manifest)))
      list.push(alone("the system's software driver", driver));
  for (const driver of drivers)
    if (driver.kind === 'cached') list.push(alone('the software driver unpacked by Kernelscope', driver));
  for (const driver of drivers)
    if (driver.kind === 'browser')
      list.push(alone(`the software driver in ${path.dirname(driver.manifest)}`, driver));
  return list;
}

function chosen(manifest: string): Candidate {
  return alone(`the chosen driver ${manifest}`, { manifest, kind: 'system' });
}

function alone(what: string, { manifest, loaderFolder }: Driver): Candidate {
  const before = process.env['LD_LIBRARY_PATH'];
  const libraries = loaderFolder
    ? { LD_LIBRARY_PATH: before ? `${loaderFolder}:${before}` : loaderFolder }
    : {};
  // The older name is for loaders before 1.3.207.
  return { what, manifest, env: { VK_DRIVER_FILES: manifest, VK_ICD_FILENAMES: manifest, ...libraries } };
}

function reasonFor(name: string, software: boolean, { what }: Candidate): string {
  return software
    ? `no GPU was found; ${name} computes on the processor (${what})`
    : `${name} is the machine's GPU`;
}

function check(programs: string, env: Readonly<Record<string, string>>): Promise<AdapterReport> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(programs, 'adapters.mjs')], {
      env: { ...process.env, ...env, ...asNode() },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: CHECK_LIMIT_MS,
      killSignal: 'SIGKILL',
      windowsHide: true,
    });
    let output = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => (output += text));
    child.on('error', (error) => resolve({ adapter: null, problem: error.message }));
    child.on('close', (code, killedBy) => {
      const report = checkAdapterReport(output.trim().split('\n').at(-1) ?? '');
      resolve(
        report ?? {
          adapter: null,
          problem: killedBy
            ? `the driver ended the process with ${killedBy}`
            : `the check ended with code ${code}`,
        },
      );
    });
  });
}

function remembered(file: string, key: string): AdapterChoice | null {
  try {
    const stored = JSON.parse(readFileSync(file, 'utf8')) as { key?: unknown; choice?: AdapterChoice };
    return stored.key === key && stored.choice ? stored.choice : null;
  } catch {
    return null;
  }
}

function remember(file: string, key: string, choice: AdapterChoice): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    const part = `${file}.${process.pid}`;
    writeFileSync(part, JSON.stringify({ key, choice }));
    renameSync(part, file);
  } catch {
    // A cache that cannot be written costs a second at the next run, no more.
  }
}
