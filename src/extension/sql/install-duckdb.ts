/** Gets DuckDB's package into the extension's own folder, by npm: it is larger than all of the extension and most never need it. */
import { mkdirSync } from 'node:fs';
import { npmReason } from '../../base/npm-reason.ts';
import type { Result } from '../../base/result.ts';
import { err, ok } from '../../base/result.ts';
import { outputOf } from '../../run/output-of.ts';
import { t } from '../words.ts';

const LIMIT_MS = 300_000;

/** What a person may type instead. */
export function installCommand(folder: string, version: string): string {
  return `npm install --prefix "${folder}" ${packageOf(version)}`;
}

export async function installDuckDb(folder: string, version: string): Promise<Result<null, string>> {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    return err((error as Error).message);
  }
  // The package brings its library along: no script of an install has to run.
  const args = [
    'install',
    '--prefix',
    '.',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    packageOf(version),
  ];
  const windows = process.platform === 'win32';
  const done = await outputOf(windows ? 'npm.cmd' : 'npm', args, LIMIT_MS, { cwd: folder, shell: windows, lines: 100 }); // prettier-ignore
  if (done.ok) return ok(null);
  return err(
    /ENOENT/.test(done.error)
      ? t('npm was not found on this machine. It comes with Node.js.')
      : t('npm could not install it: {0}', npmReason(done.error)),
  );
}

function packageOf(version: string): string {
  return `@duckdb/node-api@${version}`;
}
