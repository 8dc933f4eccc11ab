// x [count] of bytes -> y [count] of f32, y = scale * x + shift; four an invocation
struct Params { count: u32, scale: f32, shift: f32 }
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<Element4>;
@group(0) @binding(2) var<uniform> params: Params;

fn each(i: u32) {
  if (i * 4u >= params.count) { return; }
  let bytes = (vec4u(x[i]) >> vec4u(0, 8, 16, 24)) & vec4u(255);
  y[i] = Element4(vec4f(bytes) * params.scale + params.shift);
}
