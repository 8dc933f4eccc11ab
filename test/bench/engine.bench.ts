/**
 * Our engine against TensorFlow.js and jax-js on the same adapter, and against PyTorch on the CPU: three workloads, each
 * engine in a process of its own, taking turns step by step so that a busy machine is busy for all of them.
 *
 * `npm run bench -- engine [--json] [--workload=mlp,cnn,gpt] [--peers=tfjs,jaxjs,torch,torch-one] [--rounds=N] [--steps=N] [--warm]`
 * Shader caches are empty at the start of each run; `--warm` uses the user's, which makes the first step short.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from '../../src/base/stats.ts';
import { findPeers, findTorch, python } from '../support/peers.ts';
import { runPeer } from './engine/child.ts';
import { PeerProcess } from './engine/peer-process.ts';
import { goalsOf, goalsText } from './engine/goals.ts';
import { ratiosOf, tableOf, type Row } from './engine/report.ts';
import { WORKLOADS, writeWorkload, type WorkloadName } from './engine/workloads.ts';

/** Ours in the default layout and with channels last. PyTorch with all cores, and with one thread: on few cores its own threads can get in each other's way. */
const ENGINES = ['kernelscope', 'kernelscope-nhwc', 'tfjs', 'jaxjs', 'torch', 'torch-one'] as const;
type EngineName = (typeof ENGINES)[number];

const PREPARE_SECONDS = 240;
const BLOCK_SECONDS = 120;
const SELF = fileURLToPath(import.meta.url);

if (process.argv[2] === '--peer')
  await runPeer(process.argv[3] ?? '', process.argv[4] ?? '', process.argv[5] ?? '');

/** `--name=a,b` */
function option(name: string): string[] | null {
  const found = process.argv.find((word) => word.startsWith(`--${name}=`));
  return found ? found.slice(name.length + 3).split(',') : null;
}

/** Which engines this machine has, with the reason for each that it has not. */
function available(wanted: readonly EngineName[]): Map<EngineName, string | null> {
  const peers = wanted.includes('tfjs') || wanted.includes('jaxjs') ? findPeers() : { folder: '' };
  const torch = wanted.some((name) => name.startsWith('torch')) ? findTorch() : null;
  if (torch && 'version' in torch && !torch.fastBlas)
    console.error(
      'PyTorch here has the reference BLAS, some twenty times slower than OpenBLAS: apt-get install libopenblas0-pthread',
    );
  const noTorch = torch && 'missing' in torch ? torch.missing : null;
  const noPeers = 'missing' in peers ? peers.missing : null;
  const reason: Record<EngineName, string | null> = {
    kernelscope: null,
    'kernelscope-nhwc': null,
    tfjs: noPeers,
    jaxjs: noPeers,
    torch: noTorch,
    'torch-one': noTorch,
  };
  return new Map(wanted.map((name) => [name, reason[name]]));
}

function start(engine: EngineName, workload: WorkloadName, folder: string, warm: boolean): PeerProcess {
  if (engine === 'torch' || engine === 'torch-one') {
    const threads = engine === 'torch' ? availableParallelism() : 1;
    return new PeerProcess(python, ['test/bench/peers/torch_cpu.py', workload, folder, String(threads)], {});
  }
  const cache = path.join(folder, `cache-${engine}-${workload}`);
  const cold = { MESA_SHADER_CACHE_DIR: cache, XDG_CACHE_HOME: cache, KERNELSCOPE_CACHE: cache };
  return new PeerProcess(
    process.execPath,
    ['--enable-source-maps', SELF, '--peer', engine, workload, folder],
    warm ? {} : cold,
  );
}

/** First step of a process that finds the shader cache filled by the one before. */
async function secondStart(engine: EngineName, workload: WorkloadName, folder: string): Promise<number> {
  const peer = start(engine, workload, folder, process.argv.includes('--warm'));
  const { firstMs } = await peer.ask({ do: 'prepare' }, PREPARE_SECONDS);
  peer.stop();
  return firstMs;
}

interface Measured {
  readonly engine: EngineName;
  readonly process: PeerProcess;
  readonly firstMs: number;
  readonly firstCpuMs: number;
  /** The first step of another process, which finds the shaders compiled. */
  readonly againMs: number | null;
  readonly losses: number[];
  readonly stepMs: number[];
  readonly cpuMs: number[];
}

async function measure(
  workload: WorkloadName,
  engines: Map<EngineName, string | null>,
  folder: string,
  rounds: number,
  steps: number,
): Promise<Row[]> {
  writeWorkload(workload, folder);
  const rows = new Map<EngineName, Row>();
  const running: Measured[] = [];
  const give = (engine: EngineName, missing: string): unknown =>
    rows.set(engine, { workload, engine, missing });
  for (const [engine, reason] of engines) {
    if (engine === 'kernelscope-nhwc' && workload !== 'cnn') continue;
    if (reason) {
      give(engine, `not here: ${reason}`);
      continue;
    }
    console.error(`${workload}: ${engine}, first step`);
    const peer = start(engine, workload, folder, process.argv.includes('--warm'));
    try {
      const { firstMs, firstCpuMs, losses } = await peer.ask({ do: 'prepare' }, PREPARE_SECONDS);
      const againMs = engine.startsWith('kernelscope') ? await secondStart(engine, workload, folder) : null;
      running.push({
        engine,
        process: peer,
        firstMs,
        firstCpuMs,
        againMs,
        losses: [...losses],
        stepMs: [],
        cpuMs: [],
      });
    } catch (error) {
      give(engine, `fails: ${(error as Error).message.split('\n').slice(0, 2).join(' ')}`);
      peer.stop();
    }
  }
  for (let round = 0; round < rounds; round++)
    for (const { engine, process: peer, stepMs, cpuMs, losses } of running) {
      console.error(`${workload}: ${engine}, round ${round + 1} of ${rounds}`);
      const stepped = await peer.ask({ do: 'steps', count: steps }, BLOCK_SECONDS);
      stepMs.push(...stepped.ms);
      cpuMs.push(stepped.cpuMs);
      losses.push(...stepped.losses);
    }
  for (const { engine, process: peer, firstMs, firstCpuMs, againMs, losses, stepMs, cpuMs } of running) {
    const { counts, peakBytes, pipelines } = await peer.ask({ do: 'count' }, BLOCK_SECONDS);
    rows.set(engine, {
      workload,
      engine,
      firstMs,
      firstCpuMs,
      againMs,
      stepMs: median(stepMs),
      cpuMs: median(cpuMs),
      counts,
      peakBytes,
      pipelines,
      losses,
    });
    peer.stop();
  }
  return [...engines.keys()].flatMap((engine) => rows.get(engine) ?? []);
}

export async function run({ json }: { readonly json: boolean }): Promise<void> {
  const workloads = (option('workload') ?? WORKLOADS) as readonly WorkloadName[];
  const wanted: readonly EngineName[] = [
    'kernelscope',
    ...((option('peers') ?? ENGINES.slice(1)) as EngineName[]).filter(
      (name) => name !== 'kernelscope' && ENGINES.includes(name),
    ),
  ];
  const engines = available(wanted);
  const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-bench-'));
  const rows: Row[] = [];
  try {
    for (const workload of workloads)
      rows.push(
        ...(await measure(
          workload,
          engines,
          folder,
          Number(option('rounds')?.[0] ?? 2),
          Number(option('steps')?.[0] ?? 4),
        )),
      );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const full = rows.map((row) => ({ ...row, ratios: ratiosOf(row, rows) }));
  const goals = goalsOf(rows, !process.argv.includes('--warm'));
  const out = option('out')?.[0];
  if (out) writeFileSync(out, JSON.stringify(full, null, 1));
  console.log(json ? JSON.stringify({ rows: full, goals }) : `${tableOf(rows)}\n\n${goalsText(goals)}`);
}
