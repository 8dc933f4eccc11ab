/** Every executor beside this machine. */
import { CliError } from '../command.ts';
import type { Executor } from './executor.ts';
import { kubernetes } from './kubernetes.ts';
import { slurm } from './slurm.ts';

export const EXECUTORS: readonly Executor[] = [slurm, kubernetes];

/** Options of every command that can run elsewhere. */
export const EXECUTOR_OPTIONS = {
  executor: { type: 'string' },
  jobs: { type: 'string' },
  pass: { type: 'string', multiple: true },
  out: { type: 'string' },
  image: { type: 'string' },
  claim: { type: 'string' },
  collect: { type: 'string' },
} as const;

export const EXECUTOR_USAGE = `Elsewhere than on this machine:
  --executor NAME     ${EXECUTORS.map(({ id, title }) => `${id} (${title})`).join(' or ')}
  --jobs FOLDER       folder for the job's files and traces, on a disk that its nodes see (kernelscope-jobs/...)
  --pass OPTION       option for sbatch, such as --pass=--gres=gpu:1; may be given several times
  --out FILE          where a manifest is written (job.yaml in the job's folder)
  --image IMAGE       of a manifest: the container, with the command kernelscope in it
  --claim NAME        of a manifest: the volume claim that holds the script and the job's folder
  --collect FOLDER    read the traces of a job that has ended instead of running anything`;

export function executorOption(name: string | undefined): Executor | null {
  if (name === undefined) return null;
  const executor = EXECUTORS.find(({ id }) => id === name);
  if (!executor)
    throw new CliError(
      `there is no executor '${name}'; there are ${EXECUTORS.map(({ id }) => id).join(', ')}`,
    );
  return executor;
}
