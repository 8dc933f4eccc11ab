import type { Command } from '../command.ts';
import { EXIT, RANGE_OPTIONS, RANGE_USAGE, parseCommand, rangeOption } from '../command.ts';
import { adviceFor } from '../advice.ts';
import { readNotesOf, readTrace } from '../files.ts';
import { formatNs } from '../../base/format.ts';
import type { Note } from '../../trace/notes.ts';
import { recordedText } from '../../export/index.ts';
import { dumpTrace } from '../../trace/dump.ts';
import { print } from '../terminal.ts';
import { OUTPUT_OPTIONS, OUTPUT_USAGE, writeOutputs } from '../outputs.ts';

export const open: Command = {
  name: 'open',
  summary: 'print the report of a trace: ours, or one of PyTorch or Chrome',
  usage: `kernelscope open <trace> [options]

${OUTPUT_USAGE}
${RANGE_USAGE}
  --dump              print every row as text instead (for small traces)`,
  async run({ argv }) {
    const { values, positionals } = parseCommand(
      argv,
      { ...OUTPUT_OPTIONS, ...RANGE_OPTIONS, dump: { type: 'boolean' } } as const,
      {
        least: 1,
        most: 1,
        what: 'one trace',
      },
    );
    const trace = readTrace(positionals[0] as string, rangeOption(values));
    if (values.dump) {
      print(dumpTrace(trace));
      return EXIT.done;
    }
    const notes = readNotesOf(positionals[0] as string);
    writeOutputs(trace, adviceFor(trace), values, notes);
    if (values.json !== '-' && notes.length > 0) print(notesText(notes));
    const recorded = recordedText(trace);
    if (values.json !== '-' && recorded !== '') print(`\n${recorded}`);
    return EXIT.done;
  },
};

function notesText(notes: readonly Note[]): string {
  const lines = notes.map(({ step, fromNs, toNs, text }) => {
    const when =
      toNs > fromNs ? `${formatNs(fromNs, 4)} for ${formatNs(toNs - fromNs)}` : formatNs(fromNs, 4);
    return `  ${step === null ? '' : `step ${step}, `}${when}: ${text}`;
  });
  return ['', 'Notes', ...lines].join('\n');
}
