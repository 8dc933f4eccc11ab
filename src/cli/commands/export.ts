import { EXPORTERS } from '../../export/index.ts';
import type { Command } from '../command.ts';
import { CliError, EXIT, RANGE_OPTIONS, RANGE_USAGE, parseCommand, rangeOption } from '../command.ts';
import { adviceFor } from '../advice.ts';
import { readNotesOf, readTrace, writeOutput } from '../files.ts';
import { htmlOf } from '../outputs.ts';
import { say } from '../terminal.ts';

const FORMATS = [...EXPORTERS.map(({ id }) => id), 'html'];

export const exportTrace: Command = {
  name: 'export',
  summary: 'write a trace in another format',
  usage: `kernelscope export <trace> --format FORMAT --output FILE|-

  --format FORMAT     ${FORMATS.join(', ')}
  --output FILE|-     where to; - is stdout
${RANGE_USAGE}`,
  async run({ argv }) {
    const options = { format: { type: 'string' }, output: { type: 'string' }, ...RANGE_OPTIONS } as const;
    const { values, positionals } = parseCommand(argv, options, { least: 1, most: 1, what: 'one trace' });
    const { format, output } = values;
    if (format === undefined || !FORMATS.includes(format))
      throw new CliError(`--format is one of ${FORMATS.join(', ')}`);
    if (output === undefined) throw new CliError('--output names the file to write, or - for stdout');
    const range = rangeOption(values);
    const trace = readTrace(positionals[0] as string, range);
    const suggestions = adviceFor(trace);
    const exporter = EXPORTERS.find(({ id }) => id === format);
    writeOutput(
      output,
      exporter
        ? exporter.write(trace, suggestions, process.cwd(), range)
        : htmlOf(trace, suggestions, { notes: readNotesOf(positionals[0] as string) }),
    );
    if (output !== '-') say(`wrote ${output}`);
    return EXIT.done;
  },
};
