/** Why a script failed, with the place in the user's own file. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildFailure, buildSync as BuildSync } from 'esbuild';
import type { CallSites } from '../probe/call-sites.ts';
import type { RunError } from '../trace/model.ts';

export function runErrorOf(thrown: unknown, script: string, callSites: CallSites): RunError {
  if (!(thrown instanceof Error)) return { message: `the script threw ${describe(thrown)}` };
  const stack = thrown.stack ?? '';
  const place =
    placeInMessage(thrown) ??
    placeOfImport(thrown) ??
    (thrown instanceof SyntaxError ? placeBySearch(script) : null) ??
    callSites.inText(stack);
  const message = place && 'text' in place ? (place.text as string) : `${thrown.name}: ${thrown.message}`;
  const where = place ? { file: place.file, line: place.line, column: place.column } : {};
  return { message, ...where, stack };
}

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The loader's own report of a file that does not parse: `SyntaxError: file:line:column: text`. */
function placeInMessage(error: Error): (Place & { readonly text: string }) | null {
  const match = /^(\/.+?|[A-Za-z]:\\.+?):(\d+):(\d+): (.+)/.exec(error.message);
  if (!match) return null;
  return {
    file: match[1] as string,
    line: Number(match[2]),
    column: Number(match[3]),
    text: `${error.name}: ${match[4]}`,
  };
}

/**
 * Node prints where a JavaScript syntax error is, but does not tell. The parser that reads TypeScript here says it, for the
 * script or whatever it imports.
 */
function placeBySearch(script: string): Place | null {
  const { buildSync } = createRequire(import.meta.url)('esbuild') as { readonly buildSync: typeof BuildSync };
  try {
    buildSync({
      entryPoints: [script],
      bundle: true,
      write: false,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
    });
    return null;
  } catch (failure) {
    const location = (failure as BuildFailure).errors?.find((each) => each.location)?.location;
    return location
      ? { file: path.resolve(location.file), line: location.line, column: location.column + 1 }
      : null;
  }
}

/** A module that is missing has no stack in the user's file; the import that asked for it has a line. */
function placeOfImport(error: Error): Place | null {
  const { code } = error as NodeJS.ErrnoException;
  if (
    code !== 'ERR_MODULE_NOT_FOUND' &&
    code !== 'MODULE_NOT_FOUND' &&
    code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED'
  )
    return null;
  const from =
    /imported from (\S+)/.exec(error.message)?.[1] ?? /Require stack:\n- (.+)/.exec(error.message)?.[1];
  const wanted = /Cannot find (?:package|module) '([^']+)'/.exec(error.message)?.[1];
  if (!from || !wanted) return null;
  const file = toPath(from);
  const name = wanted.split(/[\\/]/).at(-1) as string;
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    const at = lines.findIndex(
      (line) =>
        /\b(import|from|require)\b/.test(line) &&
        (line.includes(wanted) || line.includes(name.replace(/\.\w+$/, ''))),
    );
    return at < 0
      ? null
      : { file, line: at + 1, column: Math.max(1, (lines[at] as string).search(/['"]/) + 1) };
  } catch {
    return null;
  }
}

function toPath(script: string): string {
  return script.startsWith('file:') ? fileURLToPath(script) : script;
}

function describe(value: unknown): string {
  try {
    return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  } catch {
    return String(value);
  }
}
