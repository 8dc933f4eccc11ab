/** Where the runs of a command go instead of this machine. One file an executor; index.ts lists them. */
import type { Trace } from '../../trace/model.ts';
import type { JobFolder } from './job-folder.ts';

export interface JobStatus {
  readonly done: number;
  readonly running: number;
  readonly waiting: number;
  /** Why tasks wait, in the scheduler's words; empty where it does not say. */
  readonly reason: string;
}

/** A job that a scheduler has taken. */
export interface SubmittedJob {
  /** `Slurm job 1234` */
  readonly label: string;
  /** The trace of a task when it has ended, whatever its end. Rejects when there is none, with the reason. */
  trace(task: number, signal: AbortSignal): Promise<Trace>;
  /** Asks the running tasks to stop and to write what they have; what waits is taken back. */
  stop(): Promise<void>;
  /** Ends everything of it that is left. */
  cancel(): Promise<void>;
}

/** A job that a person submits: the file to do it with was written. */
export interface WrittenJob {
  /** What to do next, a line each. */
  readonly next: readonly string[];
}

export interface ExecutorOptions {
  /** Options of the scheduler, as it spells them. */
  readonly passed: readonly string[];
  /** File to write a job into. */
  readonly out: string | undefined;
  readonly image: string | undefined;
  readonly claim: string | undefined;
  readonly onStatus: (status: JobStatus) => void;
}

export interface Executor {
  readonly id: string;
  readonly title: string;
  run(job: JobFolder, options: ExecutorOptions): Promise<SubmittedJob | WrittenJob>;
}
