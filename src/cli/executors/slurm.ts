/**
 * Slurm: one array job, a task an element. Everything is asked of its own programs (sbatch, squeue, scancel); whether a
 * task has ended is told by squeue, what it measured by its trace in the job's folder.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Trace } from '../../trace/model.ts';
import { CliError } from '../command.ts';
import { PROGRAMS } from '../files.ts';
import type { Executor, ExecutorOptions, SubmittedJob } from './executor.ts';
import type { JobFolder } from './job-folder.ts';
import { TASK, quoted, taskCommand, traceOfTask } from './job-folder.ts';

const POLL_MS = 1000;
/** States of tasks that have not ended, as squeue names them. */
const WAITING = /^(PENDING|CONFIGURING|REQUEUED|REQUEUE_HOLD|SPECIAL_EXIT|RESV_DEL_HOLD)$/;
const RUNNING = /^(RUNNING|COMPLETING|STAGE_OUT|SIGNALING|SUSPENDED|STOPPED|RESIZING)$/;

export const slurm: Executor = {
  id: 'slurm',
  title: 'an array job of Slurm (sbatch)',
  async run(job, options) {
    const file = path.join(job.folder, 'job.sh');
    writeFileSync(file, batchScript(job), { mode: 0o755 });
    const printed = await call('sbatch', ['--parsable', ...ownOptions(job), ...options.passed, file]);
    const id = /^\d+/.exec(printed.trim())?.[0];
    if (id === undefined) throw new CliError(`sbatch answered '${printed.trim()}', which names no job`);
    return new SlurmJob(id, job, options);
  },
};

/** As options and not in the script, where a space in a path would end them. Those of --pass come after and win. */
function ownOptions(job: JobFolder): string[] {
  return [
    `--job-name=kernelscope-${path.basename(job.script).replaceAll(/[^\w.-]/g, '_')}`,
    `--array=0-${job.tasks.length - 1}`,
    `--output=${job.folder.replaceAll('%', '%%')}/%a.log`,
    `--chdir=${process.cwd()}`,
  ];
}

/** The program takes the shell's place (`exec`), so that a signal to the batch step reaches it. */
function batchScript(job: JobFolder): string {
  const program = [process.execPath, path.join(PROGRAMS, 'cli.mjs')];
  return `#!/bin/sh
${TASK}="$SLURM_ARRAY_TASK_ID"
exec ${taskCommand(job, program)}
`;
}

class SlurmJob implements SubmittedJob {
  readonly label: string;
  readonly #id: string;
  readonly #job: JobFolder;
  readonly #onStatus: ExecutorOptions['onStatus'];
  readonly #ended = new Map<number, string>();
  #poll: Promise<void> | null = null;

  constructor(id: string, job: JobFolder, { onStatus }: ExecutorOptions) {
    this.label = `Slurm job ${id}`;
    this.#id = id;
    this.#job = job;
    this.#onStatus = onStatus;
  }

  async trace(task: number, signal: AbortSignal): Promise<Trace> {
    while (!this.#ended.has(task)) {
      signal.throwIfAborted();
      // Whoever waits shares one question to the scheduler.
      await (this.#poll ??= this.#ask().finally(() => (this.#poll = null)));
    }
    return traceOfTask(this.#job.folder, task, this.#ended.get(task) as string);
  }

  async stop(): Promise<void> {
    await call('scancel', ['--state=PENDING', this.#id]).catch(() => '');
    await call('scancel', ['--batch', '--signal=TERM', this.#id]).catch(() => '');
  }

  async cancel(): Promise<void> {
    await call('scancel', [this.#id]).catch(() => '');
  }

  async #ask(): Promise<void> {
    await delay(POLL_MS);
    // A job that ended some minutes ago is forgotten: squeue then fails, or prints nothing.
    const printed = await call('squeue', ['--noheader', '--array', '--states=all', `--jobs=${this.#id}`, '--format=%K|%T|%r']).catch((error: unknown) => {
      if (error instanceof CliError && /Invalid job id/i.test(error.message)) return '';
      throw error;
    }); // prettier-ignore
    const states = new Map<number, string>();
    const reasons = new Set<string>();
    for (const line of printed.split('\n')) {
      const [index = '', state = '', reason = ''] = line.trim().split('|');
      if (!/^\d+$/.test(index)) continue;
      states.set(Number(index), state);
      if (WAITING.test(state) && reason !== 'None') reasons.add(reason);
    }
    let running = 0;
    let waiting = 0;
    for (let task = 0; task < this.#job.tasks.length; task++) {
      const state = states.get(task) ?? 'no longer known to Slurm';
      if (RUNNING.test(state)) running++;
      else if (WAITING.test(state)) waiting++;
      else if (!this.#ended.has(task)) this.#ended.set(task, state);
    }
    this.#onStatus({ done: this.#ended.size, running, waiting, reason: [...reasons].join(', ') });
  }
}

/** What a program of Slurm prints. A program that is missing or fails is one line. */
async function call(program: string, words: readonly string[]): Promise<string> {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let problem = '';
  child.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (problem += piece.toString()));
  return await new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        new CliError(
          error.code === 'ENOENT'
            ? `there is no ${program} here: run this where Slurm's programs are, a login node of the cluster`
            : `${program}: ${error.message}`,
        ),
      ),
    );
    child.on('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new CliError(`${program} ${words.map(quoted).join(' ')}: ${problem.trim().split('\n').at(-1) || `ended with ${code}`}`)); // prettier-ignore
    });
  });
}
