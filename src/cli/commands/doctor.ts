import type { Attempt } from '../../run/adapter-choice.ts';
import { SOFTWARE_CAUTION, chooseAdapter, wantsDriver } from '../../run/adapter-choice.ts';
import { installDriver } from '../../run/driver-install.ts';
import { cacheFolder, findDrivers, hasSystemLoader } from '../../run/drivers.ts';
import type { Command } from '../command.ts';
import { CliError, EXIT, parseCommand } from '../command.ts';
import { PROGRAMS } from '../files.ts';
import { print, say } from '../terminal.ts';

function attempts(tried: readonly Attempt[]): string[] {
  return tried.map(
    ({ what, report }) => `  ${what}: ${report.problem ?? report.adapter?.name ?? 'no adapter'}`,
  );
}

export const doctor: Command = {
  name: 'doctor',
  summary: 'say which adapter a run would use, why, and how to get a better one',
  usage: `kernelscope doctor [--install]

Checks every driver again, and prints the adapter that a run would use.

  --install           where no adapter works, or only a browser's slow one, get a
                      software driver: by apt as root, else unpacked into
                      Kernelscope's own cache folder`,
  async run({ argv }) {
    const { values } = parseCommand(
      argv,
      { install: { type: 'boolean' } },
      { least: 0, most: 0, what: 'nothing' },
    );
    const ask = (): ReturnType<typeof chooseAdapter> => chooseAdapter({ programs: PROGRAMS, fresh: true });
    let choice = await ask();
    if (values.install === true && wantsDriver(choice)) {
      const installed = await installDriver({ cache: cacheFolder(), onLine: say });
      // A slow adapter is still an adapter.
      if (!installed.ok && !choice.ok) throw new CliError(installed.error, EXIT.noAdapter);
      say(installed.ok ? installed.value : `no better driver was installed: ${installed.error}`);
      choice = await ask();
    }
    const drivers = findDrivers(cacheFolder());
    const found = [
      `Vulkan loader: ${hasSystemLoader() ? 'the system has one' : 'none in the system'}`,
      'Drivers found:',
      ...(drivers.length > 0 ? drivers.map(({ manifest, kind }) => `  ${manifest} (${kind})`) : ['  none']),
      'Tried:',
      ...attempts(choice.ok ? choice.value.tried : choice.error.tried),
    ];
    if (!choice.ok) {
      print(
        [`No adapter: ${choice.error.message}`, '', ...found, '', `To get one: ${choice.error.command}`].join(
          '\n',
        ),
      );
      return EXIT.noAdapter;
    }
    const { name, reason, software } = choice.value;
    print(
      [
        `Adapter: ${name}`,
        `Why: ${reason}`,
        ...(software
          ? [
              `Mind: ${SOFTWARE_CAUTION}`,
              "Better: a GPU with its vendor's Vulkan driver (Linux), or any GPU on macOS or Windows",
            ]
          : []),
        '',
        ...found,
      ].join('\n'),
    );
    return EXIT.done;
  },
};
