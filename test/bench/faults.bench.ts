/**
 * Scripts with a planted fault and their twins without: what the rules find, miss, and see where nothing is. `FAULTS=text` takes the
 * pairs whose name or rule has the text. Prints one row a pair, what else was said of each twin, and the count.
 */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sourceFinder } from '../../src/edit/index.ts';
import { chooseAdapter } from '../../src/run/adapter-choice.ts';
import { profileScript } from '../../src/run/profile.ts';
import { suggestionsFor } from '../../src/suggest/rules/index.ts';
import { findPeers } from '../support/peers.ts';
import { ENGINE } from './faults/engine.ts';
import type { FaultPair } from './faults/pair.ts';
import { RAW } from './faults/raw.ts';
import { TENSORFLOW } from './faults/tensorflow.ts';

const root = process.cwd();
const programs = path.join(root, 'dist');
/** Of this process's own: two runs may go side by side. */
const folder = path.join(root, '.cache', `faults-${process.pid}`);
/** A busy machine takes its time; a script that takes longer is no measurement. */
const TIMEOUT_MS = 180_000;

interface Outcome {
  readonly rules: readonly string[];
  readonly problem: string | null;
  readonly steps: number;
}

/** All pairs; those of TensorFlow.js only where it is to be had, which is then said. */
function pairs(): FaultPair[] {
  const wanted = process.env['FAULTS'];
  const chosen = (list: readonly FaultPair[]): FaultPair[] =>
    list.filter(({ name, rule }) => wanted === undefined || name.includes(wanted) || rule.includes(wanted));
  const foreign = chosen(TENSORFLOW);
  if (foreign.length === 0) return chosen([...ENGINE, ...RAW]);
  const peers = findPeers();
  if ('missing' in peers) {
    console.log(`left out: ${foreign.length} pairs on TensorFlow.js, ${peers.missing}`);
    return chosen([...ENGINE, ...RAW]);
  }
  symlinkSync(path.join(peers.folder, 'node_modules'), path.join(folder, 'node_modules'));
  return [...chosen([...ENGINE, ...RAW]), ...foreign];
}

export async function run(): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const adapter = await chooseAdapter({ programs });
  if (!adapter.ok) throw new Error(adapter.error.message);
  const adviceOn = async (name: string, source: string): Promise<Outcome> => {
    const script = path.join(folder, `${name.replace(/\W+/g, '-')}.mjs`);
    writeFileSync(script, source);
    const { trace } = await profileScript({
      script,
      adapter: adapter.value,
      programs,
      timeoutMs: TIMEOUT_MS,
    });
    const finder = sourceFinder(
      { read: (file) => (file.startsWith(folder) ? readFileSync(file, 'utf8') : null) },
      script,
    );
    return {
      rules: [...new Set(suggestionsFor(trace, finder).map(({ rule }) => rule))],
      problem: trace.meta.error?.message ?? null,
      steps: trace.tables.steps.length,
    };
  };
  const all = pairs();
  const missed: string[] = [];
  const alarms: string[] = [];
  const failed: string[] = [];
  for (const { name, rule, faulty, mended } of all) {
    const [a, b] = [await adviceOn(`${name} faulty`, faulty), await adviceOn(`${name} mended`, mended)];
    const [found, alarm] = [a.rules.includes(rule), b.rules.includes(rule)];
    if (!found) missed.push(`${name} (${rule})`);
    if (alarm) alarms.push(`${name} (${rule})`);
    const problem = a.problem ?? b.problem;
    if (problem !== null) failed.push(`${name}: ${problem}`);
    const others = (outcome: Outcome): string => outcome.rules.filter((id) => id !== rule).join(', ') || '–';
    console.log(
      `${found ? 'found ' : 'MISSED'} ${alarm ? 'ALARM ' : 'silent'} ${rule.padEnd(24)} ${name.padEnd(32)} ${a.steps}/${b.steps} steps  also: ${others(a)}  clean: ${others(b)}`,
    );
  }
  const list = (title: string, items: readonly string[]): void => {
    if (items.length > 0) console.log(`${title}: ${items.join('; ')}`);
  };
  list('missed', missed);
  list('false alarms', alarms);
  list('failed', failed);
  console.log(
    `${all.length - missed.length} of ${all.length} faults found, ${alarms.length} false alarms on ${all.length} clean scripts, ${failed.length} scripts failed`,
  );
  rmSync(folder, { recursive: true, force: true });
}
