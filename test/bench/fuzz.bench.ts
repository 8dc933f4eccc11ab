/**
 * Fuzzes every importer for FUZZ_SECONDS each (600; FUZZ_ONLY=kineto,chrome names some): damages sample files, keeps what
 * reaches new code and damages it further. A case that throws, hangs, fills the memory or breaks our own file is written to
 * test/import/found, whose files the fast tests replay.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { IMPORTERS, chooseImporter, importTrace } from '../../src/import/index.ts';
import { writeTraceFile } from '../../src/trace/codec.ts';
import { CASE_BYTES, CELL, loop } from './fuzz/loop.ts';
import type { LoopInput, LoopMessage } from './fuzz/loop.ts';

export { loop };

const FOLDER = 'test/golden/import';
const FOUND = 'test/import/found';
/** A case of some kilobytes that takes this long hangs, on a busy machine too. */
const HANG_MS = 60_000;
/** How many cases of one message are written. */
const CASES_OF_A_FAULT = 2;
/** More memory than a small file may ask for. */
const HEAP_MB = 1024;
const RESIDENT_BYTES = 3 * 2 ** 30;

export async function run(): Promise<void> {
  const seconds = Number(process.env['FUZZ_SECONDS'] ?? 600);
  const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
  const only = process.env['FUZZ_ONLY']?.split(',');
  const samples: Uint8Array[] = readdirSync(FOLDER)
    .filter((name) => !/\.(txt|actual)$/.test(name))
    .map((name) => new Uint8Array(readFileSync(path.join(FOLDER, name))));
  // Our own format has no sample in the folder: every other one makes one.
  for (const bytes of samples.slice()) {
    const read = importTrace(bytes);
    if (read.ok) samples.push(writeTraceFile(read.value));
  }
  for (const { id } of IMPORTERS)
    if (!only || only.includes(id)) {
      const own = samples.filter((bytes) => chooseImporter(bytes)?.id === id);
      console.log(await fuzz(id, own, samples, seconds, seed));
    }
}

/** Runs one importer to its end, through hangs and crashes, and returns a line about it. */
async function fuzz(
  id: string,
  own: readonly Uint8Array[],
  all: readonly Uint8Array[],
  seconds: number,
  seed: number,
): Promise<string> {
  const cells = new Int32Array(new SharedArrayBuffer(4 * CELL.size));
  const bytes = new Uint8Array(new SharedArrayBuffer(CASE_BYTES));
  const until = performance.now() + seconds * 1000;
  const failures = { throw: 0, hang: 0, crash: 0 };
  const kept = new Map<string, number>();
  const keep = (kind: keyof typeof failures, bad: Uint8Array, message: string): void => {
    failures[kind]++;
    // One fault is found many times; its numbers differ.
    const fault = message.replaceAll(/\d+/g, '0');
    kept.set(fault, (kept.get(fault) ?? 0) + 1);
    if ((kept.get(fault) as number) > CASES_OF_A_FAULT) return;
    mkdirSync(FOUND, { recursive: true });
    const file = path.join(FOUND, `${id}-${kind}-${seed}-${failures[kind]}`);
    writeFileSync(file, bad);
    console.log(`FOUND ${file}: ${message.split('\n')[0]}`);
  };
  let last = '';
  for (let round = 0; performance.now() < until; round++) {
    const left = (until - performance.now()) / 1000;
    const input: LoopInput = {
      bundle: import.meta.url,
      seed: seed + round,
      seconds: left,
      own,
      all,
      cells,
      bytes,
    };
    const end = await watched(input, (message) => keep('throw', message.bytes, message.message));
    if (end.kind === 'done') {
      last = `${end.trace} gave a trace, ${end.error} an error, ${end.kept} kept for new code (${end.blocks} blocks), slowest ${end.slowestMs.toFixed(0)} ms`;
      break;
    }
    keep(end.kind, bytes.slice(0, Atomics.load(cells, CELL.length)), end.message);
  }
  return `${id}: ${seconds} s, ${own.length} samples, ${Atomics.load(cells, CELL.cases)} cases, ${last}; ${failures.throw} threw, ${failures.hang} hung, ${failures.crash} crashed (seed ${seed})`;
}

type End =
  | Extract<LoopMessage, { kind: 'done' }>
  | { readonly kind: 'hang' | 'crash'; readonly message: string };

/** One thread until it is done, hangs or dies. */
async function watched(
  input: LoopInput,
  onFound: (message: Extract<LoopMessage, { kind: 'found' }>) => void,
): Promise<End> {
  const worker = new Worker(`import(${JSON.stringify(import.meta.url)}).then((m) => m.loop())`, {
    eval: true,
    workerData: input,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  let watch: NodeJS.Timeout | undefined;
  try {
    return await new Promise<End>((resolve) => {
      worker.on('message', (message: LoopMessage) =>
        message.kind === 'found' ? onFound(message) : resolve(message),
      );
      worker.on('error', (error) => resolve({ kind: 'crash', message: error.message }));
      worker.on('exit', (code) => resolve({ kind: 'crash', message: `the thread ended with ${code}` }));
      let before = -1;
      let since = performance.now();
      watch = setInterval(() => {
        const { rss } = process.memoryUsage();
        if (rss > RESIDENT_BYTES) resolve({ kind: 'crash', message: `${(rss / 1e9).toFixed(1)} GB in use` });
        const now = Atomics.load(input.cells, CELL.cases);
        if (now !== before) {
          before = now;
          since = performance.now();
        } else if (performance.now() - since > HANG_MS)
          resolve({ kind: 'hang', message: `no answer within ${HANG_MS / 1000} s` });
      }, 250);
    });
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}
