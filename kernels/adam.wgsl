// parameters, gradients, first and second moments [count], updated in place as torch.optim.Adam (or AdamW) does
// Four an invocation. `rate` is lr / (1 - beta1^t), `correction` is 1 / sqrt(1 - beta2^t); `shrink` is 1 - lr decay for AdamW;
// `direction` is 1, or -1 where the objective is to grow.
struct Params { vectors: u32, rate: f32, beta1: f32, beta2: f32, correction: f32, epsilon: f32, decay: f32, shrink: f32, keep1: f32, keep2: f32, direction: f32 }
@group(0) @binding(0) var<storage, read_write> parameters: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradients: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> first: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> second: array<vec4f>;
@group(0) @binding(4) var<uniform> params: Params;

fn each(i: u32) {
  if (i >= params.vectors) { return; }
  let p = parameters[i];
  let g = params.direction * gradients[i] + params.decay * p;
  let m = flushed(params.beta1 * first[i] + params.keep1 * g);
  let v = flushed(params.beta2 * second[i] + params.keep2 * g * g);
  first[i] = m;
  second[i] = v;
  parameters[i] = params.shrink * p - params.rate * m / (sqrt(v) * params.correction + params.epsilon);
}
