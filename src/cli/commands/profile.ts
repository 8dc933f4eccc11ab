import type { Command } from '../command.ts';
import { EXIT, countOption, parseCommand, secondsOption, splitScriptArguments } from '../command.ts';
import { adviceFor } from '../advice.ts';
import { scriptPath } from '../files.ts';
import { OUTPUT_OPTIONS, OUTPUT_USAGE, writeOutputs } from '../outputs.ts';
import { runScript } from '../run-script.ts';

export const profile: Command = {
  name: 'profile',
  summary: 'run a training script and print where its GPU time and memory went',
  usage: `kernelscope profile <script> [options] [-- script arguments]

  --steps N           stop after N training steps
  --timeout SECONDS   stop the script after this long
${OUTPUT_USAGE}
  --trace FILE        write the trace (.kscope), to open again or in VS Code

Ctrl-C stops the script and prints the report of what ran.`,
  async run({ argv, signal }) {
    const { own, script } = splitScriptArguments(argv);
    const { values, positionals } = parseCommand(
      own,
      {
        ...OUTPUT_OPTIONS,
        steps: { type: 'string' },
        timeout: { type: 'string' },
        trace: { type: 'string' },
      },
      { least: 1, most: 1, what: 'one script' },
    );
    const trace = await runScript(
      {
        script: scriptPath(positionals[0] as string),
        args: script,
        steps: countOption('steps', values.steps),
        timeoutSeconds: secondsOption('timeout', values.timeout),
        scriptOutput: values.json === '-' ? 'stderr' : 'stdout',
      },
      signal,
    );
    writeOutputs(trace, adviceFor(trace), values);
    const { status } = trace.meta;
    return status === 'ok' || status === 'stopped' ? EXIT.done : EXIT.scriptFailed;
  },
};
