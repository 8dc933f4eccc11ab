/** Where the winners of trials are remembered: one file in the user's cache folder, for all devices of the machine. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { DeviceFacts } from './facts.ts';

/** Raised when a kernel generator changes so much that old winners mean nothing. */
const GENERATION = 3;

type Table = Record<string, Record<string, string>>;

export interface ChoiceStore {
  load(): Record<string, string>;
  save(winners: Readonly<Record<string, string>>): void;
}

/** KERNELSCOPE_CACHE, or the platform's folder for caches. */
function cacheFolder(): string {
  const { env, platform } = process;
  if (env['KERNELSCOPE_CACHE']) return env['KERNELSCOPE_CACHE'];
  if (platform === 'win32')
    return path.join(env['LOCALAPPDATA'] ?? path.join(homedir(), 'AppData', 'Local'), 'kernelscope');
  if (platform === 'darwin') return path.join(homedir(), 'Library', 'Caches', 'kernelscope');
  return path.join(env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'kernelscope');
}

/** A driver's update can turn the order round, so its version (in the description) is part of the key. */
function deviceKey({ vendor, architecture, device, description, subgroupSize }: DeviceFacts): string {
  return [GENERATION, vendor, architecture, device, description, subgroupSize ?? 'varying'].join('|');
}

/** A store that cannot be read or written is an empty one: the trial is run again, nothing breaks. */
export function fileStore(facts: DeviceFacts, folder = cacheFolder()): ChoiceStore {
  const file = path.join(folder, 'algorithms.json');
  const key = deviceKey(facts);
  const read = (): Table => {
    try {
      const table: unknown = JSON.parse(readFileSync(file, 'utf8'));
      return typeof table === 'object' && table !== null ? (table as Table) : {};
    } catch {
      return {};
    }
  };
  return {
    load() {
      const own: unknown = read()[key];
      const entries = typeof own === 'object' && own !== null ? Object.entries(own) : [];
      return Object.fromEntries(entries.filter(([, winner]) => typeof winner === 'string'));
    },
    save(winners) {
      try {
        mkdirSync(folder, { recursive: true });
        const table = read();
        const next: Table = { ...table, [key]: { ...table[key], ...winners } };
        const fresh = `${file}.${process.pid}`;
        writeFileSync(fresh, JSON.stringify(next, null, 1));
        renameSync(fresh, file);
      } catch {
        // A read-only home: the next process measures again.
      }
    },
  };
}
