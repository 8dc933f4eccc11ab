import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PERF_FILE, readPerfFile } from '../../edit/index.ts';
import type { PerfTest } from '../../edit/index.ts';
import type { PerfOutcome } from '../../run/perf-run.ts';
import { runPerf } from '../../run/perf-run.ts';
import { writeTraceFile } from '../../trace/codec.ts';
import type { Command } from '../command.ts';
import { CliError, EXIT, parseCommand } from '../command.ts';
import { PROGRAMS, writeOutput } from '../files.ts';
import { adapterOrError } from '../run-script.ts';
import { StatusLine, print } from '../terminal.ts';

interface FoundTest extends PerfTest {
  readonly file: string;
}

export const perf: Command = {
  name: 'perf',
  summary: 'run performance tests (*.perf.ts): limits and baselines of training scripts',
  usage: `kernelscope perf [file or folder ...] [options]

  --grep TEXT          only tests whose name holds the text
  --update-baselines   record the baselines that tests name, instead of judging by them
  --list               name the tests and run none
  --json FILE|-        write the outcomes as JSON; - is stdout

Without a file, all *.perf.ts below this folder. A test is read, not run:
  perf.test('a step of the CNN', { script: './cnn.ts', maxStepMs: 12, baseline: './cnn.kscope' })
A limit of time counts as broken when three runs in a row break it beyond their interval. Exit code 1: a test failed.`,
  async run({ argv, signal }) {
    const options = {
      grep: { type: 'string' }, 'update-baselines': { type: 'boolean' }, list: { type: 'boolean' }, json: { type: 'string' },
    } as const; // prettier-ignore
    const { values, positionals } = parseCommand(argv, options, { least: 0, most: 99, what: 'files' });
    const all = (positionals.length > 0 ? positionals : ['.']).flatMap(perfFiles).flatMap(testsOf);
    const tests = all.filter(({ name }) => name.includes(values.grep ?? ''));
    if (tests.length === 0) throw new CliError('there is no performance test here');
    if (values.list) {
      for (const test of tests) print(`${path.relative('', test.file)}:${test.line}  ${test.name}`);
      return EXIT.done;
    }
    const outcomes: { test: FoundTest; outcome: PerfOutcome }[] = [];
    for (const test of tests) {
      if (signal.aborted) break;
      const outcome = await runTest(test, values['update-baselines'] === true, signal);
      outcomes.push({ test, outcome });
      if (values.json !== '-') print(outcomeText(test, outcome, values['update-baselines'] === true));
    }
    if (values.json !== undefined)
      writeOutput(values.json, `${JSON.stringify(outcomes.map(asJson), null, 2)}\n`);
    const failed = outcomes.filter(({ outcome }) => !outcome.passed).length;
    if (values.json !== '-') print(`\n${outcomes.length - failed} passed, ${failed} failed`);
    return failed > 0 || signal.aborted ? EXIT.scriptFailed : EXIT.done;
  },
};

function perfFiles(given: string): string[] {
  const stat = statSync(given, { throwIfNoEntry: false });
  if (!stat) throw new CliError(`there is no ${given}`);
  if (stat.isFile()) return [path.resolve(given)];
  return readdirSync(given, { withFileTypes: true }).flatMap((entry) => {
    const at = path.join(given, entry.name);
    if (entry.isDirectory())
      return entry.name === 'node_modules' || entry.name.startsWith('.') ? [] : perfFiles(at);
    return PERF_FILE.test(entry.name) ? [path.resolve(at)] : [];
  });
}

function testsOf(file: string): FoundTest[] {
  const read = readPerfFile(file, readFileSync(file, 'utf8'));
  if (!read.ok) throw new CliError(read.error);
  const [problem] = read.value.problems;
  if (problem) throw new CliError(`${path.relative('', file)}:${problem.line}: ${problem.message}`);
  return read.value.tests.map((test) => ({ ...test, file }));
}

async function runTest(test: FoundTest, update: boolean, signal: AbortSignal): Promise<PerfOutcome> {
  const folder = path.dirname(test.file);
  const line = new StatusLine();
  const baseline = test.baseline === null ? null : path.resolve(folder, test.baseline);
  const outcome = await runPerf(
    {
      script: path.resolve(folder, test.script),
      args: test.args,
      steps: test.steps,
      limits: test.limits,
      baseline: update ? null : baseline,
      adapter: await adapterOrError(),
      programs: PROGRAMS,
    },
    { onProgress: ({ step }) => line.update(`${test.name}: step ${step} of ${test.steps}`) },
    signal,
  );
  line.clear();
  if (update && baseline !== null && outcome.error === null) {
    mkdirSync(path.dirname(baseline), { recursive: true });
    writeFileSync(baseline, writeTraceFile(outcome.trace));
  }
  return outcome;
}

function outcomeText({ name, baseline }: FoundTest, outcome: PerfOutcome, updated: boolean): string {
  const { passed, checks, error, runs, grown } = outcome;
  const place = error?.file ? ` (${path.relative('', error.file)}:${error.line ?? '?'})` : '';
  return [
    `${passed ? '✓' : '✗'} ${name}${runs > 1 ? ` (${runs} runs)` : ''}`,
    ...(error ? [`    ${error.message}${place}`] : []),
    ...checks.map(
      ({ verdict, measured, limit }) =>
        `    ${measured}; ${limit}${verdict === 'unclear' ? ': beyond it, within the noise' : ''}`,
    ),
    ...grown.map((layer) => `      ${layer}`),
    ...(updated && baseline && !error ? [`    recorded ${baseline}`] : []),
  ].join('\n');
}

function asJson({ test, outcome }: { test: FoundTest; outcome: PerfOutcome }): unknown {
  const { passed, checks, runs, error, grown } = outcome;
  return { name: test.name, file: test.file, line: test.line, passed, runs, checks, error, grown };
}
