/**
 * Which adapter does this environment give, and does it work? Prints one line of JSON. Run by src/run's adapter choice, once for
 * each driver worth trying: a driver that crashes takes only this process with it.
 */
import { adapterInfo } from '../probe/adapter-info.ts';
import type { AdapterReport } from '../wire/adapter-report.ts';
import { createGpu, installWebGpu } from './globals.ts';

const VALUES = 64;
/** Squares numbers: an adapter that cannot do this can do nothing for training. */
const SQUARES = `
  @group(0) @binding(0) var<storage, read_write> values: array<u32>;
  @compute @workgroup_size(${VALUES}) fn main(@builtin(local_invocation_index) i: u32) { values[i] = values[i] * values[i]; }`;

async function report(): Promise<AdapterReport> {
  installWebGpu();
  const gpu = createGpu();
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return { adapter: null, problem: 'no adapter found' };
  const { name, vendor, architecture, backend, software, features } = adapterInfo(adapter);
  const about = { name, vendor, architecture, backend, software, features };
  try {
    const device = await adapter.requestDevice();
    const wrong = await squaresAreWrong(device);
    device.destroy();
    return { adapter: about, problem: wrong };
  } catch (error) {
    return { adapter: about, problem: (error as Error).message };
  }
}

async function squaresAreWrong(device: GPUDevice): Promise<string | null> {
  const bytes = VALUES * 4;
  const values = device.createBuffer({
    size: bytes,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
  });
  const readback = device.createBuffer({
    size: bytes,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(
    values,
    0,
    Uint32Array.from({ length: VALUES }, (_, i) => i),
  );
  const pipeline = device.createComputePipeline({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code: SQUARES }) },
  });
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer: values } }],
  });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(values, 0, readback, 0, bytes);
  device.queue.submit([encoder.finish()]);
  await readback.mapAsync(GPUMapMode.READ);
  const got = new Uint32Array(readback.getMappedRange());
  const bad = got.findIndex((value, i) => value !== i * i);
  return bad < 0 ? null : `computes wrongly: ${bad} squared gave ${got[bad]}`;
}

process.stdout.write(`${JSON.stringify(await report())}\n`);
