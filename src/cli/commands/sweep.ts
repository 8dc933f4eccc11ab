import { formatBytes, formatCount } from '../../base/format.ts';
import { sourceFinder } from '../../edit/index.ts';
import { textTable } from '../../export/text-table.ts';
import type { Sweep } from '../../suggest/sweep.ts';
import { sweep, sweepBatches } from '../../suggest/sweep.ts';
import type { Command } from '../command.ts';
import { CliError, EXIT, countOption, parseCommand, splitScriptArguments } from '../command.ts';
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

export const sweepCommand: Command = {
  name: 'sweep',
  summary: 'measure speed and memory at each batch size',
  usage: `kernelscope sweep <script> [options] [-- script arguments]

  --batch LOW..HIGH   batches to measure, doubling (16..512)
  --steps N           training steps of a trial (${TRIAL_STEPS})
  --rounds N          trials of each batch (2)
  --json FILE|-       write the points as JSON; - is stdout`,
  async run({ argv, signal }) {
    const { own, script } = splitScriptArguments(argv);
    const options = {
      batch: { type: 'string' },
      steps: { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'string' },
    } as const;
    const { values, positionals } = parseCommand(own, options, { least: 1, most: 1, what: 'one script' });
    const [low, high] = rangeOption(values.batch);
    const file = scriptPath(positionals[0] as string);
    const literal = sourceFinder(workspaceReader(workspaceOf(file)), file).batchSize();
    if (!literal.ok) throw new CliError(`no batch size to change: ${literal.error}`);
    const trials = await trialsOf(file, script, countOption('steps', values.steps) ?? TRIAL_STEPS);
    const line = new StatusLine();
    const result = await sweep(trials, sweepBatches(low, high), (batch) => literal.value.edit(batch), {
      rounds: countOption('rounds', values.rounds) ?? 2,
      signal,
      onProgress: ({ batch, done, of }) => line.update(`batch ${batch} · trial ${done} of ${of}`),
    }).finally(() => line.clear());
    if (values.json !== undefined) writeOutput(values.json, `${JSON.stringify(result, null, 2)}\n`);
    if (result.points.length === 0)
      throw new CliError(result.failures[0]?.reason ?? 'no batch could be measured', EXIT.scriptFailed);
    if (values.json !== '-') print(shown(result));
    return EXIT.done;
  },
};
