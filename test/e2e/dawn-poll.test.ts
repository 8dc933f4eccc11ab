import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, globals } from 'webgpu';
import { DawnPoll } from '../../src/probe/dawn-poll.ts';
import { adapterForTests } from './run-fixture.ts';

/** Long enough that a spinning poll shows. */
const LONG = `@group(0) @binding(0) var<storage, read_write> y: array<f32>;
  @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
    var x = y[id.x];
    for (var i = 0u; i < 20000u; i++) { x = x * 1.0001 + 0.5; }
    y[id.x] = x;
  }`;

async function openDevice(): Promise<{ device: GPUDevice; work: () => Promise<void> }> {
  Object.assign(process.env, (await adapterForTests()).env);
  Object.assign(globalThis, globals);
  const gpu = create([]) as unknown as GPU;
  Object.assign(globalThis, { keptForTest: gpu });
  const adapter = await gpu.requestAdapter();
  assert.ok(adapter);
  const device = await adapter.requestDevice();
  const pipeline = device.createComputePipeline({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code: LONG }) },
  });
  const buffer = device.createBuffer({ size: 1 << 16, usage: GPUBufferUsage.STORAGE });
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer } }],
  });
  const work = async (): Promise<void> => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    for (let i = 0; i < 4; i++) pass.dispatchWorkgroups(256);
    pass.end();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
  };
  return { device, work };
}

test('waiting for the GPU does not spin, and takes no longer for it', async () => {
  const schedule = globalThis.setImmediate;
  let polls = 0;
  const counting = (callback: () => void): NodeJS.Immediate => {
    polls++;
    return schedule(callback);
  };
  globalThis.setImmediate = Object.assign(counting, schedule) as typeof setImmediate;
  const { device, work } = await openDevice();
  await work();
  const measure = async (calm: boolean): Promise<{ readonly polls: number; readonly ms: number }> => {
    const poll = new DawnPoll(calm);
    const before = polls;
    const start = performance.now();
    await work();
    const result = { polls: polls - before, ms: performance.now() - start };
    poll.restore();
    return result;
  };
  const calm = [];
  const spinning = [];
  for (let round = 0; round < 4; round++) {
    calm.push(await measure(true));
    spinning.push(await measure(false));
  }
  globalThis.setImmediate = schedule;
  device.destroy();
  const best = (runs: readonly { readonly ms: number }[]): number => Math.min(...runs.map(({ ms }) => ms));
  const count = (runs: readonly { readonly polls: number }[]): number =>
    runs.reduce((sum, run) => sum + run.polls, 0);
  console.log(
    `calm ${best(calm).toFixed(1)} ms with ${count(calm)} polls, spinning ${best(spinning).toFixed(1)} ms with ${count(spinning)} polls`,
  );
  assert.ok(count(calm) * 10 < count(spinning), `${count(calm)} polls against ${count(spinning)}`);
  assert.ok(best(calm) < best(spinning) * 1.3 + 2);
});
