/** Facts of imported traces, on traces small enough to work out by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordedAdvice } from '../../src/analysis/recorded/advice.ts';
import { deviceTime } from '../../src/analysis/recorded/device-time.ts';
import { recordedDifference } from '../../src/analysis/recorded/difference.ts';
import { deviceMetrics } from '../../src/analysis/recorded/gpu-metrics.ts';
import { recordedKernels } from '../../src/analysis/recorded/kernels.ts';
import { occupancyOf } from '../../src/analysis/recorded/occupancy.ts';
import { categoryPeak } from '../../src/analysis/recorded/memory.ts';
import { operatorFacts } from '../../src/analysis/recorded/operators.ts';
import { queueFacts } from '../../src/analysis/recorded/queue.ts';
import { recordedSteps, stepBreakdown } from '../../src/analysis/recorded/steps.ts';
import { importTrace } from '../../src/import/index.ts';
import type { AdapterInfo, Trace } from '../../src/trace/model.ts';

interface Event {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly tid?: number | string;
  readonly pid?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

const V100 = {
  id: 0,
  name: 'Tesla V100',
  totalGlobalMem: 1000,
  computeMajor: 7,
  computeMinor: 0,
  maxThreadsPerMultiprocessor: 2048,
  regsPerMultiprocessor: 65536,
  sharedMemPerMultiprocessor: 98304,
  warpSize: 32,
  numSms: 10,
};

function traceOf(events: readonly Event[], more: Readonly<Record<string, unknown>> = {}): Trace {
  const traceEvents = events.map((event) => ({ ph: 'X', pid: 1, tid: 1, ...event }));
  const read = importTrace(
    new TextEncoder().encode(
      JSON.stringify({ schemaVersion: 1, deviceProperties: [V100], traceEvents, ...more }),
    ),
  );
  assert.ok(read.ok);
  return read.value;
}

const operator = (
  name: string,
  ts: number,
  dur: number,
  args: Readonly<Record<string, unknown>> = {},
  tid: number | string = 1,
): Event => ({ cat: 'cpu_op', name, ts, dur, tid, args });
const call = (ts: number, dur: number, correlation: number, name = 'cudaLaunchKernel'): Event => ({
  cat: 'cuda_runtime',
  name,
  ts,
  dur,
  args: { correlation },
});
const kernel = (name: string, ts: number, dur: number, correlation: number, args: Readonly<Record<string, unknown>> = {}): Event => ({
  cat: 'kernel', name, ts, dur, pid: 0, tid: 7, args: { device: 0, stream: 7, correlation, grid: [5, 1, 1], block: [256, 1, 1], 'registers per thread': 32, 'shared memory': 0, 'blocks per SM': 0.5, 'est. achieved occupancy %': 6, ...args },
}); // prettier-ignore
const step = (number: number, ts: number, dur: number): Event => ({
  cat: 'user_annotation',
  name: `ProfilerStep#${number}`,
  ts,
  dur,
});

/** Two steps; the first one's kernel ends after its host span. Times in microseconds. */
const TWO_STEPS = [
  step(3, 0, 100),
  operator('enumerate(DataLoader)#_SingleProcessDataLoaderIter.__next__', 0, 20),
  operator('aten::linear', 20, 60),
  operator('aten::addmm', 30, 40),
  call(40, 10, 1),
  kernel('gemm', 90, 30, 1),
  step(4, 100, 100),
  operator('aten::relu', 110, 30),
  call(120, 10, 2),
  kernel('relu', 150, 20, 2, { 'blocks per SM': 2 }),
  call(160, 5, 3, 'cudaMemcpyAsync'),
  {
    cat: 'gpu_memcpy',
    name: 'Memcpy DtoH (Device -> Pageable)',
    ts: 175,
    dur: 5,
    pid: 0,
    tid: 7,
    args: { device: 0, stream: 7, correlation: 3, bytes: 64 },
  },
] satisfies Event[];

test('a step lasts until its last GPU work ends, and the next begins there', () => {
  const steps = recordedSteps(traceOf(TWO_STEPS));
  assert.deepEqual(steps, [
    { name: '3', startNs: 0, endNs: 120_000 },
    { name: '4', startNs: 120_000, endNs: 200_000 },
  ]);
});

test('each moment of a step counts once, for the first role that has it', () => {
  const [first, second] = stepBreakdown(traceOf(TWO_STEPS));
  assert.deepEqual(first?.ns, {
    kernel: 30_000,
    memcpy: 0,
    memset: 0,
    communication: 0,
    runtime: 10_000,
    dataLoader: 20_000,
    cpu: 50_000,
    other: 10_000,
  });
  assert.deepEqual(second?.ns, {
    kernel: 20_000,
    memcpy: 5_000,
    memset: 0,
    communication: 0,
    runtime: 10_000,
    dataLoader: 0,
    cpu: 10_000,
    other: 35_000,
  });
});

test('a last step whose GPU work was cut off is left out', () => {
  const events = [
    step(1, 0, 10),
    ...[1, 2, 3, 4, 5].flatMap((i) => [call(i, 0.5, i), kernel('k', 20 + i, 1, i)]),
    step(2, 10, 10),
    call(11, 1, 9),
    kernel('k', 40, 1, 9),
  ];
  assert.deepEqual(
    recordedSteps(traceOf(events)).map(({ name }) => name),
    ['1'],
  );
});

test('utilization, SM efficiency and occupancy are over the window of all steps', () => {
  const [device] = deviceMetrics(traceOf(TWO_STEPS));
  assert.equal(device?.device, 'GPU 0');
  assert.equal(device?.utilization, 50 / 200);
  assert.equal(device?.smEfficiency, (30 * 0.5 + 20 * 1) / 200);
  assert.equal(device?.occupancyAsRecorded, 0.06);
  // 5 blocks of 256 threads on 10 SMs of 2048: half a block each.
  assert.equal(device?.occupancy, (0.5 * 256) / 2048);
});

test('an operator owns what it launched itself; its parent has it in its total', () => {
  const { operators } = operatorFacts(traceOf(TWO_STEPS));
  const of = (name: string) => operators.find((row) => row.name === name);
  assert.equal(of('aten::addmm')?.deviceSelfNs, 30_000);
  assert.equal(of('aten::addmm')?.hostSelfNs, 30_000);
  assert.equal(of('aten::linear')?.deviceSelfNs, 0);
  assert.equal(of('aten::linear')?.deviceTotalNs, 30_000);
  assert.equal(of('aten::linear')?.hostSelfNs, 20_000);
  assert.equal(of('aten::linear')?.tensorCoreEligible, true);
  assert.equal(of('aten::relu')?.launchingCalls, 1);
  assert.ok(!operators.some(({ name }) => name.startsWith('enumerate')), 'the data loader is no operator');
});

test('an operator whose only child has its name counts once', () => {
  const { operators } = operatorFacts(
    traceOf([
      operator('aten::to', 0, 50),
      operator('aten::to', 10, 30),
      call(20, 5, 1),
      kernel('copy', 60, 7, 1),
    ]),
  );
  assert.deepEqual(
    operators.map(({ name, calls, deviceSelfNs, hostTotalNs }) => ({
      name,
      calls,
      deviceSelfNs,
      hostTotalNs,
    })),
    [{ name: 'aten::to', calls: 1, deviceSelfNs: 7_000, hostTotalNs: 50_000 }],
  );
});

test('a call on another thread belongs to the operator of its External id', () => {
  const events = [
    operator('aten::mm', 0, 50, { 'External id': 5 }),
    { ...call(10, 4, 1), tid: 2, args: { correlation: 1, 'External id': 5 } },
    kernel('gemm', 20, 9, 1),
  ];
  const [row] = operatorFacts(traceOf(events)).operators;
  assert.equal(row?.deviceSelfNs, 9_000);
  assert.equal(row?.hostSelfNs, 46_000);
});

test('communication is exposed where no computation hides it', () => {
  const events = [
    operator('aten::mm', 0, 5),
    call(1, 1, 1),
    call(2, 1, 2),
    call(3, 1, 3, 'cudaMemcpyAsync'),
    kernel('gemm', 10, 20, 1),
    { ...kernel('ncclKernel_AllReduce', 20, 30, 2), tid: 9, args: { device: 0, stream: 9, correlation: 2 } },
    {
      cat: 'gpu_memcpy',
      name: 'Memcpy HtoD',
      ts: 40,
      dur: 20,
      pid: 0,
      tid: 8,
      args: { device: 0, stream: 8, correlation: 3 },
    },
    kernel('launched before', 0, 5, 99),
  ];
  assert.deepEqual(deviceTime(traceOf(events)), {
    computationNs: 20_000,
    exposedCommunicationNs: 20_000,
    exposedCopyNs: 10_000,
    busyNs: 50_000,
    idleNs: 0,
    totalNs: 50_000,
    communicationNs: 30_000,
    copyNs: 20_000,
  });
});

test('the queue grows with each launch and shrinks when its work begins', () => {
  const events = [
    operator('aten::mm', 0, 30),
    call(0, 2, 1),
    call(4, 2, 2),
    call(8, 2, 3),
    kernel('a', 10, 5, 1),
    kernel('b', 15, 5, 2),
    kernel('c', 20, 5, 3),
  ];
  const [queue] = queueFacts(traceOf(events));
  assert.equal(queue?.lengthMax, 3);
  assert.deepEqual([...(queue?.curve.length ?? [])], [1, 2, 3, 2, 1, 0]);
  // (1x4 + 2x4 + 3x2 + 2x5 + 1x5) / 20
  assert.equal(queue?.lengthMean, 33 / 20);
  assert.equal(queue?.delayMedianNs, 9_000);
});

test('kernels are summed by name, or by operator and stream', () => {
  const trace = traceOf([
    operator('aten::add', 0, 10),
    call(1, 1, 1),
    operator('aten::mul', 20, 10),
    call(21, 1, 2),
    kernel('k', 30, 4, 1),
    kernel('k', 40, 6, 2),
  ]);
  assert.deepEqual(
    recordedKernels(trace).map(({ calls, totalNs, minNs, maxNs }) => ({ calls, totalNs, minNs, maxNs })),
    [{ calls: 2, totalNs: 10_000, minNs: 4_000, maxNs: 6_000 }],
  );
  assert.deepEqual(
    recordedKernels(trace, { byOperator: true }).map(({ operator: name, totalNs }) => [name, totalNs]),
    [
      ['aten::mul', 6_000],
      ['aten::add', 4_000],
    ],
  );
});

test('two traces differ by what was added, removed and called more', () => {
  const before = traceOf([operator('aten::add', 0, 10), operator('aten::mul', 20, 10)]);
  const after = traceOf([
    operator('aten::add', 0, 30),
    operator('aten::add', 40, 30),
    operator('aten::exp', 80, 5),
  ]);
  assert.deepEqual(
    recordedDifference(before, after).operators.map(({ name, kind }) => [name, kind]),
    [
      ['aten::add', 'more calls'],
      ['aten::mul', 'removed'],
      ['aten::exp', 'added'],
    ],
  );
});

const adapter = (major: number, minor: number, shared: number, threads = 2048): AdapterInfo => ({
  name: '', vendor: 'nvidia', architecture: '', backend: 'CUDA', software: false, driver: '', features: [], memoryBytes: null,
  limits: { numSms: 100, maxThreadsPerMultiprocessor: threads, computeMajor: major, computeMinor: minor, sharedMemPerMultiprocessor: shared, regsPerMultiprocessor: 65536 },
}); // prettier-ignore

test('occupancy follows the tightest of warps, blocks, registers and shared memory', () => {
  const of = (gpu: AdapterInfo, threads: number, registers: number, sharedBytes: number, blocks = 1e6) =>
    occupancyOf(gpu, { blocks, threads, sharedBytes, registers });
  // 65536 registers / (4 partitions x 64 x 32) = 8 warps each: 32 of 64 warps.
  assert.deepEqual(
    [of(adapter(7, 0, 98304), 256, 64, 0).theoretical, of(adapter(7, 0, 98304), 256, 64, 0).limiter],
    [0.5, 'registers'],
  );
  assert.deepEqual(
    [of(adapter(8, 0, 167936), 1024, 32, 0).theoretical, of(adapter(8, 0, 167936), 1024, 32, 0).limiter],
    [1, 'warps'],
  );
  assert.deepEqual(
    [of(adapter(8, 0, 167936), 32, 32, 0).theoretical, of(adapter(8, 0, 167936), 32, 32, 0).limiter],
    [0.5, 'blocks'],
  );
  assert.equal(of(adapter(8, 6, 102400, 1536), 256, 32, 32768).residentBlocks, 3);
  // Above 48 KiB PyTorch writes 0: 147456 + 1024 bytes fit once into 228 KiB.
  const large = of(adapter(9, 0, 233472), 256, 230, 147456);
  assert.deepEqual([large.residentBlocks, large.achieved], [1, 256 / 2048]);
  // A grid of 10 blocks on 100 SMs fills a tenth of a block each.
  assert.equal(of(adapter(7, 0, 98304), 128, 32, 0, 10).achieved, (0.1 * 128) / 2048);
});

test('the rules speak with their figure and are silent otherwise', () => {
  const rules = recordedAdvice(traceOf(TWO_STEPS)).map(({ rule }) => rule);
  assert.deepEqual(rules, ['data-loader', 'low-utilization', 'tensor-cores']);
  const busy = traceOf([
    step(1, 0, 100),
    operator('aten::relu', 0, 90),
    call(1, 1, 1),
    kernel('k', 2, 97, 1),
  ]);
  assert.deepEqual(recordedAdvice(busy), []);
});

test('memory at the limit is named', () => {
  const trace = traceOf([operator('aten::relu', 0, 10)]);
  const full = importTrace(
    new TextEncoder().encode(
      JSON.stringify({
        deviceProperties: [V100],
        traceEvents: [
          { ph: 'X', cat: 'cpu_op', name: 'a', pid: 1, tid: 1, ts: 0, dur: 9 },
          {
            ph: 'i',
            name: '[memory]',
            pid: 1,
            tid: 1,
            ts: 1,
            args: { 'Device Type': 1, 'Device Id': 0, Bytes: 950, 'Total Allocated': 950 },
          },
        ],
      }),
    ),
  );
  assert.ok(full.ok);
  assert.deepEqual(
    recordedAdvice(full.value).map(({ rule, evidence }) => [rule, evidence]),
    [['memory-limit', 'GPU 0 peaks at 95 % of its memory']],
  );
  assert.deepEqual(recordedAdvice(trace), []);
});

test('the peak of a memory timeline is the sum of its categories at one moment', () => {
  // 5000 bytes move from activation (4) to gradient (5) at one moment: they are never there twice.
  const text = '[[-1,1,1000,0],[1000,2,5000,4],[2000,3,-5000,4],[2000,3,5000,5],[3000,4,-5000,5]]';
  const read = importTrace(new TextEncoder().encode(text));
  assert.ok(read.ok);
  assert.deepEqual(categoryPeak(read.value), {
    atNs: 0,
    totalBytes: 6000,
    categories: [
      { name: 'activation', bytes: 5000 },
      { name: 'parameter', bytes: 1000 },
    ],
  });
  assert.equal(categoryPeak(traceOf([operator('aten::mm', 0, 5)])), null);
});
