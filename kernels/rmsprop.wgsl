// parameters, gradients, square averages, momenta [count], updated in place as torch.optim.RMSprop does; four an invocation
// `direction` is 1, or -1 where the objective is to grow.
struct Params { vectors: u32, rate: f32, alpha: f32, keep: f32, epsilon: f32, decay: f32, momentum: f32, direction: f32 }
@group(0) @binding(0) var<storage, read_write> parameters: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradients: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> squares: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> momenta: array<vec4f>;
@group(0) @binding(4) var<uniform> params: Params;

fn each(i: u32) {
  if (i >= params.vectors) { return; }
  let p = parameters[i];
  let g = params.direction * gradients[i] + params.decay * p;
  let square = flushed(params.alpha * squares[i] + params.keep * g * g);
  squares[i] = square;
  let step = flushed(params.momentum * momenta[i] + g / (sqrt(square) + params.epsilon));
  momenta[i] = step;
  parameters[i] = p - params.rate * step;
}
