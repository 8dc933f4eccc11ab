/** The process of one engine on one workload. `node engine.mjs --peer NAME WORKLOAD FOLDER` */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import * as dawn from 'webgpu';
import { memory, startCounting, stopCounting, watchClasses } from './counters.ts';
import { MARK, type Reply, type Request, type Training } from './protocol.ts';
import type { Workload } from './workloads.ts';

type Train = (workload: Workload, numbers: ArrayBuffer) => Promise<Training>;

/** Steps between the first and the timed ones: pipelines and buffers of later steps are made in these. */
const WARM_UP = 3;

export async function runPeer(peer: string, workloadName: string, folder: string): Promise<void> {
  const workload = JSON.parse(readFileSync(path.join(folder, `${workloadName}.json`), 'utf8')) as Workload;
  const file = readFileSync(path.join(folder, `${workloadName}.bin`));
  const numbers = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer;
  let training: Training | null = null;
  let batch = 0;

  async function step(): Promise<number> {
    if (!training) throw new Error('not prepared');
    return training.read(await training.step(batch++));
  }

  async function answer(request: Request): Promise<Reply> {
    if (request.do === 'prepare') {
      training = await (await load(peer))(workload, numbers);
      const start = performance.now();
      const before = process.cpuUsage();
      const losses = [await step()];
      const firstMs = performance.now() - start;
      const firstCpuMs = cpuMsSince(before);
      for (let i = 0; i < WARM_UP; i++) losses.push(await step());
      return { kind: 'prepared', firstMs, firstCpuMs, losses };
    }
    if (request.do === 'steps') {
      const ms: number[] = [];
      const losses: number[] = [];
      const before = process.cpuUsage();
      for (let i = 0; i < request.count; i++) {
        const start = performance.now();
        losses.push(await step());
        ms.push(performance.now() - start);
      }
      return { kind: 'stepped', ms, cpuMs: cpuMsSince(before) / request.count, losses };
    }
    startCounting();
    await step();
    return {
      kind: 'counted',
      counts: stopCounting(),
      peakBytes: memory.peakBytes,
      pipelines: memory.pipelines,
    };
  }

  for await (const line of createInterface({ input: process.stdin })) {
    const reply = await answer(JSON.parse(line) as Request).catch((error: unknown): Reply => ({
      kind: 'failed',
      reason: String(error instanceof Error ? error.stack : error),
    }));
    process.stdout.write(`${MARK}${JSON.stringify(reply)}\n`);
  }
  process.exit(0);
}

/** Processor time of all threads of this process. */
function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function load(peer: string): Promise<Train> {
  Object.assign(globalThis, dawn.globals);
  watchClasses(dawn.globals as unknown as Parameters<typeof watchClasses>[0]);
  // What a browser library finds in a browser. TensorFlow.js looks for the gpu, jax-js also for the agent.
  const gpu = dawn.create(['disable-dawn-features=timestamp_quantization']);
  const navigator = {
    gpu,
    userAgent: `Node.js/${process.versions.node}`,
    hardwareConcurrency: availableParallelism(),
  };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true, writable: true });
  if (peer.startsWith('kernelscope')) {
    const { train } = await import('./ours.ts');
    return (workload, numbers) => train(workload, numbers, peer.endsWith('nhwc') ? 'nhwc' : 'nchw');
  }
  const module = (await import(pathToFileURL(path.resolve('test/bench/peers', `${peer}.mjs`)).href)) as {
    train: Train;
  };
  return module.train;
}
