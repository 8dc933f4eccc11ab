/**
 * `npm run accept [-- folder]`: every expected figure that lies beside the recorded traces, against ours, row by row.
 * Files are found by their names, so that a further set of the same kinds needs no change here.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { chromeTrace } from '../../src/export/chrome-trace.ts';
import { importTrace } from '../../src/import/index.ts';
import { dumpTrace } from '../../src/trace/dump.ts';
import type { Trace } from '../../src/trace/model.ts';
import { checkCounters } from './counters.ts';
import { Report } from './report.ts';
import type { Recount } from './recount.ts';
import { checkDifference, checkOccupancy, checkRecount, checkTimeline, recount } from './recount.ts';
import { checkTensorBoard, distance, groupsOf } from './tensorboard.ts';
import { checkDeviceTime, checkKernelSummary, checkOperatorSummary } from './tracelens.ts';

/** Step totals of the right run agree to the microsecond the plug-in prints, one for each of its eight roles. */
const SAME_RUN_US = 8;

const folder = path.resolve(process.argv[2] ?? '../shared/data/traces');
if (!existsSync(folder)) {
  console.log(`skipped: there is no folder ${folder}`);
  process.exit(0);
}
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
const report = new Report();
const opened = new Map<string, Trace>();

function open(file: string): Trace {
  let trace = opened.get(file);
  if (trace) return trace;
  const read = importTrace(readFileSync(path.join(folder, file)), { fileName: file });
  if (!read.ok) throw new Error(`${file}: ${read.error.message} (byte ${read.error.at})`);
  trace = read.value;
  opened.set(file, trace);
  return trace;
}

function text(file: string): string {
  const bytes = readFileSync(path.join(folder, file));
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** One file that fails is one row; the others are still compared. */
function attempt(file: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    report.holds(file, 'opens', 'a trace', (error as Error).message.slice(0, 200), false);
  }
}

for (const file of files.filter((name) => /expected.*\.txt$/.test(name))) {
  const runs = files.filter(
    (name) => path.dirname(name) === path.dirname(file) && /\.pt\.trace\.json(\.gz)?$/.test(name),
  );
  for (const group of groupsOf(text(file)))
    attempt(file, () => {
      const ranked = runs
        .map((run) => ({ run, off: distance(group, open(run)) }))
        .sort((a, b) => a.off - b.off);
      const best = ranked[0];
      report.holds(
        file,
        'belongs to the run',
        `step times within ${SAME_RUN_US} µs`,
        `${best?.run} (${best?.off} µs)`,
        (best?.off ?? Infinity) <= SAME_RUN_US,
      );
      if (best) checkTensorBoard(report, best.run, group, open(best.run));
    });
}
for (const file of files.filter((name) => name.endsWith('-expected.json')))
  attempt(file, () =>
    checkCounters(report, file, text(file), open(file.replace('-expected.json', '-input.json'))),
  );
const CSV = {
  '.gpu_timeline.csv': checkDeviceTime,
  '.kernel_summary.csv': checkKernelSummary,
  '.ops_summary.csv': checkOperatorSummary,
};
for (const [ending, check] of Object.entries(CSV))
  for (const file of files.filter((name) => name.endsWith(ending))) {
    const base = file.slice(0, -ending.length);
    const trace = files.find((name) => name === `${base}.json.gz` || name === `${base}.json`);
    if (trace) attempt(file, () => check(report, file, text(file), open(trace)));
    else report.skipped.push(`${file} has no trace beside it`);
  }
const recounts = new Map<string, Recount>();
for (const file of files.filter((name) => /\.json(\.gz)?$/.test(name) && !name.includes('-expected')))
  attempt(file, () => {
    const trace = open(file);
    const counted = recount(text(file));
    if (counted.kernels.size + counted.operators.size === 0) {
      report.holds(file, 'opens', 'a trace', trace.meta.origin, true);
      return;
    }
    recounts.set(file, counted);
    checkRecount(report, file, counted, trace);
    checkOccupancy(report, file, trace);
  });
for (const [file, trace] of opened) {
  const again = importTrace(chromeTrace(trace), { fileName: file });
  report.holds(
    file,
    'Chrome export opens as the same trace',
    'equal',
    again.ok && dumpTrace(again.value) === dumpTrace(trace) ? 'equal' : 'differs',
    again.ok && dumpTrace(again.value) === dumpTrace(trace),
  );
}
for (const file of files.filter((name) => /memory_timeline.*\.raw(\.json)?(\.gz)?$/.test(name)))
  attempt(file, () => checkTimeline(report, file, text(file), open(file)));
for (const [before, a] of recounts) {
  const after = before.replace('control', 'test');
  const b = recounts.get(after);
  if (after !== before && b)
    checkDifference(report, `${before} -> ${path.basename(after)}`, a, b, [open(before), open(after)]);
}
process.exitCode = report.print() ? 0 : 1;
