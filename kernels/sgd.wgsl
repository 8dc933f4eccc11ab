// parameters, gradients, momentum [count], updated in place as torch.optim.SGD does; four an invocation
// `direction` is 1, or -1 where the objective is to grow.
struct Params { vectors: u32, rate: f32, momentum: f32, dampening: f32, decay: f32, nesterov: u32, first: u32, direction: f32 }
@group(0) @binding(0) var<storage, read_write> parameters: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradients: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> momenta: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;

fn each(i: u32) {
  if (i >= params.vectors) { return; }
  let p = parameters[i];
  var step = params.direction * gradients[i] + params.decay * p;
  // The first step takes the gradient as it is, without dampening.
  var momentum = step;
  if (params.first == 0u) { momentum = flushed(params.momentum * momenta[i] + (1.0 - params.dampening) * step); }
  momenta[i] = momentum;
  if (params.nesterov == 1u) { step += params.momentum * momentum; } else { step = momentum; }
  parameters[i] = p - params.rate * step;
}
