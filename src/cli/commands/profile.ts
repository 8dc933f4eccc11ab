import type { Command } from '../command.ts';
import { EXIT, countOption, parseCommand, secondsOption, splitScriptArguments } from '../command.ts';
import { adviceFor } from '../advice.ts';
import { isElsewhere, jobElsewhere, onlyTrace } from '../elsewhere.ts';
import { EXECUTOR_OPTIONS, EXECUTOR_USAGE } from '../executors/index.ts';
import { readEdits, scriptPath, writeOutput } from '../files.ts';
import { OUTPUT_OPTIONS, OUTPUT_USAGE, writeOutputs } from '../outputs.ts';
import { runScript } from '../run-script.ts';
import { StatusLine, say } from '../terminal.ts';
import type { Trace } from '../../trace/model.ts';
import type { WindowSpec } from '../../wire/run-messages.ts';

export const profile: Command = {
  name: 'profile',
  summary: 'run a training script and print where its GPU time and memory went',
  usage: `kernelscope profile <script> [options] [-- script arguments]

  --steps N           stop after N training steps
  --timeout SECONDS   stop the script after this long
  --from-step N       record from the step after N on; the steps of --steps are then recorded ones
  --after SECONDS     record from this long after the start on
  --duration SECONDS  stop when so much has been recorded
  --on-call           record from where the script calls annotate.record() on
${OUTPUT_USAGE}
  --trace FILE        write the trace (.kscope), to open again or in VS Code; it grows while the script runs
  --untimed           time no kernel, only steps, as trials do
  --edits FILE        change the source in memory: a JSON list of { file, start, end, oldText, newText }

${EXECUTOR_USAGE}

Ctrl-C stops the script and prints the report of what ran.`,
  async run({ argv, signal }) {
    const { own, script } = splitScriptArguments(argv);
    const { values, positionals } = parseCommand(
      own,
      {
        ...OUTPUT_OPTIONS,
        steps: { type: 'string' },
        timeout: { type: 'string' },
        'from-step': { type: 'string' },
        after: { type: 'string' },
        duration: { type: 'string' },
        'on-call': { type: 'boolean' },
        trace: { type: 'string' },
        untimed: { type: 'boolean' },
        edits: { type: 'string' },
        ...EXECUTOR_OPTIONS,
      },
      { least: 1, most: 1, what: 'one script' },
    );
    const file = scriptPath(positionals[0] as string);
    const steps = countOption('steps', values.steps);
    const timeoutSeconds = secondsOption('timeout', values.timeout);
    const window: WindowSpec = {
      fromStep: countOption('from-step', values['from-step']) ?? 0,
      afterMs: 1e3 * (secondsOption('after', values.after) ?? 0),
      durationMs:
        values.duration === undefined ? null : 1e3 * (secondsOption('duration', values.duration) ?? 0),
      onCall: values['on-call'] ?? false,
    };
    const edits = values.edits === undefined ? [] : readEdits(values.edits);
    // Before the run, which may be long: that the file cannot be written is better known now.
    if (values.trace !== undefined) writeOutput(values.trace, '');
    let trace: Trace;
    if (isElsewhere(values)) {
      const line = new StatusLine();
      const own = [
        ...(steps === undefined ? [] : ['--steps', String(steps)]),
        ...(timeoutSeconds === undefined ? [] : ['--timeout', String(timeoutSeconds)]),
        ...(values.untimed ? ['--untimed'] : []),
        ...(['from-step', 'after', 'duration'] as const).flatMap((name) =>
          values[name] === undefined ? [] : [`--${name}`, values[name]],
        ),
        ...(values['on-call'] ? ['--on-call'] : []),
      ];
      const job = await jobElsewhere(
        values,
        { script: file, scriptArguments: script, arguments: own, tasks: [{ edits }], command: `kernelscope profile ${positionals[0]}` },
        line,
      ); // prettier-ignore
      if (!job) return EXIT.done;
      trace = await onlyTrace(job, signal).finally(() => line.clear());
      writeOutputs(trace, adviceFor(trace), values);
    } else {
      trace = await runScript(
        {
          script: file,
          args: script,
          steps,
          timeoutSeconds,
          window,
          scriptOutput: values.json === '-' ? 'stderr' : 'stdout',
          traceFile: values.trace,
          untimed: values.untimed ?? false,
          edits,
        },
        signal,
      );
      writeOutputs(trace, adviceFor(trace), { json: values.json, html: values.html });
      if (values.trace !== undefined) say(`wrote ${values.trace}`);
    }
    const { status } = trace.meta;
    return status === 'ok' || status === 'stopped' ? EXIT.done : EXIT.scriptFailed;
  },
};
