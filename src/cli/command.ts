/** What a command of the CLI is, and how it ends. */
import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';
import { didYouMean } from './did-you-mean.ts';
import type { TimeRange } from '../trace/time-range.ts';

export const EXIT = { done: 0, scriptFailed: 1, badArguments: 2, noAdapter: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with one line on stderr and this exit code. */
export class CliError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.badArguments) {
    super(message);
    this.exitCode = exitCode;
  }
}

export interface CommandContext {
  readonly argv: readonly string[];
  /** Aborts at the first Ctrl-C; the second one ends the process. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Shown by --help. */
  readonly usage: string;
  run(context: CommandContext): Promise<ExitCode>;
}

type Options = NonNullable<ParseArgsConfig['options']>;

/** Strict parsing: an unknown option is a bad argument with a sentence, not a stack. */
export function parseCommand<const T extends Options>(
  argv: readonly string[],
  options: T,
  positionals: { readonly least: number; readonly most: number; readonly what: string },
) {
  const parsed = (() => {
    try {
      return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
    } catch (error) {
      throw new CliError(optionError((error as Error).message, Object.keys(options)));
    }
  })();
  const count = parsed.positionals.length;
  if (count < positionals.least || count > positionals.most)
    throw new CliError(
      `expected ${positionals.what}, got ${count === 0 ? 'nothing' : parsed.positionals.map((p) => `'${p}'`).join(' ')}`,
    );
  return parsed;
}

/** Node's sentence on an option, with the one that was meant. */
function optionError(message: string, known: readonly string[]): string {
  const sentence = message.split('. ')[0] as string;
  const unknown = /^Unknown option '(--[^']+)'/.exec(sentence)?.[1];
  if (unknown === undefined) return sentence;
  const near = didYouMean(
    unknown,
    known.map((name) => `--${name}`),
  );
  return near === '' ? sentence : `${sentence}.${near}`;
}

/** A whole positive number given to an option; undefined when the option was not given. */
export function countOption(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value <= 0)
    throw new CliError(`--${name} takes a whole number above zero, not '${text}'`);
  return value;
}

/** A positive number of seconds. */
export function secondsOption(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value > 0)) throw new CliError(`--${name} takes seconds above zero, not '${text}'`);
  return value;
}

/** "5%" or "0.05" -> 0.05 */
export function shareOption(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text);
  if (!match) throw new CliError(`--${name} takes a share such as 5%, not '${text}'`);
  return Number(match[1]) / (match[2] === '%' ? 100 : 1);
}

/** Options of every command that reads a trace and may read a part of it. */
export const RANGE_OPTIONS = { from: { type: 'string' }, to: { type: 'string' } } as const;

export const RANGE_USAGE = `  --from SECONDS      read only what happened after this time of the trace
  --to SECONDS        and before this one; our own file is then read by range, whatever its size`;

/** The part of a trace that --from and --to name; undefined without them. */
export function rangeOption(values: {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}): TimeRange | undefined {
  if (values.from === undefined && values.to === undefined) return undefined;
  const ns = (name: 'from' | 'to', otherwise: number): number => {
    const text = values[name];
    if (text === undefined) return otherwise;
    const seconds = Number(text);
    if (text.trim() === '' || !(seconds >= 0))
      throw new CliError(`--${name} takes seconds from zero, not '${text}'`);
    return seconds * 1e9;
  };
  const range = { fromNs: ns('from', 0), toNs: ns('to', Infinity) };
  if (range.toNs < range.fromNs) throw new CliError('--to lies before --from');
  return range;
}

/** What stands before and after a bare `--`. */
export function splitScriptArguments(argv: readonly string[]): {
  own: readonly string[];
  script: readonly string[];
} {
  const at = argv.indexOf('--');
  return at < 0 ? { own: argv, script: [] } : { own: argv.slice(0, at), script: argv.slice(at + 1) };
}
