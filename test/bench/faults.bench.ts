/** Scripts with a planted fault and their twins without: what the rules find, miss, and see where nothing is. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sourceFinder } from '../../src/edit/index.ts';
import { chooseAdapter } from '../../src/run/adapter-choice.ts';
import { profileScript } from '../../src/run/profile.ts';
import { suggestionsFor } from '../../src/suggest/rules/index.ts';
import type { Suggestion } from '../../src/suggest/suggestion.ts';
import { readFileSync } from 'node:fs';
import { PAIRS } from './faults/scripts.ts';

const root = process.cwd();
const programs = path.join(root, 'dist');
const folder = path.join(root, '.cache/faults');

export async function run(): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const adapter = await chooseAdapter({ programs });
  if (!adapter.ok) throw new Error(adapter.error.message);
  const only = process.env['FAULTS'];
  const advice = async (
    name: string,
    source: string,
  ): Promise<{ said: Suggestion[]; problem: string | null; steps: number }> => {
    const script = path.join(folder, `${name.replace(/\W+/g, '-')}.mjs`);
    writeFileSync(script, source);
    const { trace } = await profileScript({ script, adapter: adapter.value, programs, timeoutMs: 60_000 });
    const finder = sourceFinder(
      { read: (file) => (file.startsWith(folder) ? readFileSync(file, 'utf8') : null) },
      script,
    );
    return {
      said: suggestionsFor(trace, finder),
      problem: trace.meta.error?.message ?? null,
      steps: trace.tables.steps.length,
    };
  };
  const tally = { found: 0, missed: 0, falseAlarms: 0, silent: 0, failed: 0 };
  for (const { name, rule, faulty, mended } of PAIRS.filter(
    (p) => !only || p.name.includes(only) || p.rule === only,
  )) {
    const [a, b] = [await advice(`${name} faulty`, faulty), await advice(`${name} mended`, mended)];
    const found = a.said.some((s) => s.rule === rule);
    const alarm = b.said.some((s) => s.rule === rule);
    if (a.problem || b.problem) tally.failed++;
    tally[found ? 'found' : 'missed']++;
    tally[alarm ? 'falseAlarms' : 'silent']++;
    const others = [...new Set(a.said.map((s) => s.rule))].filter((id) => id !== rule);
    console.log(
      `${found ? 'found ' : 'MISSED'} ${alarm ? 'ALARM ' : 'silent'} ${rule.padEnd(24)} ${name.padEnd(28)} ${a.steps}/${b.steps} steps  also: ${others.join(', ') || '–'}${(a.problem ?? b.problem) ? `  FAILED ${a.problem ?? b.problem}` : ''}`,
    );
  }
  console.log(
    `${tally.found} found, ${tally.missed} missed, ${tally.falseAlarms} false alarms on ${tally.silent + tally.falseAlarms} clean scripts, ${tally.failed} scripts failed`,
  );
}
