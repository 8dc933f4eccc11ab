/**
 * The tasks of a cluster job, in a folder that its nodes see too. Task n runs `kernelscope profile` with the edits of
 * `n.edits.json` and writes `n.kscope`: the same trace that a run here gives.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Edit } from '../../suggest/suggestion.ts';
import type { Trace } from '../../trace/model.ts';
import { CliError } from '../command.ts';
import { readTrace } from '../files.ts';

export interface Task {
  /** In memory, on the node; the script's file stays as it is. */
  readonly edits: readonly Edit[];
}

export interface JobFolder {
  readonly folder: string;
  readonly tasks: readonly Task[];
  readonly script: string;
  /** Arguments of `kernelscope profile` for every task, without its edits and its trace. */
  readonly arguments: readonly string[];
  /** Of the script itself, after a bare `--`. */
  readonly scriptArguments: readonly string[];
}

/** Shell variable of a job's script that holds the task's number. */
export const TASK = 'KERNELSCOPE_TASK';

/** A folder for a job of this script: as given, or a new one beside where the command runs. */
export function jobFolderPath(given: string | undefined, script: string): string {
  if (given !== undefined) return path.resolve(given);
  const name = path.basename(script).replace(/\.[^.]*$/, '');
  const moment = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return path.resolve('kernelscope-jobs', `${name}-${moment}`);
}

export function makeJobFolder(job: JobFolder): void {
  if (existsSync(job.folder) && readdirSync(job.folder).some((name) => name.endsWith('.kscope')))
    throw new CliError(`${job.folder} holds the traces of another job; name a new folder with --jobs`);
  mkdirSync(job.folder, { recursive: true });
  job.tasks.forEach(({ edits }, task) =>
    writeFileSync(path.join(job.folder, `${task}.edits.json`), `${JSON.stringify(edits, null, 2)}\n`),
  );
}

/** The command of a task, in words of a POSIX shell. `program` is how the node calls Kernelscope. */
export function taskCommand(
  { folder, script, arguments: own, scriptArguments }: JobFolder,
  program: readonly string[],
): string {
  const file = (ending: string): string => `${quoted(`${folder}/`)}"$${TASK}"${ending}`;
  const words = [...program, 'profile', script, ...own].map(quoted);
  const rest = scriptArguments.length > 0 ? ['--', ...scriptArguments.map(quoted)] : [];
  return [...words, '--edits', file('.edits.json'), '--trace', file('.kscope'), ...rest].join(' ');
}

export function traceFileOf(folder: string, task: number): string {
  return path.join(folder, `${task}.kscope`);
}

/** The trace of a task that ended; a task without one says why, as far as its log tells. */
export function traceOfTask(folder: string, task: number, state: string): Trace {
  const file = traceFileOf(folder, task);
  if (existsSync(file)) return readTrace(file);
  throw new Error(
    `task ${task} ended without a trace (${state})${lastLines(path.join(folder, `${task}.log`))}`,
  );
}

function lastLines(file: string): string {
  const MOST = 3;
  try {
    const lines = readFileSync(file, 'utf8').trim().split('\n').slice(-MOST);
    return lines.join('') === '' ? '' : `: ${lines.join(' / ')}`;
  } catch {
    return '';
  }
}

/** One word of a POSIX shell, whatever stands in it. */
export function quoted(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
