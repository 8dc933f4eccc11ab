/** One database in a process of its own, as its user sees it. It is ended at once when it is no longer wanted. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { totalmem } from 'node:os';
import path from 'node:path';
import { asNode } from '../run/as-node.ts';
import { checkFromSqlProcess } from '../wire/sql-messages.ts';
import type { FromSqlProcess, SqlOutcome, ToSqlProcess } from '../wire/sql-messages.ts';

export type SqlOpened = Exclude<FromSqlProcess, { type: 'outcome' }>;

export interface SqlSessionOptions {
  /** The folder of our built programs. */
  readonly programs: string;
  /** A folder whose node_modules may hold DuckDB. */
  readonly packages: string;
  readonly trace: Uint8Array;
  readonly title: string;
  /** Further traces and folders of Parquet. */
  readonly others: readonly string[];
  /** For the database; half of the machine's if left out. */
  readonly memoryBytes?: number;
}

/** A query that was told to end and has not after this is ended with its process. */
const PATIENCE_MS = 3000;

interface Running {
  readonly run: number;
  readonly limitSeconds: number;
  stopped: 'cancelled' | 'time-limit' | null;
  readonly timer: NodeJS.Timeout;
  done(outcome: SqlOutcome): void;
}

export class SqlSession {
  /** Never rejects. */
  readonly opened: Promise<SqlOpened>;
  readonly #child: ChildProcess;
  #running: Running | null = null;
  #runs = 0;
  #over = false;

  constructor(options: SqlSessionOptions) {
    const { programs, packages, trace, title, others, memoryBytes = totalmem() / 2 } = options;
    this.#child = fork(path.join(programs, 'sql-process.mjs'), [], {
      env: { ...process.env, ...asNode(), KERNELSCOPE_PACKAGES: packages },
      execArgv: [],
      // Bytes travel as bytes.
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.opened = new Promise((resolve) => {
      this.#child.on('message', (value) => {
        const message = checkFromSqlProcess(value);
        if (message?.type === 'outcome') {
          if (message.broken !== null) this.#end();
          this.#answer(message.run, message.broken === null ? message.outcome : broke(message.outcome, message.broken)); // prettier-ignore
        } else if (message) resolve(message);
      });
      const end = (why: string): void => {
        this.#over = true;
        resolve({ type: 'failed', message: why });
        const running = this.#running;
        if (running) this.#answer(running.run, stoppedOr(running, `${why} during this query. ${AGAIN}`));
      };
      this.#child.on('error', (error) => end(error.message));
      this.#child.on('exit', (code, signal) => end(`the database ended with ${signal ?? `code ${code}`}`));
    });
    this.#tell({ type: 'open', trace, title, others, memoryBytes });
  }

  /** The process is gone or of no more use: a new session is needed. */
  get over(): boolean {
    return this.#over;
  }

  /** One at a time: a query that still runs is ended. Never rejects. */
  run(text: string, limitSeconds: number): Promise<SqlOutcome> {
    const last = this.#running;
    if (last) {
      this.cancel();
      this.#answer(last.run, stoppedOr(last, ''));
    }
    const run = ++this.#runs;
    return new Promise((done) => {
      const timer = setTimeout(() => this.#stop('time-limit'), limitSeconds * 1000);
      this.#running = { run, limitSeconds, stopped: null, timer, done };
      if (this.#over)
        return this.#answer(run, { kind: 'error', message: 'the database has ended', place: null });
      this.#tell({ type: 'run', run, text });
    });
  }

  cancel(): void {
    this.#stop('cancelled');
  }

  dispose(): void {
    this.#child.kill('SIGKILL');
  }

  #end(): void {
    this.#over = true;
    this.dispose();
  }

  #stop(why: 'cancelled' | 'time-limit'): void {
    const running = this.#running;
    if (!running || running.stopped) return;
    running.stopped = why;
    clearTimeout(running.timer);
    this.#tell({ type: 'cancel' });
    setTimeout(() => this.#running === running && this.#child.kill('SIGKILL'), PATIENCE_MS).unref();
  }

  #answer(run: number, outcome: SqlOutcome): void {
    const running = this.#running;
    if (running?.run !== run) return;
    clearTimeout(running.timer);
    this.#running = null;
    running.done(outcome.kind === 'rows' ? outcome : stoppedOr(running, outcome));
  }

  #tell(message: ToSqlProcess): void {
    if (this.#child.connected) this.#child.send(message);
  }
}

/** What follows for the person. */
const AGAIN = 'The database is started again and its tables are read anew.';

function broke(outcome: SqlOutcome, why: string): SqlOutcome {
  const own = outcome.kind === 'error' && outcome.message !== why ? `${outcome.message} ` : '';
  return { kind: 'error', message: `${own}This query broke the database: ${why}. ${AGAIN}`, place: null };
}

/** What was stopped on purpose is no error. */
function stoppedOr({ stopped, limitSeconds }: Running, otherwise: SqlOutcome | string): SqlOutcome {
  if (stopped) return { kind: 'stopped', why: stopped, seconds: limitSeconds };
  return typeof otherwise === 'string' ? { kind: 'error', message: otherwise, place: null } : otherwise;
}
