/** Hands foreign trace files to the import worker and waits for what becomes of them. */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { t } from '../words.ts';

export interface ImportTask {
  /** Absolute paths. */
  readonly files: readonly string[];
  /** All of them are ranks of one run, to be shown as one trace. */
  readonly asRanks: boolean;
}

export type ImportAnswer = { readonly bytes: Uint8Array } | { readonly error: string };

/** Never rejects. When `signal` aborts the reading ends at once, with an error that says so. */
export function importInWorker(
  programs: string,
  task: ImportTask,
  signal: AbortSignal,
): Promise<ImportAnswer> {
  return new Promise((resolve) => {
    const worker = new Worker(path.join(programs, 'import-worker.mjs'), { workerData: task, execArgv: [] });
    const end = (answer: ImportAnswer): void => {
      signal.removeEventListener('abort', stop);
      resolve(answer);
      void worker.terminate();
    };
    const stop = (): void => end({ error: t('reading was stopped') });
    worker.once('message', end);
    worker.once('error', (error) => end({ error: tooLarge(error) ?? error.message }));
    worker.once('exit', () => end({ error: t('the reader ended early') }));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

function tooLarge(error: Error): string | null {
  return (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? t('too large for the editor; `kernelscope convert` makes a file of it that opens by parts')
    : null;
}
