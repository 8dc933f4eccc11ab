/** `kernelscope <command>`: the table of commands, help, Ctrl-C and exit codes. */
import type { Command, ExitCode } from './command.ts';
import { CliError, EXIT } from './command.ts';
import { compare } from './commands/compare.ts';
import { convert } from './commands/convert.ts';
import { doctor } from './commands/doctor.ts';
import { exportTrace } from './commands/export.ts';
import { ledger } from './commands/ledger.ts';
import { mcp } from './commands/mcp.ts';
import { open } from './commands/open.ts';
import { perf } from './commands/perf.ts';
import { profile } from './commands/profile.ts';
import { query } from './commands/query.ts';
import { suggest } from './commands/suggest.ts';
import { sweepCommand } from './commands/sweep.ts';
import { whatIfCommand } from './commands/what-if.ts';
import { didYouMean } from './did-you-mean.ts';
import { isScript } from './files.ts';
import { print, say } from './terminal.ts';
import { version } from './version.ts';

export const COMMANDS: readonly Command[] = [
  profile,
  open,
  suggest,
  sweepCommand,
  compare,
  whatIfCommand,
  perf,
  ledger,
  exportTrace,
  convert,
  query,
  doctor,
  mcp,
];

function help(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  return `Kernelscope profiles GPU training scripts and proves its advice.

${COMMANDS.map(({ name, summary }) => `  kernelscope ${name.padEnd(width)}  ${summary}`).join('\n')}

  kernelscope <command> --help says more. Exit codes: 0 done, 1 the script failed, 2 bad arguments, 3 no adapter.`;
}

/** The first Ctrl-C asks, the second one ends. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  });
  process.on('SIGTERM', () => controller.abort());
  return controller.signal;
}

async function main(argv: readonly string[]): Promise<ExitCode> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const command = COMMANDS.find((c) => c.name === rest[0]);
    print(command ? command.usage : help());
    return name === undefined ? EXIT.badArguments : EXIT.done;
  }
  if (name === '--version') {
    print(version());
    return EXIT.done;
  }
  const command = COMMANDS.find((c) => c.name === name);
  const names = COMMANDS.map((each) => each.name);
  if (!command)
    throw new CliError(
      isScript(name)
        ? `there is no command '${name}': kernelscope profile ${name}`
        : `there is no command '${name}'.${didYouMean(name, names) || ` There are ${names.join(', ')}.`}`,
    );
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (own.includes('--help') || own.includes('-h')) {
    print(command.usage);
    return EXIT.done;
  }
  try {
    return await command.run({ argv: rest, signal: interruption() });
  } catch (error) {
    if (error instanceof CliError && error.exitCode === EXIT.badArguments)
      throw new CliError(`${error.message}\nSee: kernelscope ${name} --help`);
    throw error;
  }
}

// A reader that goes away early (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof CliError)) throw error;
  say(`kernelscope: ${error.message}`);
  process.exitCode = error.exitCode;
}
