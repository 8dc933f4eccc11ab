/** Why a script failed, with the place in the user's own file. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CallSites } from '../probe/call-sites.ts';
import type { RunError } from '../trace/model.ts';

export function runErrorOf(thrown: unknown, callSites: CallSites): RunError {
  if (!(thrown instanceof Error)) return { message: `the script threw ${describe(thrown)}` };
  const stack = thrown.stack ?? '';
  const place =
    placeInMessage(thrown) ?? placeOfImport(thrown) ?? placeAtTop(stack) ?? callSites.inText(stack);
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

/** Node puts the place of a JavaScript syntax error on the stack's first line: `file:///x.mjs:3`, then the code and a caret. */
function placeAtTop(stack: string): Place | null {
  const match = /^(file:\/\/.+?|\/.+?):(\d+)\n(?:.*\n)?( *)\^/.exec(stack);
  return match
    ? { file: toPath(match[1] as string), line: Number(match[2]), column: (match[3] as string).length + 1 }
    : null;
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
