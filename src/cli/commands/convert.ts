import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { writeParquet } from '../../sql/parquet-folder.ts';
import { uniqueNames } from '../../sql/source-names.ts';
import { writeTraceFile } from '../../trace/codec.ts';
import type { Command } from '../command.ts';
import { CliError, EXIT, RANGE_OPTIONS, RANGE_USAGE, parseCommand, rangeOption } from '../command.ts';
import { readTrace, writeOutput } from '../files.ts';
import { say } from '../terminal.ts';

const FORMATS = ['kscope', 'parquet'] as const;

export const convert: Command = {
  name: 'convert',
  summary: 'turn traces of any format into ours, or into Parquet for SQL',
  usage: `kernelscope convert <trace>... --output FOLDER [options]

  --output FOLDER     one .kscope file a trace, or one folder a table with one .parquet file a trace in it
  --format FORMAT     ${FORMATS.join(' (default), ')}
${RANGE_USAGE}

Folders of ranks count as one trace. Parquet is what kernelscope query, DuckDB, Spark, Trino and BigQuery read.`,
  async run({ argv, signal }) {
    const options = { output: { type: 'string' }, format: { type: 'string' }, ...RANGE_OPTIONS } as const;
    const { values, positionals } = parseCommand(argv, options, { least: 1, most: 100_000, what: 'traces' });
    const { output, format = 'kscope' } = values;
    if (output === undefined) throw new CliError('--output names the folder to write into');
    if (!(FORMATS as readonly string[]).includes(format))
      throw new CliError(`--format is one of ${FORMATS.join(', ')}`);
    const range = rangeOption(values);
    mkdirSync(output, { recursive: true });
    const names = uniqueNames(positionals);
    for (const [i, given] of positionals.entries()) {
      if (signal.aborted) return EXIT.scriptFailed;
      const trace = readTrace(given, range);
      const name = names[i] as string;
      if (format === 'parquet') writeParquet(output, trace, name);
      else writeOutput(path.join(output, `${name}.kscope`), writeTraceFile(trace));
      say(`${given} -> ${name}`);
    }
    return EXIT.done;
  },
};
