import path from 'node:path';
import { formatBytes, formatNs, formatShare } from '../../base/format.ts';
import type { Change, Comparison, LimitVerdict } from '../../analysis/compare.ts';
import { compareTraces, limitVerdict, otherBatch, perRow, rowScale } from '../../analysis/compare.ts';
import { sourceChanges } from '../../analysis/source-changes.ts';
import { differenceText, sourceText } from '../../export/index.ts';
import { textTable } from '../../export/text-table.ts';
import type { Command } from '../command.ts';
import { CliError, EXIT, parseCommand, shareOption } from '../command.ts';
import { adviceFor } from '../advice.ts';
import { readTrace, writeOutput } from '../files.ts';
import { writePage } from '../outputs.ts';
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
    before && after ? signed(after / before) : before ? 'gone' : after ? 'new' : '–',
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

/** Why there is no interval, and which option mends it. */
function shortText({ short }: Pick<Comparison, 'short'>): string[] {
  return (['before', 'after'] as const).flatMap((which) => {
    const run = short[which];
    if (!run) return [];
    return [
      `        no interval: ${which} has ${run.timed} timed steps of the ${run.needed} it takes; record it again with --steps ${run.record} or more`,
    ];
  });
}

function shown(comparison: Comparison): string {
  const { step, peakBytes, rows: samples } = comparison;
  const { ratio, low, high } = step.ratio;
  const { runs } = comparison;
  const of = runs.before > 1 && runs.after > 1 ? `, ${runs.before} against ${runs.after} runs` : '';
  const interval = Number.isFinite(low) ? ` (${signed(low)}..${signed(high)}${of})` : '';
  return [
    `Step    ${formatNs(step.before, 3)} → ${formatNs(step.after, 3)}  ${signed(ratio)}${interval}`,
    ...(Number.isFinite(low) ? [] : shortText(comparison)),
    ...(otherBatch(comparison)
      ? [
          `Rows    ${samples.before} → ${samples.after} a step; time a row ${signed(ratio * rowScale(comparison))}`,
        ]
      : []),
    ...(peakBytes.before + peakBytes.after > 0
      ? [
          `Memory  ${formatBytes(peakBytes.before)} → ${formatBytes(peakBytes.after)}  ${signed(peakBytes.after / peakBytes.before)}`,
        ]
      : []),
    ...table(
      `Layers (GPU time a ${otherBatch(comparison) ? 'row' : 'step'})`,
      'layer',
      perRow(comparison.layers, comparison),
    ),
    ...table(
      `Kernels (mean of a dispatch${otherBatch(comparison) ? ', for a row' : ''})`,
      'kernel',
      perRow(comparison.kernels.slice(0, 16), comparison),
    ),
  ].join('\n');
}

const VERDICT_TEXT: Readonly<Record<LimitVerdict, (limit: string) => string>> = {
  above: (limit) => `Slower by more than ${limit}: the whole 95 % interval lies above it.`,
  within: (limit) => `Within ${limit}: the whole 95 % interval lies below it.`,
  uncertain: (limit) =>
    `Not certain: the 95 % interval holds ${limit}. More steps, or more runs of each (--before, --after), would tell.`,
};

export const compare: Command = {
  name: 'compare',
  summary: 'compare two traces; with a limit, fail when the second is slower',
  usage: `kernelscope compare <before> <after> [options]

  --fail-above SHARE  exit with 1 when a step (a row, where batches differ) is slower by
                      more than this (5%): the whole interval, not just its middle
  --strict            exit with 1 too when the interval cannot tell
  --before FILE       another run of the first script; may be given several times
  --after FILE        another run of the second one; with runs of both the interval is
                      between runs, which differ by more than the steps of one run tell
  --json FILE|-       write the comparison as JSON; - is stdout
  --html FILE         write the second trace beside the first as one self-contained page`,
  async run({ argv }) {
    const options = {
      'fail-above': { type: 'string' },
      strict: { type: 'boolean' },
      before: { type: 'string', multiple: true },
      after: { type: 'string', multiple: true },
      json: { type: 'string' },
      html: { type: 'string' },
    } as const;
    const { values, positionals } = parseCommand(argv, options, { least: 2, most: 2, what: 'two traces' });
    const limit = shareOption('fail-above', values['fail-above']) ?? null;
    const [before, after] = positionals.map((file) => readTrace(file));
    const others = {
      before: (values.before ?? []).map((file) => readTrace(file)),
      after: (values.after ?? []).map((file) => readTrace(file)),
    };
    if (others.before.length > 0 !== others.after.length > 0)
      throw new CliError('an interval between runs needs several of both: give --before and --after');
    const comparison = compareTraces(before!, after!, others);
    const sources = sourceChanges(before!.meta, after!.meta);
    const verdict = limit === null ? null : limitVerdict(comparison, limit);
    if (values.json !== undefined)
      writeOutput(
        values.json,
        `${JSON.stringify({ ...comparison, sources: sources.changes, limit, verdict }, null, 2)}\n`,
      );
    if (values.html !== undefined) {
      const [baseline, title] = positionals.map((file) => path.basename(file));
      writePage(values.html, after!, adviceFor(after!), {
        title: title!,
        baseline: { title: baseline!, trace: before! },
      });
    }
    if (values.json !== '-') {
      const source = sourceText(sources);
      if (source !== '') print(`Source  ${source}`);
      print(shown(comparison));
      const difference = differenceText(before!, after!);
      if (difference !== '') print(`\n${difference}`);
    }
    if (limit === null) return EXIT.done;
    if (verdict === null) throw new CliError('there are no steps to compare in one of the traces');
    const { runs } = comparison;
    const ofTwo = runs.before > 1 && runs.after > 1 ? '' : ' Of these two runs: others may differ by more.';
    const text = Number.isFinite(comparison.step.ratio.low)
      ? `${VERDICT_TEXT[verdict](formatShare(limit))}${ofTwo}`
      : 'Not certain: too few steps for an interval.';
    if (values.json !== '-') print(`\n${text}`);
    const fails = verdict === 'above' || (verdict === 'uncertain' && values.strict === true);
    return fails ? EXIT.scriptFailed : EXIT.done;
  },
};
