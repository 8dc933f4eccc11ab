/**
 * Scripts with a planted fault and their twins without: what the rules find, miss, and see where nothing is. Traces are kept, so that it
 * goes on where it stopped: FAULTS=text takes the pairs whose name or rule has the text, SECONDS=200 begins no script after that time,
 * AGAIN=1 profiles anew, KEPT=1 profiles nothing. Prints a row for each pair that has run, what else was said of each twin, and the count.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { sourceFinder } from '../../src/edit/index.ts';
import { suggestionsFor } from '../../src/suggest/rules/index.ts';
import type { Trace } from '../../src/trace/model.ts';
import { findPeers } from '../support/peers.ts';
import { ENGINE } from './faults/engine.ts';
import type { FaultPair } from './faults/pair.ts';
import { RAW } from './faults/raw.ts';
import { Recorded } from './faults/recorded.ts';
import { TENSORFLOW } from './faults/tensorflow.ts';

const WANTED = process.env['FAULTS'] ?? '';
const KEPT = process.env['KEPT'] !== undefined;
const AGAIN = process.env['AGAIN'] !== undefined;
const UNTIL = Date.now() + 1000 * Number(process.env['SECONDS'] ?? Infinity);

/** All pairs; those of TensorFlow.js only where it is to be had, which is then said. */
function pairs(recorded: Recorded): FaultPair[] {
  const chosen = (list: readonly FaultPair[]): FaultPair[] =>
    list.filter(({ name, rule }) => name.includes(WANTED) || rule.includes(WANTED));
  const own = chosen([...ENGINE, ...RAW]);
  const foreign = chosen(TENSORFLOW);
  const peers = findPeers();
  if ('missing' in peers) {
    if (foreign.length > 0)
      console.log(`left out: ${foreign.length} pairs on TensorFlow.js, ${peers.missing}`);
    return own;
  }
  recorded.usePackages(path.join(peers.folder, 'node_modules'));
  return [...own, ...foreign];
}

interface Outcome {
  readonly rules: readonly string[];
  readonly problem: string | null;
  readonly steps: number;
}

/** What is said of a script; null where its turn has not come. */
async function adviceOn(recorded: Recorded, name: string, source: string): Promise<Outcome | null> {
  let trace = AGAIN ? null : recorded.kept(name, source);
  if (!trace && (KEPT || Date.now() > UNTIL)) return null;
  trace ??= await recorded.profile(name, source);
  return outcomeOf(trace, recorded.script(name));
}

function outcomeOf(trace: Trace, script: string): Outcome {
  const folder = path.dirname(script);
  const read = (file: string): string | null => (file.startsWith(folder) ? readFileSync(file, 'utf8') : null);
  return {
    rules: [...new Set(suggestionsFor(trace, sourceFinder({ read }, script)).map(({ rule }) => rule))],
    problem: trace.meta.error?.message ?? null,
    steps: trace.tables.steps.length,
  };
}

export async function run(): Promise<void> {
  const recorded = new Recorded();
  const all = pairs(recorded);
  const missed: string[] = [];
  const alarms: string[] = [];
  const failed: string[] = [];
  const left: string[] = [];
  for (const { name, rule, faulty, mended } of all) {
    const a = await adviceOn(recorded, `${name} faulty`, faulty);
    const b = await adviceOn(recorded, `${name} mended`, mended);
    if (!a || !b) {
      left.push(name);
      continue;
    }
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
  list('not run yet', left);
  const ran = all.length - left.length;
  console.log(
    `${ran - missed.length} of ${ran} faults found, ${alarms.length} false alarms on ${ran} clean scripts, ${failed.length} scripts failed`,
  );
}
