/**
 * How long a large PyTorch trace takes from bytes to trace, and how much memory at most, in a process of its own each.
 * The files are made here (operators, runtime calls, kernels with their arguments, flows) in a temporary folder. With
 * IMPORT_EVENTS=12000000 another of that many events (3.3 GB) is made, converted to our own file, and a tenth of a second of
 * that is opened by range. Where KERNELSCOPE_TRACE_PROCESSOR names Perfetto's trace_processor_shell, it reads the same file, and its
 * own figure stands below ours.
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { importTracePieces } from '../../src/import/index.ts';
import { writeTraceFile } from '../../src/trace/codec.ts';
import { askPerfetto, noTraceProcessor, traceProcessorVersion } from '../support/trace-processor.ts';

/** Events and the goal of issue 7: seconds to the trace, memory as a multiple of the file. */
const SIZES = [
  { events: 216_000, seconds: 2 },
  { events: 2_000_000, seconds: 20 },
] as const;
const MEMORY_GOAL = 3;

interface Measured {
  readonly events: number;
  readonly fileMb: number;
  readonly seconds: number;
  /** Processor time of the same span: what is left when other work shares the machine. */
  readonly processorSeconds: number;
  readonly peakMb: number;
  readonly slices: number;
  readonly dispatches: number;
  /** What Perfetto says of the same file; absent where it is not there. */
  readonly perfetto?: { readonly seconds: number; readonly slices: number };
}

export function run({ json }: { readonly json: boolean }): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-import-'));
  const results: Measured[] = [];
  try {
    for (const { events, seconds } of SIZES) {
      const file = path.join(folder, `${events}.pt.trace.json`);
      writeTrace(file, events);
      const child = spawnSync(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          `import(${JSON.stringify(import.meta.url)}).then((m) => m.measure(${JSON.stringify(file)}, ${events}))`,
        ],
        { encoding: 'utf8', maxBuffer: 1 << 24 },
      );
      if (child.status !== 0) throw new Error(`opening ${file} failed: ${child.stderr}`);
      const perfetto = readByPerfetto(file);
      const measured: Measured = {
        ...(JSON.parse(child.stdout) as Measured),
        ...(perfetto ? { perfetto } : {}),
      };
      results.push(measured);
      const memory = measured.peakMb / measured.fileMb;
      if (!json)
        console.log(
          `${measured.fileMb.toFixed(0)} MB, ${events} events: ${measured.seconds.toFixed(2)} s to the trace (goal ${seconds} s; ${measured.processorSeconds.toFixed(2)} s of processor time), ` +
            `peak memory ${measured.peakMb.toFixed(0)} MB = ${memory.toFixed(2)} x the file (goal ${MEMORY_GOAL} x), ${measured.slices} slices, ${measured.dispatches} dispatches`,
        );
      if (!json && perfetto)
        console.log(
          `  Perfetto (${traceProcessorVersion()}) on the same file: ${perfetto.seconds.toFixed(2)} s to its tables, ${perfetto.slices} slices: ours takes ${(measured.seconds / perfetto.seconds).toFixed(2)} times as long`,
        );
      rmSync(file);
    }
    const many = Number(process.env['IMPORT_EVENTS'] ?? 0);
    if (many > 0) byRange(folder, many);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (json) console.log(JSON.stringify(results));
}

function readByPerfetto(file: string): Measured['perfetto'] | null {
  if (noTraceProcessor) return null;
  const { rows, loadSeconds } = askPerfetto(file, 'select count(*) from slice');
  return { seconds: loadSeconds, slices: Number(rows[0]?.[0]) };
}

/** The way of a file of several gigabytes: converted once, then opened by range. */
function byRange(folder: string, events: number): void {
  const file = path.join(folder, 'many.pt.trace.json');
  writeTrace(file, events);
  const fileMb = statSync(file).size / 1e6;
  const inChild = (call: string): { seconds: number; peakMb: number; rows: number } => {
    const child = spawnSync(
      process.execPath,
      ['--max-old-space-size=8192', '--input-type=module', '-e', `import(${JSON.stringify(import.meta.url)}).then((m) => m.${call})`],
      { encoding: 'utf8', maxBuffer: 1 << 24 },
    ); // prettier-ignore
    if (child.status !== 0) throw new Error(child.stderr);
    return JSON.parse(child.stdout) as { seconds: number; peakMb: number; rows: number };
  };
  const converted = `${file}.kscope`;
  const once = inChild(`convert(${JSON.stringify(file)}, ${JSON.stringify(converted)})`);
  console.log(
    `${fileMb.toFixed(0)} MB, ${events} events: converted in ${once.seconds.toFixed(1)} s, peak memory ${once.peakMb.toFixed(0)} MB = ${(once.peakMb / fileMb).toFixed(2)} x the file, to ${(statSync(converted).size / 1e6).toFixed(0)} MB`,
  );
  const part = inChild(`openPart(${JSON.stringify(converted)})`);
  console.log(
    `a tenth of a second of it: ${part.seconds.toFixed(1)} s, peak memory ${part.peakMb.toFixed(0)} MB, ${part.rows} slices`,
  );
}

/** Runs in a child. */
export function convert(from: string, to: string): void {
  const start = performance.now();
  const read = importTracePieces(pieces(from), statSync(from).size);
  if (!read.ok) throw new Error(read.error.message);
  writeFileSync(to, writeTraceFile(read.value));
  tell(start, read.value.tables.slices.length);
}

/** Runs in a child. */
export function openPart(file: string): void {
  const start = performance.now();
  const read = importTracePieces(pieces(file), statSync(file).size, { range: { fromNs: 1e9, toNs: 1.1e9 } });
  if (!read.ok) throw new Error(read.error.message);
  tell(start, read.value.tables.slices.length);
}

function tell(start: number, rows: number): void {
  const seconds = (performance.now() - start) / 1000;
  process.stdout.write(JSON.stringify({ seconds, peakMb: process.resourceUsage().maxRSS / 1000, rows }));
}

/** Runs in the child: one cold import of one file, read in pieces as the command line does. */
export function measure(file: string, events: number): void {
  const before = process.cpuUsage();
  const start = performance.now();
  const result = importTracePieces(pieces(file), statSync(file).size);
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(before);
  if (!result.ok) throw new Error(result.error.message);
  const { slices, dispatches } = result.value.tables;
  const measured: Measured = {
    events,
    fileMb: statSync(file).size / 1e6,
    seconds,
    processorSeconds: (used.user + used.system) / 1e6,
    peakMb: process.resourceUsage().maxRSS / 1000,
    slices: slices.length,
    dispatches: dispatches.length,
  };
  process.stdout.write(JSON.stringify(measured));
}

function* pieces(file: string): Iterable<Uint8Array> {
  const descriptor = openSync(file, 'r');
  const piece = new Uint8Array(1 << 22);
  for (;;) {
    const read = readSync(descriptor, piece);
    if (read === 0) break;
    yield piece.subarray(0, read);
  }
  closeSync(descriptor);
}

const KERNELS = Array.from(
  { length: 40 },
  (_, i) =>
    `void at::native::vectorized_elementwise_kernel<4, at::native::Functor${i}<float>, at::detail::Array<char*, 3> >(int, at::native::Functor${i}<float>, at::detail::Array<char*, 3>)`,
);
const OPERATORS = Array.from({ length: 60 }, (_, i) => `aten::operator_${i}`);

/** A file of groups of nine events: three nested operators, two runtime calls, two kernels, a flow's two ends. */
function writeTrace(file: string, events: number): void {
  const out = openSync(file, 'w');
  const device =
    '{"id":0,"name":"NVIDIA A100-SXM4-40GB","totalGlobalMem":42505273344,"computeMajor":8,"computeMinor":0,"maxThreadsPerBlock":1024,"maxThreadsPerMultiprocessor":2048,"regsPerBlock":65536,"regsPerMultiprocessor":65536,"warpSize":32,"sharedMemPerBlock":49152,"sharedMemPerMultiprocessor":167936,"numSms":108}';
  let text = `{"schemaVersion":1,"deviceProperties":[${device}],"traceEvents":[\n`;
  const groups = Math.ceil(events / 9);
  for (let group = 0; group < groups; group++) {
    const us = 1_661_203_462_598_738 + group * 60;
    const [outer, middle, inner] = [0, 1, 2].map((i) => OPERATORS[(group + i * 7) % OPERATORS.length]);
    const common = `"pid":3113936,"tid":3113936`;
    const dims = `"Input Dims":[[64,${1 + (group % 17)},32,32],[],[]],"Input type":["float","Scalar",""],"Sequence number":${group},"Fwd thread id":0,"Record function id":0`;
    [outer, middle, inner].forEach((name, depth) => {
      text += `{"ph":"X","cat":"cpu_op","name":"${name}",${common},"ts":${us + depth}.25,"dur":${50 - depth * 10}.5,"args":{"External id":${group * 3 + depth + 1},${dims},"Ev Idx":${group}}},\n`;
    });
    for (const call of [0, 1]) {
      const correlation = group * 2 + call + 1;
      text += `{"ph":"X","cat":"cuda_runtime","name":"cudaLaunchKernel",${common},"ts":${us + 4 + call * 8}.5,"dur":5.25,"args":{"External id":${group * 3 + 3},"cbid":211,"correlation":${correlation}}},\n`;
      text += `{"ph":"X","cat":"kernel","name":"${KERNELS[(group + call) % KERNELS.length]}","pid":0,"tid":7,"ts":${us + 20 + call * 15}.125,"dur":12.875,"args":{"External id":${group * 3 + 3},"queued":0,"device":0,"context":1,"stream":7,"correlation":${correlation},"registers per thread":32,"shared memory":0,"blocks per SM":${(0.5 + (group % 13)).toFixed(3)},"warps per SM":8,"grid":[${54 + 108 * (group % 13)},1,1],"block":[256,1,1],"est. achieved occupancy %":25}},\n`;
    }
    text += `{"ph":"s","id":${group * 2 + 1},"pid":3113936,"tid":3113936,"ts":${us + 4}.5,"cat":"ac2g","name":"ac2g"},\n{"ph":"f","id":${group * 2 + 1},"pid":0,"tid":7,"ts":${us + 20}.125,"cat":"ac2g","name":"ac2g","bp":"e"}${group === groups - 1 ? '' : ','}\n`;
    if (text.length > 1 << 22) {
      writeSync(out, text);
      text = '';
    }
  }
  writeSync(out, `${text}]}\n`);
  closeSync(out);
}
