// Long dispatches back to back; prints the wall time in ms from submission to completion, the best of some rounds.
const adapter = await navigator.gpu.requestAdapter();
const device = await adapter.requestDevice();
const code = `@group(0) @binding(0) var<storage, read_write> y: array<f32>;
  @compute @workgroup_size(64) fn long(@builtin(global_invocation_id) id: vec3u) {
    var x = y[id.x];
    for (var i = 0u; i < 2000u; i++) { x = x * 1.0001 + 0.5; }
    y[id.x] = x;
  }`;
const pipeline = device.createComputePipeline({
  layout: 'auto',
  compute: { module: device.createShaderModule({ code }) },
});
const buffer = device.createBuffer({ size: 1 << 18, usage: GPUBufferUsage.STORAGE });
const group = device.createBindGroup({
  layout: pipeline.getBindGroupLayout(0),
  entries: [{ binding: 0, resource: { buffer } }],
});
const ROUNDS = 5;
const DISPATCHES = 6;
const walls = [];
for (let round = 0; round < ROUNDS; round++) {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  for (let i = 0; i < DISPATCHES; i++) pass.dispatchWorkgroups(1024);
  pass.end();
  const start = performance.now();
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
  walls.push(performance.now() - start);
}
console.log(JSON.stringify(walls));
