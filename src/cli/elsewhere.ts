/** Runs of a command on a cluster, or the traces of a job that ran there: what `profile` and `sweep` do with --executor and --collect. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Trace } from '../trace/model.ts';
import { CliError } from './command.ts';
import type { JobStatus, SubmittedJob } from './executors/executor.ts';
import { executorOption } from './executors/index.ts';
import { jobFolderPath, makeJobFolder, traceOfTask } from './executors/job-folder.ts';
import type { JobFolder, Task } from './executors/job-folder.ts';
import { print, say } from './terminal.ts';
import type { StatusLine } from './terminal.ts';

/** The options of EXECUTOR_OPTIONS, parsed. */
export interface ElsewhereValues {
  readonly executor?: string | undefined;
  readonly jobs?: string | undefined;
  readonly pass?: readonly string[] | undefined;
  readonly out?: string | undefined;
  readonly image?: string | undefined;
  readonly claim?: string | undefined;
  readonly collect?: string | undefined;
}

export interface ElsewhereJob {
  readonly script: string;
  readonly scriptArguments: readonly string[];
  /** Arguments of `kernelscope profile` for every task. */
  readonly arguments: readonly string[];
  readonly tasks: readonly Task[];
  /** The command as it was given, for saying how to collect. */
  readonly command: string;
}

export function isElsewhere({ executor, collect }: ElsewhereValues): boolean {
  return executor !== undefined || collect !== undefined;
}

/** The job, submitted or ended; null when it was written for a person to submit, which was said. */
export async function jobElsewhere(
  values: ElsewhereValues,
  job: ElsewhereJob,
  line: StatusLine,
): Promise<SubmittedJob | null> {
  if (values.collect !== undefined) return endedJob(path.resolve(values.collect));
  const executor = executorOption(values.executor);
  if (!executor) throw new CliError('--executor names where to run');
  const folder: JobFolder = { ...job, folder: jobFolderPath(values.jobs, job.script) };
  makeJobFolder(folder);
  const made = await executor.run(folder, {
    passed: values.pass ?? [],
    out: values.out,
    image: values.image,
    claim: values.claim,
    onStatus: (status) => line.update(statusText(status)),
  });
  if (!('next' in made)) {
    say(`${made.label}: ${folder.tasks.length === 1 ? '1 task' : `${folder.tasks.length} tasks`}, traces in ${folder.folder}`);
    return made;
  } // prettier-ignore
  for (const next of made.next) print(next);
  print(`${job.command} --collect ${folder.folder}`);
  return null;
}

/** A job that ended before this command ran: its folder has all there is. */
function endedJob(folder: string): SubmittedJob {
  if (!existsSync(folder)) throw new CliError(`there is no folder ${folder}`);
  return {
    label: folder,
    trace: async (task) => traceOfTask(folder, task, 'it has not run, or not yet'),
    stop: () => Promise.resolve(),
    cancel: () => Promise.resolve(),
  };
}

/** How long a task that was asked to stop may take to write its trace. */
const STOP_MS = 30_000;

/** The trace of a job's one task. An abort stops the task, whose trace then covers what ran. */
export async function onlyTrace(job: SubmittedJob, signal: AbortSignal): Promise<Trace> {
  try {
    return await job.trace(0, signal);
  } catch (error) {
    if (!signal.aborted) throw new CliError((error as Error).message);
    say('stopping the task; its trace covers what ran');
    await job.stop();
    return await job.trace(0, AbortSignal.timeout(STOP_MS)).catch((late: unknown) => {
      throw new CliError(`stopped: ${(late as Error).message}`);
    });
  } finally {
    await job.cancel();
  }
}

function statusText({ done, running, waiting, reason }: JobStatus): string {
  const parts = [`${done} done`, `${running} running`];
  if (waiting > 0) parts.push(`${waiting} waiting${reason === '' ? '' : ` (${reason})`}`);
  return parts.join(' · ');
}
