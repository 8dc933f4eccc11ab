/** Worker threads that make the samples of a dataset while the script trains. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker, workerData } from 'node:worker_threads';
import { tensorError } from '../tensor/errors.ts';
import type { Field, HostField } from './collate.ts';
import type { SampleDataset } from './dataset.ts';
// The build gives its text.
// oxlint-disable-next-line import/default
import source from './sample.worker.js';

type Samples = SampleDataset<readonly Field[]>;

interface Answer {
  readonly id: number;
  readonly fields?: readonly HostField[];
  readonly samples?: readonly unknown[];
  readonly error?: string;
}

interface Pending {
  readonly worker: Worker;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** Whether this is a thread that a DataLoader started. */
export const inSampleWorker = (): boolean =>
  (workerData as { readonly makesSamples?: boolean } | null)?.makesSamples === true;

/** What a worker makes the dataset from. @throws TensorError where it cannot. */
function recipeOf(dataset: Samples) {
  const { module } = dataset;
  const type = dataset.constructor.name;
  if (module === null)
    throw tensorError(
      `numWorkers: the workers have to import the class ${type}; write it in a file of its own with \`override readonly module = import.meta.url\``,
    );
  const script = process.argv[1];
  if (script !== undefined && module.startsWith('file:') && fileURLToPath(module) === path.resolve(script))
    throw tensorError(
      `numWorkers: the class ${type} is in the script itself, which each worker would run again; move it to a file of its own`,
    );
  return { makesSamples: true, module, type, properties: { ...dataset } };
}

export class SampleWorkers {
  readonly #workers: readonly Worker[];
  readonly #pending = new Map<number, Pending>();
  #next = 0;

  /** @param count Threads; each imports the dataset's file and has a copy of the dataset. */
  constructor(dataset: Samples, count: number) {
    let recipe: ReturnType<typeof recipeOf>;
    try {
      recipe = structuredClone(recipeOf(dataset));
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      throw tensorError(`numWorkers: a property of ${dataset.constructor.name} cannot be copied to a worker: ${error.message}`); // prettier-ignore
    }
    this.#workers = Array.from({ length: count }, () => this.#start(recipe));
  }

  /** The fields of the samples at the given places, put together by the next worker in turn. */
  async hostBatch(indices: Uint32Array): Promise<readonly HostField[]> {
    return (await this.#ask({ indices, raw: false })).fields ?? [];
  }

  /** The samples at the given places, one by one. */
  async samples(indices: Uint32Array): Promise<readonly unknown[]> {
    return (await this.#ask({ indices, raw: true })).samples ?? [];
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(recipe: object): Worker {
    // A module, not a script to evaluate: only modules wait for what is to be loaded before them.
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
      workerData: recipe,
    });
    worker.on('message', (answer: Answer) => {
      const pending = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      this.#rest(worker);
      if (answer.error === undefined) pending?.resolve(answer);
      else pending?.reject(new Error(`the dataset failed in a worker: ${answer.error}`));
    });
    worker.on('error', (error) =>
      this.#failed(worker, `a worker of the DataLoader failed: ${String(error)}`),
    );
    worker.on('exit', (code) =>
      this.#failed(worker, `a worker of the DataLoader ended with exit code ${code} while it made a batch`),
    );
    // A waiting worker does not keep the script alive.
    worker.unref();
    return worker;
  }

  #ask(question: { readonly indices: Uint32Array; readonly raw: boolean }): Promise<Answer> {
    const id = this.#next++;
    const worker = this.#workers[id % this.#workers.length] as Worker;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { worker, resolve, reject });
      worker.ref();
      worker.postMessage({ id, ...question });
    });
  }

  /** Lets the script end once nothing is asked of the worker. */
  #rest(worker: Worker): void {
    for (const pending of this.#pending.values()) if (pending.worker === worker) return;
    worker.unref();
  }

  #failed(worker: Worker, message: string): void {
    for (const [id, pending] of this.#pending) {
      if (pending.worker !== worker) continue;
      this.#pending.delete(id);
      pending.reject(new Error(message));
    }
  }
}
