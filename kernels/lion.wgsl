// parameters, gradients, moments [count], updated in place by Lion (Chen et al. 2023, algorithm 2); four an invocation
// `direction` is 1, or -1 where the objective is to grow.
struct Params { vectors: u32, rate: f32, beta1: f32, beta2: f32, keep1: f32, keep2: f32, shrink: f32, direction: f32 }
@group(0) @binding(0) var<storage, read_write> parameters: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradients: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> moments: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;

fn each(i: u32) {
  if (i >= params.vectors) { return; }
  let g = params.direction * gradients[i];
  let m = moments[i];
  moments[i] = flushed(params.beta2 * m + params.keep2 * g);
  parameters[i] = params.shrink * parameters[i] - params.rate * sign(params.beta1 * m + params.keep1 * g);
}
