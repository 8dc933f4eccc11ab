/** Trace files on disk for the tests that open one. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeTraceFile } from '../../src/trace/codec.ts';
import { rank } from '../support/rank-file.ts';
import { sampleTrace } from '../support/sample-trace.ts';

export function writeSampleTrace(file: string): void {
  writeFileSync(file, writeTraceFile(sampleTrace({ network: 'cnn', steps: 12 })));
}

/** A file that says it is a trace and is not. */
export function writeBrokenTrace(file: string): void {
  const bytes = writeTraceFile(sampleTrace({ steps: 2 })).slice(0, 64);
  bytes[6] = 250;
  writeFileSync(file, bytes);
}

/** As Chrome's own tracing writes it. */
export function writeChromeTrace(file: string): void {
  const slice = (name: string, ts: number, dur: number) => ({
    name,
    ph: 'X',
    ts,
    dur,
    pid: 1,
    tid: 1,
    cat: 'kernel',
  });
  writeFileSync(
    file,
    JSON.stringify({ traceEvents: [slice('first-kernel', 0, 120), slice('second-kernel', 150, 80)] }),
  );
}

/** The traces of two ranks in a folder of their own, as PyTorch's profiler writes them. */
export function writeRanks(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const number of [0, 1])
    writeFileSync(path.join(folder, `worker-rank${number}.pt.trace.json`), rank(number, 1000));
}
