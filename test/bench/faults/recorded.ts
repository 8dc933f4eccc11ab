/**
 * Traces of the suite's scripts, kept in .cache/faults: a run of all of them takes longer than one sitting, and a rule that was mended
 * is tried on all of them in seconds. A trace is made anew when its script or the instrument is another one.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { AdapterChoice } from '../../../src/run/adapter-choice.ts';
import { chooseAdapter } from '../../../src/run/adapter-choice.ts';
import { profileScript } from '../../../src/run/profile.ts';
import { readTraceFile } from '../../../src/trace/codec.ts';
import type { Trace } from '../../../src/trace/model.ts';

const programs = path.join(process.cwd(), 'dist');
/** A busy machine takes its time; a script that takes longer is no measurement. */
const TIMEOUT_MS = 180_000;
/** What runs in a script's process: another one measures otherwise. */
const INSTRUMENT = ['child.mjs', 'loader-hooks.mjs', 'adapters.mjs', 'api.mjs'];

export class Recorded {
  readonly folder = path.join(process.cwd(), '.cache/faults');
  readonly #instrument = hashOf(INSTRUMENT.map((file) => readFileSync(path.join(programs, file))));
  #adapter: AdapterChoice | null = null;

  constructor() {
    mkdirSync(this.folder, { recursive: true });
  }

  script(name: string): string {
    return path.join(this.folder, `${name.replace(/\W+/g, '-')}.mjs`);
  }

  /** Lets the scripts find what is installed elsewhere. */
  usePackages(nodeModules: string): void {
    const link = path.join(this.folder, 'node_modules');
    rmSync(link, { recursive: true, force: true });
    symlinkSync(nodeModules, link);
  }

  /** The trace that is kept of this script; null where it was not run yet. */
  kept(name: string, source: string): Trace | null {
    const file = this.#file(name, source);
    if (!existsSync(file)) return null;
    writeFileSync(this.script(name), source);
    const read = readTraceFile(new Uint8Array(readFileSync(file)));
    if (!read.ok) throw new Error(`${file}: ${read.error.message}`);
    return read.value;
  }

  async profile(name: string, source: string): Promise<Trace> {
    const script = this.script(name);
    const traceFile = this.#file(name, source);
    const older = `${path.basename(script, '.mjs')}.`;
    for (const file of readdirSync(this.folder))
      if (file.startsWith(older) && file.endsWith('.kscope')) rmSync(path.join(this.folder, file));
    writeFileSync(script, source);
    this.#adapter ??= await adapter();
    // Under another name until it is whole: a bench that is killed leaves no half of a run.
    const unfinished = `${traceFile}.part`;
    const { trace } = await profileScript({
      script,
      adapter: this.#adapter,
      programs,
      timeoutMs: TIMEOUT_MS,
      traceFile: unfinished,
    });
    renameSync(unfinished, traceFile);
    return trace;
  }

  #file(name: string, source: string): string {
    return this.script(name).replace(/mjs$/, `${hashOf([source, this.#instrument])}.kscope`);
  }
}

async function adapter(): Promise<AdapterChoice> {
  const chosen = await chooseAdapter({ programs });
  if (!chosen.ok) throw new Error(chosen.error.message);
  return chosen.value;
}

function hashOf(parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 12);
}
