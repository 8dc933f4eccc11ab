// Steps of two thousand dispatches that do next to nothing: argv[2] steps of argv[3] dispatches, waited for once a step. Prints the
// most memory that the process held, in bytes.
const adapter = await navigator.gpu.requestAdapter();
const device = await adapter.requestDevice();
const code =
  '@group(0) @binding(0) var<storage, read_write> y: array<f32>; @compute @workgroup_size(64) fn tiny(@builtin(global_invocation_id) id: vec3u) { y[id.x] = y[id.x] * 1.5 + 1.0; }';
const pipeline = device.createComputePipeline({
  layout: 'auto',
  compute: { module: device.createShaderModule({ code }) },
});
const buffer = device.createBuffer({ size: 4096, usage: GPUBufferUsage.STORAGE });
const group = device.createBindGroup({
  layout: pipeline.getBindGroupLayout(0),
  entries: [{ binding: 0, resource: { buffer } }],
});
const annotations = globalThis[Symbol.for('kernelscope.annotations')];
const [steps, dispatches] = process.argv.slice(2).map(Number);
for (let index = 0; index < steps; index++) {
  annotations?.listener?.step('begin', { index });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  for (let i = 0; i < dispatches; i++) pass.dispatchWorkgroups(1);
  pass.end();
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
  annotations?.listener?.step('end', { index });
}
console.log(process.resourceUsage().maxRSS * 1024);
