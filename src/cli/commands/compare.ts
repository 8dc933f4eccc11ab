import { formatBytes, formatNs, formatShare } from '../../base/format.ts';
import type { Change, Comparison } from '../../analysis/compare.ts';
import { compareTraces } from '../../analysis/compare.ts';
import { differenceText } from '../../export/index.ts';
import { textTable } from '../../export/text-table.ts';
import type { Command } from '../command.ts';
import { CliError, EXIT, parseCommand, shareOption } from '../command.ts';
import { readTrace, writeOutput } from '../files.ts';
import { print } from '../terminal.ts';

function signed(ratio: number): string {
  return `${ratio >= 1 ? '+' : '−'}${formatShare(Math.abs(ratio - 1))}`;
}

function rows(changes: readonly Change[]): string[][] {
  const time = (ns: number | null): string => (ns === null || ns === 0 ? '–' : formatNs(ns));
  return changes.map(({ name, before, after }) => [
    name,
    time(before),
    time(after),
    before && after ? signed(after / before) : before ? 'gone' : 'new',
  ]);
}

function table(title: string, name: string, changes: readonly Change[]): string[] {
  if (changes.length === 0) return [];
  const columns = [
    { title: name, align: 'left' as const, width: 40 },
    ...['before', 'after', 'change'].map((column) => ({ title: column, align: 'right' as const })),
  ];
  return ['', title, ...textTable(columns, rows(changes)).map((line) => `  ${line}`)];
}

function shown(comparison: Comparison): string {
  const { step, peakBytes, rows: samples } = comparison;
  const { ratio, low, high } = step.ratio;
  const interval = Number.isFinite(low) ? ` (${signed(low)}..${signed(high)})` : '';
  return [
    `Step    ${formatNs(step.before, 3)} → ${formatNs(step.after, 3)}  ${signed(ratio)}${interval}`,
    ...(samples.before !== samples.after && samples.before > 0
      ? [
          `Rows    ${samples.before} → ${samples.after} a step; time a row ${signed((ratio * samples.before) / samples.after)}`,
        ]
      : []),
    ...(peakBytes.before + peakBytes.after > 0
      ? [
          `Memory  ${formatBytes(peakBytes.before)} → ${formatBytes(peakBytes.after)}  ${signed(peakBytes.after / peakBytes.before)}`,
        ]
      : []),
    ...table('Layers (GPU time a step)', 'layer', comparison.layers),
    ...table('Kernels (mean of a dispatch)', 'kernel', comparison.kernels.slice(0, 16)),
  ].join('\n');
}

export const compare: Command = {
  name: 'compare',
  summary: 'compare two traces; with a limit, fail when the second is slower',
  usage: `kernelscope compare <before> <after> [options]

  --fail-above SHARE  exit with 1 when a step is slower by more than this (5%), and
                      the interval says that it is not noise
  --json FILE|-       write the comparison as JSON; - is stdout`,
  async run({ argv }) {
    const options = { 'fail-above': { type: 'string' }, json: { type: 'string' } } as const;
    const { values, positionals } = parseCommand(argv, options, { least: 2, most: 2, what: 'two traces' });
    const limit = shareOption('fail-above', values['fail-above']) ?? null;
    const [before, after] = positionals.map(readTrace);
    const comparison = compareTraces(before!, after!);
    if (values.json !== undefined) writeOutput(values.json, `${JSON.stringify(comparison, null, 2)}\n`);
    if (values.json !== '-') {
      print(shown(comparison));
      const difference = differenceText(before!, after!);
      if (difference !== '') print(`\n${difference}`);
    }
    if (limit === null) return EXIT.done;
    const { ratio, low } = comparison.step.ratio;
    if (!Number.isFinite(ratio)) throw new CliError('there are no steps to compare in one of the traces');
    const slower = ratio > 1 + limit && (low > 1 || Number.isNaN(low));
    if (values.json !== '-')
      print(slower ? `\nSlower by more than ${formatShare(limit)}.` : `\nWithin ${formatShare(limit)}.`);
    return slower ? EXIT.scriptFailed : EXIT.done;
  },
};
