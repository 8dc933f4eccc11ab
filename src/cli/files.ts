/** Files the commands read and write. */
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceReader } from '../edit/index.ts';
import { readWorkspaceFile } from '../run/workspace-file.ts';
import { formatImportError, importRanks, importTracePieces } from '../import/index.ts';
import { filePieces } from '../run/file-pieces.ts';
import type { Edit } from '../suggest/suggestion.ts';
import type { Trace } from '../trace/model.ts';
import { notesFileOf, readNotes } from '../trace/notes.ts';
import type { Note } from '../trace/notes.ts';
import { cutTrace } from '../trace/time-range.ts';
import type { TimeRange } from '../trace/time-range.ts';
import { CliError } from './command.ts';
import { didYouMeanFile } from './did-you-mean.ts';

/** Folder of the built programs: this one's own. */
export const PROGRAMS = path.dirname(fileURLToPath(import.meta.url));

export function scriptPath(given: string): string {
  const script = path.resolve(given);
  const stat = statSync(script, { throwIfNoEntry: false });
  if (!stat) throw new CliError(`there is no script ${given}.${didYouMeanFile(given, isScript)}`);
  if (!stat.isFile()) throw new CliError(`${given} is a folder: name the script in it`);
  if (script.endsWith('.py'))
    throw new CliError(
      `${given} is Python, which is not run here: let torch.profiler (export_chrome_trace) or jax.profiler write a trace, then: kernelscope open TRACE`,
    );
  return script;
}

export function isScript(given: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(given);
}

/** A folder of ranks opens as one trace. */
function readRanks(folder: string, range?: TimeRange): Trace {
  const names = readdirSync(folder)
    .filter((name) => /\.json(\.gz)?$/.test(name))
    .sort();
  if (names.length === 0)
    throw new CliError(
      `${folder} holds no .json or .json.gz traces of ranks; other traces are named one by one`,
    );
  const trace = importRanks(names.map((name) => ({ name, bytes: readFileSync(path.join(folder, name)) })));
  if (!trace.ok) throw new CliError(`${folder}: ${formatImportError(trace.error)}`);
  return range ? cutTrace(trace.value, range) : trace.value;
}

export function readTrace(given: string, range?: TimeRange): Trace {
  if (isScript(given))
    throw new CliError(`${given} is a script: kernelscope profile ${given} --trace run.kscope records one`);
  const stat = statSync(given, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return readRanks(given, range);
  const trace = (() => {
    try {
      return importTracePieces(filePieces(given), stat?.size ?? 0, {
        fileName: path.basename(given),
        ...(range ? { range } : {}),
      });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      const near = code === 'ENOENT' ? didYouMeanFile(given, (name) => !isScript(name)) : '';
      throw new CliError(`cannot read ${given}: ${reasonOf(code) ?? message}${near && `.${near}`}`);
    }
  })();
  if (!trace.ok) throw new CliError(`${given}: ${formatImportError(trace.error)}`);
  return trace.value;
}

/** The operating system's codes that people meet, in words. */
function reasonOf(code: string | undefined): string | undefined {
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'permission denied';
  return code;
}

export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`cannot read ${file}: ${reasonOf((error as NodeJS.ErrnoException).code) ?? ''}`);
  }
}

/** Edits of source, as a file of JSON gives them. Each is checked: they came from another process. */
export function readEdits(file: string): Edit[] {
  const text = readText(file);
  const list: unknown = (() => {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new CliError(`${file} is no JSON: ${(error as Error).message.split('\n')[0]}`);
    }
  })();
  if (!Array.isArray(list) || !list.every(isEdit))
    throw new CliError(`${file} is no list of edits { file, start, end, oldText, newText }`);
  return list;
}

function isEdit(value: unknown): value is Edit {
  if (typeof value !== 'object' || value === null) return false;
  const { file, start, end, oldText, newText } = value as Record<string, unknown>;
  return (
    [file, oldText, newText].every((text) => typeof text === 'string') &&
    [start, end].every((place) => Number.isInteger(place) && (place as number) >= 0)
  );
}

/** The notes beside a trace file; none where there is no file of them. */
export function readNotesOf(traceFile: string): readonly Note[] {
  const file = notesFileOf(traceFile);
  if (!existsSync(file)) return [];
  const notes = readNotes(readFileSync(file, 'utf8'));
  if (!notes.ok) throw new CliError(`${file}: ${notes.error}`);
  return notes.value;
}

/** Writes a result; `-` is stdout. Folders on the way are made. */
export function writeOutput(target: string, content: string | Uint8Array): void {
  if (target === '-') {
    process.stdout.write(content);
    return;
  }
  try {
    mkdirSync(path.dirname(path.resolve(target)), { recursive: true });
    writeFileSync(target, content);
  } catch (error) {
    throw new CliError(
      `cannot write ${target}: ${reasonOf((error as NodeJS.ErrnoException).code) ?? (error as Error).message}`,
    );
  }
}

/** Nearest folder above the script that is a project (package.json or .git), else the script's own. */
export function workspaceOf(script: string): string {
  const start = path.dirname(script);
  for (let folder = start; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'package.json')) || existsSync(path.join(folder, '.git'))) return folder;
    if (folder === path.dirname(folder)) return start;
  }
}

/** Reads files of the workspace only, none of its installed packages. */
export function workspaceReader(workspace: string): SourceReader {
  return { read: (file) => readWorkspaceFile([workspace], file) };
}

/** The built webview, for the HTML report. */
export function webviewFiles(): { script: string; style: string } {
  const read = (name: string): string => {
    try {
      return readFileSync(path.join(PROGRAMS, name), 'utf8');
    } catch {
      throw new CliError(`the HTML report needs ${name} beside the CLI; build it with: node build.mjs`);
    }
  };
  return { script: read('webview.js'), style: read('webview.css') };
}
