import type { Command } from '../command.ts';
import { EXIT, parseCommand } from '../command.ts';
import { adviceFor } from '../advice.ts';
import { readTrace } from '../files.ts';
import { OUTPUT_OPTIONS, OUTPUT_USAGE, writeOutputs } from '../outputs.ts';

export const open: Command = {
  name: 'open',
  summary: 'print the report of a trace: ours, or one of PyTorch or Chrome',
  usage: `kernelscope open <trace> [options]

${OUTPUT_USAGE}`,
  async run({ argv }) {
    const { values, positionals } = parseCommand(argv, OUTPUT_OPTIONS, {
      least: 1,
      most: 1,
      what: 'one trace',
    });
    const trace = readTrace(positionals[0] as string);
    writeOutputs(trace, adviceFor(trace), values);
    return EXIT.done;
  },
};
