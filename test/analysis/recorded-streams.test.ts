/** Communication, several streams and graph launches, on sample traces small enough to work out by hand. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { deviceTime } from '../../src/analysis/recorded/device-time.ts';
import { recordedKernels } from '../../src/analysis/recorded/kernels.ts';
import { queueFacts } from '../../src/analysis/recorded/queue.ts';
import { stepBreakdown } from '../../src/analysis/recorded/steps.ts';
import { importTrace } from '../../src/import/index.ts';
import type { Trace } from '../../src/trace/model.ts';

function opened(bytes: Uint8Array): Trace {
  const read = importTrace(bytes);
  assert.ok(read.ok);
  return read.value;
}

/** A kernel of 80..120 us and a collective of 100..150 us on another stream, whose host annotation lasts 54..84 us. */
const COLLECTIVE = (): Trace => opened(readFileSync('test/golden/import/kineto-collective.json'));

test('a collective is exposed where no computation hides it', () => {
  const time = deviceTime(COLLECTIVE());
  assert.equal(time?.computationNs, 40_000);
  assert.equal(time?.communicationNs, 50_000);
  assert.equal(time?.exposedCommunicationNs, 30_000);
  assert.equal(time?.busyNs, 70_000);
  assert.equal(time?.totalNs, 70_000);
});

test('a step counts communication on the host and on the device, after kernels', () => {
  const [step] = stepBreakdown(COLLECTIVE());
  assert.equal(step?.ns.kernel, 40_000);
  assert.equal(step?.ns.communication, 26_000 + 30_000);
});

test('a kernel that computes within a collective operator is computation to the device', () => {
  const event = (cat: string, name: string, ts: number, pid: number) => ({
    ph: 'X', cat, name, ts, dur: 10, pid, tid: 1, args: { correlation: 1, device: 0, stream: 7 },
  }); // prettier-ignore
  const trace = opened(
    new TextEncoder().encode(
      JSON.stringify({
        traceEvents: [
          { ...event('user_annotation', 'nccl:all_gather', 0, 1), dur: 50, args: {} },
          event('cuda_runtime', 'cudaLaunchKernel', 5, 1),
          event('kernel', 'CatArrayBatchedCopy', 20, 0),
        ],
      }),
    ),
  );
  assert.equal(deviceTime(trace)?.computationNs, 10_000);
  assert.equal(deviceTime(trace)?.communicationNs, 0);
});

test('kernels of one graph launch share its call, each on its stream', () => {
  const trace = opened(readFileSync('test/golden/import/kineto-graph-launch.json'));
  const [first, second] = queueFacts(trace);
  assert.equal(first?.launches, 3);
  assert.equal(second?.launches, 1);
  assert.equal(first?.delayMedianNs, 15_000);
  assert.equal(deviceTime(trace)?.busyNs, 25_000);
});

test('a kernel launched within an annotation alone has no operator', () => {
  const event = (cat: string, name: string, ts: number, dur: number, pid: number, correlation: number) => ({
    ph: 'X', cat, name, ts, dur, pid, tid: 1, args: { correlation, device: 0, stream: 7 },
  }); // prettier-ignore
  const trace = opened(
    new TextEncoder().encode(
      JSON.stringify({
        traceEvents: [
          { ...event('user_annotation', 'my region', 0, 100, 1, 0), args: {} },
          { ...event('cpu_op', 'aten::mm', 10, 20, 1, 0), args: {} },
          event('cuda_runtime', 'cudaLaunchKernel', 12, 2, 1, 1),
          event('cuda_driver', 'cuLaunchKernel', 50, 2, 1, 2),
          event('kernel', 'gemm', 20, 5, 0, 1),
          event('kernel', 'triton_', 60, 5, 0, 2),
        ],
      }),
    ),
  );
  const rows = recordedKernels(trace, { byOperator: true, launchedOnly: true });
  assert.deepEqual(
    rows.map(({ name, operator }) => [name, operator]),
    [
      ['gemm', 'aten::mm'],
      ['triton_', ''],
    ],
  );
});
