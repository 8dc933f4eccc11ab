// x [count] -> y = x / (1 - p) where kept, 0 where dropped; four elements an invocation
// Which are kept follows from the seed and the place alone, so the backward pass drops the same ones.
struct Params { count: u32, seed: u32, threshold: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> x: array<Element4>;
@group(0) @binding(1) var<storage, read_write> y: array<Element4>;
@group(0) @binding(2) var<uniform> params: Params;

/// Four random words from four counters: pcg4d of Jarzynski and Olano, "Hash Functions for GPU Rendering" (2020).
fn pcg4d(counter: vec4u) -> vec4u {
  var v = counter * 1664525u + 1013904223u;
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  v ^= v >> vec4u(16);
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  return v;
}

fn each(i: u32) {
  if (i * 4u >= params.count) { return; }
  let random = pcg4d(vec4u(i, params.seed, params.seed ^ 0x9e3779b9u, 0x85ebca6bu));
  y[i] = Element4(select(vec4f(), vec4f(x[i]) * params.scale, random >= vec4u(params.threshold)));
}
