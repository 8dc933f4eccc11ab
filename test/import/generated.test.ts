/** Traces made at random, whose truth is known: what must hold whatever a recorder writes, in whatever order and spelling. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deviceTime } from '../../src/analysis/recorded/device-time.ts';
import { kernelSums, operatorSums } from '../../src/analysis/recorded/difference.ts';
import { operatorFacts } from '../../src/analysis/recorded/operators.ts';
import { chromeTrace } from '../../src/export/chrome-trace.ts';
import { importTrace } from '../../src/import/index.ts';
import { dumpTrace } from '../../src/trace/dump.ts';
import type { Trace } from '../../src/trace/model.ts';

interface Event {
  readonly ph: string;
  readonly cat?: string;
  readonly name?: string;
  readonly pid: number | string;
  readonly tid: number | string;
  readonly ts: number | string;
  readonly dur?: number | string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** An operator with the operators within it, and the kernels that it launches itself. */
interface Node {
  readonly name: string;
  readonly children: readonly Node[];
  readonly kernels: readonly { readonly name: string; readonly us: number; readonly stream: number }[];
}

const NAMES = ['aten::mm', 'aten::relu', 'aten::add', 'autograd::engine::evaluate_function: MmBackward0'];
const KERNELS = ['gemm', 'vectorized_elementwise_kernel', 'ncclDevKernel_AllReduce', 'reduce_kernel'];
const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.record({
    name: fc.constantFrom(...NAMES),
    children: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('node'), { maxLength: 3 })),
    kernels: fc.array(
      fc.record({
        name: fc.constantFrom(...KERNELS),
        us: fc.integer({ min: 0, max: 400 }).map((quarters) => quarters / 4),
        stream: fc.constantFrom(7, 13),
      }),
      { maxLength: 2 },
    ),
  }),
}));
const training = fc.record({
  threads: fc.array(fc.array(node, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 2 }),
  /** Names of PyTorch 1.8, or of today. */
  old: fc.boolean(),
  asText: fc.boolean(),
  originUs: fc.constantFrom<number>(0, 1_000_000.25, 2 ** 40),
  seed: fc.integer({ min: 0, max: 1e6 }),
});

/** Lays the operators out one after the other; a kernel begins when its stream is free. */
function eventsOf({
  threads,
  old,
  asText,
  originUs,
}: typeof training extends fc.Arbitrary<infer T> ? T : never): Event[] {
  // prettier-ignore
  const events: Event[] = [];
  const free = new Map<number, number>();
  let correlation = 0;
  const number = (value: number): number | string => (asText ? String(value) : value);
  const add = (cat: string, name: string, pid: number, tid: number, us: number, dur: number, args: object): void => void events.push({ ph: 'X', cat, name, pid, tid, ts: number(originUs + us), dur: number(dur), args: { ...args } }); // prettier-ignore
  const lay = (of: Node, tid: number, startUs: number): number => {
    let us = startUs + 1;
    for (const { name, us: dur, stream } of of.kernels) {
      correlation++;
      add(old ? 'Runtime' : 'cuda_runtime', 'cudaLaunchKernel', 1, tid, us, 2, { correlation });
      const begin = Math.max(us + 3, free.get(stream) ?? 0);
      free.set(stream, begin + dur);
      add(old ? 'Kernel' : 'kernel', name, 0, stream, begin, dur, { device: 0, stream, correlation, grid: [8, 1, 1], block: [128, 1, 1] }); // prettier-ignore
      us += 3;
    }
    for (const child of of.children) us = lay(child, tid, us) + 1;
    add(old ? 'Operator' : 'cpu_op', of.name, 1, tid, startUs, us - startUs, {});
    return us;
  };
  threads.forEach((nodes, thread) => nodes.reduce((us, of) => lay(of, 100 + thread, us) + 1, 10));
  return events;
}

function opened(events: readonly Event[], more: object = {}): Trace {
  const read = importTrace(
    new TextEncoder().encode(JSON.stringify({ schemaVersion: 1, ...more, traceEvents: events })),
  );
  assert.ok(read.ok, read.ok ? '' : read.error.message);
  return read.value;
}

function shuffled<T>(list: readonly T[], seed: number): T[] {
  return list
    .map((value, i) => ({ value, key: Math.sin(seed + i * 12.9898) * 43758.5453 }))
    .sort((a, b) => (a.key % 1) - (b.key % 1))
    .map(({ value }) => value);
}

const RUNS = { numRuns: 60 };

test('every kernel is there once, with its time, its operator and its launch', () => {
  fc.assert(
    fc.property(training, (made) => {
      const trace = opened(eventsOf(made));
      const wanted = new Map<string, number>();
      let count = 0;
      const visit = (of: Node): void => {
        for (const { name, us } of of.kernels) {
          count++;
          const key = `${of.name} ${name}`;
          wanted.set(key, (wanted.get(key) ?? 0) + us * 1000);
        }
        of.children.forEach(visit);
      };
      made.threads.flat().forEach(visit);
      const { dispatches, launches, flows } = trace.tables;
      const found = new Map<string, number>();
      for (let i = 0; i < dispatches.length; i++) {
        const launch = dispatches.launch[i] as number;
        const key = `${trace.strings[launches.op[launch] as number]} ${trace.kernels[launches.kernel[launch] as number]?.name}`;
        found.set(key, (found.get(key) ?? 0) + (dispatches.endNs[i] as number) - (dispatches.startNs[i] as number)); // prettier-ignore
      }
      assert.equal(dispatches.length, count);
      assert.equal(flows.length, count);
      assert.deepEqual(new Map([...found].sort()), new Map([...wanted].sort()));
    }),
    RUNS,
  );
});

test('neither the order of the events nor the moment of the recording changes a figure', () => {
  fc.assert(
    fc.property(training, (made) => {
      const figures = (events: readonly Event[]): unknown => {
        const trace = opened(events);
        return {
          kernels: [...kernelSums(trace)].sort(),
          operators: [...operatorSums(trace)].sort(),
          device: deviceTime(trace),
          table: operatorFacts(trace).operators.map((row) => JSON.stringify(row)).sort(),
        };
      }; // prettier-ignore
      const events = eventsOf(made);
      const wanted = figures(events);
      assert.deepEqual(figures(shuffled(events, made.seed)), wanted);
      assert.deepEqual(figures(eventsOf({ ...made, originUs: 5_000_000 })), wanted);
      assert.deepEqual(figures(eventsOf({ ...made, old: !made.old, asText: !made.asText })), wanted);
    }),
    RUNS,
  );
});

test('busy, idle and exposed times add up', () => {
  fc.assert(
    fc.property(training, (made) => {
      const time = deviceTime(opened(eventsOf(made)));
      if (!time) return;
      assert.ok(Math.abs(time.busyNs + time.idleNs - time.totalNs) < 1);
      assert.ok(Math.abs(time.computationNs + time.exposedCommunicationNs + time.exposedCopyNs - time.busyNs) < 1); // prettier-ignore
    }),
    RUNS,
  );
});

test('what is exported opens as the same trace', () => {
  fc.assert(
    fc.property(training, (made) => {
      const trace = opened(eventsOf(made), { distributedInfo: { rank: 1, world_size: 2 } });
      const again = importTrace(chromeTrace(trace));
      assert.ok(again.ok);
      assert.equal(dumpTrace(again.value), dumpTrace(trace));
    }),
    RUNS,
  );
});

test('begins and ends give the slices that complete events give', () => {
  fc.assert(
    fc.property(fc.array(node, { minLength: 1, maxLength: 5 }), (nodes) => {
      const complete: Event[] = [];
      const paired: Event[] = [];
      const lay = (of: Node, start: number): number => {
        const name = of.name;
        const at = { pid: 1, tid: 1 };
        paired.push({ ph: 'B', name, ts: start, ...at });
        const end = of.children.reduce((us, child) => lay(child, us) + 1, start + 1);
        paired.push({ ph: 'E', ts: end, ...at });
        complete.push({ ph: 'X', name, ts: start, dur: end - start, ...at });
        return end;
      };
      nodes.reduce((us, of) => lay(of, us) + 1, 0);
      const slices = (events: readonly Event[]): unknown => {
        const read = importTrace(new TextEncoder().encode(JSON.stringify(events)));
        assert.ok(read.ok);
        const { tables, strings } = read.value;
        return Array.from({ length: tables.slices.length }, (_, i) => [
          strings[tables.slices.name[i] as number],
          tables.slices.startNs[i],
          tables.slices.endNs[i],
          tables.slices.depth[i],
        ]).sort((a, b) => (a[1] as number) - (b[1] as number));
      };
      assert.deepEqual(slices(paired), slices(complete));
    }),
    RUNS,
  );
});
