import { formatBytes, formatCount, formatShare } from '../../base/format.ts';
import { sourceFinder } from '../../edit/index.ts';
import { textTable } from '../../export/text-table.ts';
import { resultOf } from '../../run/trials.ts';
import type { Edit, Trials } from '../../suggest/suggestion.ts';
import type { Sweep, SweepOptions } from '../../suggest/sweep.ts';
import { sweep, sweepBatches, sweepOrder } from '../../suggest/sweep.ts';
import type { Command } from '../command.ts';
import { CliError, EXIT, countOption, parseCommand, splitScriptArguments } from '../command.ts';
import { isElsewhere, jobElsewhere } from '../elsewhere.ts';
import type { SubmittedJob } from '../executors/executor.ts';
import { EXECUTOR_OPTIONS, EXECUTOR_USAGE } from '../executors/index.ts';
import { scriptPath, workspaceOf, workspaceReader, writeOutput } from '../files.ts';
import { trialsOf } from '../run-script.ts';
import { StatusLine, print } from '../terminal.ts';

const TRIAL_STEPS = 30;

/** "16..512" -> [16, 512]; "64" -> [64, 64] */
function rangeOption(text: string | undefined): [number, number] {
  const match = /^(\d+)(?:\.\.(\d+))?$/.exec(text ?? '16..512');
  const low = Number(match?.[1]);
  const high = Number(match?.[2] ?? match?.[1]);
  if (!match || low < 1 || high < low)
    throw new CliError(`--batch takes a range such as 16..512, not '${text}'`);
  return [low, high];
}

function shown(result: Sweep): string {
  const best = Math.max(...result.points.map((point) => point.samplesPerSecond));
  const columns = ['batch', 'samples/s', 'of best', 'peak memory', ''].map((title) => ({
    title,
    align: 'right' as const,
  }));
  const rows = result.points.map((point) => [
    String(point.batch),
    formatCount(point.samplesPerSecond),
    `${Math.round((point.samplesPerSecond / best) * 100)} %`,
    formatBytes(point.peakBytes),
    point.batch === result.knee ? '← knee: the smallest batch with 90 % of the best' : '',
  ]);
  const failures = result.failures.map(({ batch, reason }) => `${batch}: ${reason}`);
  return [...textTable(columns, rows), ...failures].join('\n');
}

function progressText({ batches, done, of }: Parameters<NonNullable<SweepOptions['onProgress']>>[0]): string {
  return batches.length > 1
    ? `batches ${batches[0]} to ${batches.at(-1)} in turns · ${formatShare(done / of)}`
    : `batch ${batches[0]} · trial ${done} of ${of}`;
}

/** Trials whose runs are the tasks of a job: each call takes the next task with that edit. */
function trialsOfJob(job: SubmittedJob, tasks: readonly { readonly edits: readonly Edit[] }[]): Trials {
  const taken = new Set<number>();
  return {
    async run(edit, signal = new AbortController().signal) {
      const task = tasks.findIndex(({ edits }, i) => !taken.has(i) && edits[0]?.newText === edit?.newText);
      taken.add(task);
      return resultOf(await job.trace(task, signal));
    },
  };
}

export const sweepCommand: Command = {
  name: 'sweep',
  summary: 'measure speed and memory at each batch size',
  usage: `kernelscope sweep <script> [options] [-- script arguments]

  --batch LOW..HIGH   batches to measure, doubling (16..512)
  --steps N           training steps of a trial (${TRIAL_STEPS})
  --rounds N          trials of each batch (2)
  --json FILE|-       write the points as JSON; - is stdout

${EXECUTOR_USAGE}`,
  async run({ argv, signal }) {
    const { own, script } = splitScriptArguments(argv);
    const options = {
      batch: { type: 'string' },
      steps: { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'string' },
      ...EXECUTOR_OPTIONS,
    } as const;
    const { values, positionals } = parseCommand(own, options, { least: 1, most: 1, what: 'one script' });
    const [low, high] = rangeOption(values.batch);
    const file = scriptPath(positionals[0] as string);
    const literal = sourceFinder(workspaceReader(workspaceOf(file)), file).batchSize();
    if (!literal.ok) throw new CliError(`no batch size to change: ${literal.error}`);
    const steps = countOption('steps', values.steps) ?? TRIAL_STEPS;
    const rounds = countOption('rounds', values.rounds) ?? 2;
    const batches = sweepBatches(low, high);
    const line = new StatusLine();
    let job: SubmittedJob | null = null;
    let trials: Trials;
    if (isElsewhere(values)) {
      const order = sweepOrder(batches, rounds);
      const tasks = order.map((batch) => ({ edits: [literal.value.edit(batch)] }));
      job = await jobElsewhere(
        values,
        {
          script: file,
          scriptArguments: script,
          arguments: ['--steps', String(steps), '--untimed'],
          tasks,
          command: `kernelscope sweep ${positionals[0]} --batch ${low}..${high} --rounds ${rounds}`,
        },
        line,
      );
      if (!job) return EXIT.done;
      trials = trialsOfJob(job, tasks);
    } else trials = await trialsOf(file, script, steps);
    const result = await sweep(trials, batches, (batch) => literal.value.edit(batch), {
      rounds,
      signal,
      onProgress: (progress) => job === null && line.update(progressText(progress)),
    })
      .catch((error: unknown) => {
        if (signal.aborted) throw new CliError('stopped', EXIT.scriptFailed);
        throw error;
      })
      .finally(async () => {
        line.clear();
        await job?.cancel();
      });
    if (values.json !== undefined) writeOutput(values.json, `${JSON.stringify(result, null, 2)}\n`);
    if (result.points.length === 0)
      throw new CliError(result.failures[0]?.reason ?? 'no batch could be measured', EXIT.scriptFailed);
    if (values.json !== '-') print(shown(result));
    return EXIT.done;
  },
};
