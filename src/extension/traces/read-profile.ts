/** From a file, or a folder of ranks, to a profile. An error is one line that names the file. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Result } from '../../base/result.ts';
import { err, ok } from '../../base/result.ts';
import { formatImportError, importTrace } from '../../import/index.ts';
import { isTraceFile, readTraceFile, writeTraceFile } from '../../trace/codec.ts';
import type { Trace } from '../../trace/model.ts';
import { Profile } from '../profile.ts';
import { t } from '../words.ts';
import { importInWorker } from './import-task.ts';
import { isRankFile } from './rank-folders.ts';

/** Larger ones are for the command line, which need not hold them. */
const MOST_BYTES = 4 * 2 ** 30;
/** What a file system that is no disk can hand over at once. */
const MOST_BYTES_ELSEWHERE = 2 ** 30;

export async function readProfile(
  uri: vscode.Uri,
  programs: string,
  signal: AbortSignal,
): Promise<Result<Profile, string>> {
  const name = path.posix.basename(uri.path);
  try {
    const { size, type } = await vscode.workspace.fs.stat(uri);
    if (type & vscode.FileType.Directory) return await readRanks(uri, name, programs, signal);
    const most = uri.scheme === 'file' ? MOST_BYTES : MOST_BYTES_ELSEWHERE;
    if (size > most)
      return err(
        t(
          '{0} has {1}; the editor opens traces up to {2}. `kernelscope convert` makes a file of it that opens by parts.',
          name,
          megabytes(size),
          megabytes(most),
        ),
      );
    return uri.scheme === 'file' && !name.endsWith('.kscope')
      ? await readForeign(name, name, { files: [uri.fsPath], asRanks: false }, programs, signal)
      : readBytes(name, await vscode.workspace.fs.readFile(uri));
  } catch (error) {
    return err(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function readRanks(
  folder: vscode.Uri,
  name: string,
  programs: string,
  signal: AbortSignal,
): Promise<Result<Profile, string>> {
  if (folder.scheme !== 'file')
    return err(t('{0}: a folder of ranks opens only from a folder on disk.', name));
  const entries = await vscode.workspace.fs.readDirectory(folder);
  const files = entries
    .filter(([file, type]) => type & vscode.FileType.File && isRankFile(file))
    .map(([file]) => path.join(folder.fsPath, file))
    .sort();
  if (files.length === 0) return err(t('{0} holds no traces of ranks (.json or .json.gz).', name));
  const title = t('{0} ({1} ranks)', name, files.length);
  return readForeign(name, title, { files, asRanks: true }, programs, signal);
}

async function readForeign(
  name: string,
  title: string,
  task: { readonly files: readonly string[]; readonly asRanks: boolean },
  programs: string,
  signal: AbortSignal,
): Promise<Result<Profile, string>> {
  const answer = await importInWorker(programs, task, signal);
  if ('error' in answer) return err(`${name}: ${answer.error}`);
  const read = readTraceFile(answer.bytes);
  return read.ok ? ok(profileOf(title, answer.bytes, read.value)) : err(`${name}: ${read.error.message}`);
}

function readBytes(name: string, bytes: Uint8Array): Result<Profile, string> {
  const read = importTrace(bytes, { fileName: name });
  if (!read.ok) return err(`${name}: ${formatImportError(read.error)}`);
  return ok(profileOf(name, isTraceFile(bytes) ? bytes : writeTraceFile(read.value), read.value));
}

function profileOf(title: string, start: Uint8Array, trace: Trace): Profile {
  const script = path.isAbsolute(trace.meta.script) ? vscode.Uri.file(trace.meta.script) : null;
  return new Profile({ title, script, start, trace: () => trace, live: false });
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
