/** Gets DuckDB's package into the extension's own folder, by npm: it is larger than all of the extension and most never need it. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { npmReason } from '../../base/npm-reason.ts';
import type { Result } from '../../base/result.ts';
import { err, ok } from '../../base/result.ts';
import { outputOf } from '../../run/output-of.ts';
import { t } from '../words.ts';

const LIMIT_MS = 300_000;

/** What a person may type instead, in the terminals VS Code opens. */
export function installCommand(folder: string, version: string): string {
  return `cd "${folder}"; npm install ${packageOf(version)}`;
}

/**
 * Makes the folder one that npm installs into, wherever it lies. With `--prefix` npm would look for its settings for all users
 * (a company's registry, proxy and certificates) in that folder, and miss them.
 */
export function prepareFolder(folder: string): Result<null, string> {
  try {
    mkdirSync(folder, { recursive: true });
    const manifest = path.join(folder, 'package.json');
    if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
    return ok(null);
  } catch (error) {
    return err((error as Error).message);
  }
}

export async function installDuckDb(folder: string, version: string): Promise<Result<null, string>> {
  const prepared = prepareFolder(folder);
  if (!prepared.ok) return prepared;
  // The package brings its library along: no script of an install has to run.
  const args = [
    'install',
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
