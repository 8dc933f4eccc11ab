/** Which adapter runs would use here, why, and how to get a better one: written to the output channel. */
import * as vscode from 'vscode';
import { chooseAdapter, SOFTWARE_CAUTION } from '../run/adapter-choice.ts';
import type { Attempt } from '../run/adapter-choice.ts';
import { cacheFolder, findDrivers } from '../run/drivers.ts';
import type { Parts } from './parts.ts';
import { readSettings } from './settings.ts';
import { t } from './words.ts';

export async function showDoctor({ output, runner }: Pick<Parts, 'output' | 'runner'>): Promise<void> {
  const lines = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: t('Asking the GPU drivers') },
    () => examine(runner.programs),
  );
  output.appendLine(['', ...lines, ''].join('\n'));
  output.show(true);
}

async function examine(programs: string): Promise<string[]> {
  const { driver } = readSettings();
  const choice = await chooseAdapter({ programs, fresh: true, ...(driver ? { driver } : {}) });
  const lines = [
    'Kernelscope doctor',
    `  ${process.platform} ${process.arch}, Node ${process.versions.node}`,
  ];
  if (choice.ok) {
    lines.push(`  adapter: ${choice.value.name}`, `  why:     ${choice.value.reason}`);
    if (choice.value.software)
      lines.push(
        `  note:    ${SOFTWARE_CAUTION}`,
        '           a GPU with a Vulkan driver of its own is found by itself',
      );
  } else lines.push(`  no adapter: ${choice.error.message}`, `  mend it with: ${choice.error.command}`);
  lines.push('  asked:', ...(choice.ok ? choice.value : choice.error).tried.map(attemptLine));
  const drivers = findDrivers(cacheFolder());
  if (drivers.length > 0)
    lines.push('  drivers found:', ...drivers.map(({ manifest, kind }) => `    ${kind}: ${manifest}`));
  return lines;
}

function attemptLine({ what, report }: Attempt): string {
  return `    ${what}: ${report.problem ?? (report.adapter ? `${report.adapter.name}, computes rightly` : 'no adapter')}`;
}
