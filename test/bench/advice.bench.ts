/**
 * The life of a suggestion, for each rule that has an edit: profile a script with the fault planted, predict, prove in alternating
 * trials (in turns on a software adapter), apply, profile again. ADVICE=layout runs some, BUDGET=seconds a proof, TIMES=n each of them n
 * times. The load of the machine is printed with them.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { compareTraces } from '../../src/analysis/compare.ts';
import { median } from '../../src/base/stats.ts';
import { applyEdits, sourceFinder } from '../../src/edit/index.ts';
import { textTable } from '../../src/export/text-table.ts';
import { chooseAdapter } from '../../src/run/adapter-choice.ts';
import type { AdapterChoice } from '../../src/run/adapter-choice.ts';
import { profileScript } from '../../src/run/profile.ts';
import { createTrials } from '../../src/run/trials.ts';
import { proveSuggestion } from '../../src/suggest/prove.ts';
import { suggestionsFor } from '../../src/suggest/rules/index.ts';
import type { Suggestion } from '../../src/suggest/suggestion.ts';
import type { Trace } from '../../src/trace/model.ts';
import { PLANTED } from './advice/scripts.ts';
import type { PlantedFault } from './advice/scripts.ts';

const root = process.cwd();
const programs = path.join(root, 'dist');
const folder = path.join(root, '.cache/advice');
const STEPS = 40;
const BUDGET_MS = 1000 * Number(process.env['BUDGET'] ?? 90);
const TIMES = Number(process.env['TIMES'] ?? 1);

interface Row {
  readonly fault: PlantedFault;
  readonly proved: Suggestion | null;
  /** Speed of a row in a profile after applying over one before. */
  readonly again: number;
}

export async function run(): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const adapter = await chooseAdapter({ programs });
  if (!adapter.ok) throw new Error(adapter.error.message);
  const only = process.env['ADVICE'];
  const rows: Row[] = [];
  for (const fault of PLANTED.filter(({ rule, name }) => !only || rule === only || name.includes(only)))
    for (let time = 0; time < TIMES; time++) {
      const row = await life(fault, adapter.value);
      rows.push(row);
      console.log(line(row).join('  '));
    }
  const columns = ['rule', 'script', 'edit', 'predicted', 'obtained', 'verdict', 'trials', 're-profiled'];
  console.log(
    textTable(columns.map((title) => ({ title, align: 'left' as const })), rows.map(line)).join('\n'), // prettier-ignore
  );
  const confirmed = rows.filter(({ proved }) => proved?.verdict?.kind === 'confirmed');
  const held = confirmed.filter(
    ({ proved: s }) => s && s.predicted.low <= s.verdict!.high && s.verdict!.low <= s.predicted.high,
  );
  const ratio = median(confirmed.map(({ proved: s }) => s!.verdict!.speedup / s!.predicted.speedup));
  console.log(
    `${confirmed.length} of ${rows.length} confirmed; obtained / predicted ${ratio.toFixed(2)} in the median, ${held.length} within the predicted range; load ${loadavg()[0]!.toFixed(1)}`,
  );
}

async function life(fault: PlantedFault, adapter: AdapterChoice): Promise<Row> {
  const script = path.join(folder, `${fault.rule}-${fault.name.replace(/\W+/g, '-')}.ts`);
  writeFileSync(script, fault.source);
  const profiled = async (): Promise<Trace> =>
    (await profileScript({ script, adapter, programs, steps: 60, timeoutMs: 90_000 })).trace;
  const before = await profiled();
  const finder = sourceFinder(
    { read: (file) => (file.startsWith(folder) ? readFileSync(file, 'utf8') : null) },
    script,
  );
  const said = suggestionsFor(before, finder).filter((s) => s.rule === fault.rule && s.edit);
  const [suggestion] = said;
  if (!suggestion) return { fault, proved: null, again: NaN };
  const until = Date.now() + BUDGET_MS;
  const trials = createTrials({ script, adapter, programs, steps: STEPS, timeoutMs: 90_000 });
  const proved = await proveSuggestion(suggestion, trials, { isSpent: () => Date.now() > until });
  if (proved.verdict?.kind !== 'confirmed' || !proved.edit) return { fault, proved, again: NaN };
  const text = applyEdits(readFileSync(script, 'utf8'), [proved.edit]);
  if (!text.ok) throw new Error(text.error);
  writeFileSync(script, text.value);
  const { step, rows } = compareTraces(before, await profiled());
  return { fault, proved, again: rows.after / rows.before / step.ratio.ratio };
}

const times = (x: number): string => `${x.toFixed(2)}x`;
const range = ({ speedup, low, high }: { speedup: number; low: number; high: number }): string =>
  `${times(speedup)} (${times(low)}..${times(high)})`;

function line({ fault, proved, again }: Row): string[] {
  const { verdict, edit, predicted } = proved ?? {};
  return [
    fault.rule,
    fault.name,
    edit ? `${edit.oldText} → ${edit.newText}`.replace(/\s+/g, ' ').slice(0, 48) : 'no edit',
    predicted ? range(predicted) : '–',
    verdict ? range(verdict) : '–',
    verdict ? `${verdict.kind}${verdict.reason ? `: ${verdict.reason}` : ''}` : 'SILENT',
    String(verdict?.trials ?? 0),
    Number.isFinite(again) ? times(again) : '–',
  ];
}
