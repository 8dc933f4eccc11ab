import { formatCount, formatNs, formatShare } from '../../base/format.ts';
import type { WhatIf } from '../../analysis/what-if.ts';
import { whatIf } from '../../analysis/what-if.ts';
import { textTable } from '../../export/text-table.ts';
import type { Command } from '../command.ts';
import { CliError, EXIT, parseCommand } from '../command.ts';
import { readTrace, writeOutput } from '../files.ts';
import { print } from '../terminal.ts';

const COLUMNS = ['GPU', 'step', 'range', 'samples/s', 'GPU busy', 'memory', 'samples/J'].map((title, c) => ({
  title,
  align: c === 0 ? ('left' as const) : ('right' as const),
}));

function row({ gpu, stepNs, samplesPerSecond, busyShare, memoryShare, samplesPerJoule }: WhatIf): string[] {
  const memory = memoryShare === null ? '–' : memoryShare > 0.9 ? 'does not fit' : formatShare(memoryShare);
  return [
    gpu.name,
    formatNs(stepNs.middle),
    `${formatNs(stepNs.low)}..${formatNs(stepNs.high)}`,
    formatCount(samplesPerSecond),
    formatShare(busyShare),
    memory,
    samplesPerJoule === null ? '–' : formatCount(samplesPerJoule),
  ];
}

export const whatIfCommand: Command = {
  name: 'what-if',
  summary: 'estimate the step on other GPUs from a trace',
  usage: `kernelscope what-if <trace> [options]

  --gpu NAME          only GPUs whose name contains this
  --json FILE|-       write the estimates as JSON; - is stdout

Estimates: each kernel's measured distance from the roofline is carried over.
Their own errors on public measurements are in docs/what-if.md.`,
  async run({ argv }) {
    const options = { gpu: { type: 'string' }, json: { type: 'string' } } as const;
    const { values, positionals } = parseCommand(argv, options, { least: 1, most: 1, what: 'one trace' });
    const answer = whatIf(readTrace(positionals[0] as string));
    if (typeof answer === 'string') throw new CliError(answer);
    const wanted = values.gpu?.toLowerCase() ?? '';
    const shown = answer.gpus.filter(({ gpu }) => gpu.name.toLowerCase().includes(wanted));
    if (shown.length === 0) throw new CliError(`no GPU of the table has '${values.gpu}' in its name`);
    if (values.json !== undefined)
      writeOutput(values.json, `${JSON.stringify({ ...answer, gpus: shown }, null, 2)}\n`);
    if (values.json !== '-')
      print([...textTable(COLUMNS, shown.map(row)), '', ...answer.cautions].join('\n'));
    return EXIT.done;
  },
};
