// parameters, gradients [count]: p -= rate (g + decay p), in place; four an invocation
// `direction` is 1, or -1 where the objective is to grow.
struct Params { vectors: u32, rate: f32, decay: f32, direction: f32 }
@group(0) @binding(0) var<storage, read_write> parameters: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradients: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;

fn each(i: u32) {
  if (i >= params.vectors) { return; }
  let p = parameters[i];
  parameters[i] = p - params.rate * (params.direction * gradients[i] + params.decay * p);
}
