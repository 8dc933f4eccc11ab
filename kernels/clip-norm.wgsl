// gradients [count] *= min(1, most / (norm + 1e-6)), in place; norm = sqrt(squares[0]), as torch.nn.utils.clip_grad_norm_
struct Params { vectors: u32, most: f32 }
@group(0) @binding(0) var<storage, read_write> gradients: array<vec4f>;
@group(0) @binding(1) var<storage, read> squares: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

fn each(i: u32) {
  if (i >= params.vectors) { return; }
  gradients[i] *= min(1.0, params.most / (sqrt(squares[0]) + 1e-6));
}
