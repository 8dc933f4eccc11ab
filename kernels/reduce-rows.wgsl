// x [rows, n] -> y [rows, chunks]; n is divisible by 4, so is the length of a chunk; one invocation a chunk
// Expects `fold` (of two vec4f) and `load` (of an index) in the prelude.
struct Params { outer: u32, n: u32, inner: u32, chunks: u32, chunk_length: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> x: array<Element4>;
@group(0) @binding(1) var<storage, read_write> y: array<Element>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * GROUP;
  if (i >= params.outer * params.chunks) { return; }
  let first = (i % params.chunks) * params.chunk_length / 4u;
  let last = min(first + params.chunk_length / 4u, params.n / 4u);
  let row = (i / params.chunks) * (params.n / 4u);
  var total = load(row + first);
  for (var k = first + 1u; k < last; k++) { total = fold(total, load(row + k)); }
  let pair = fold(total, total.zwxy);
  y[i] = Element(fold(pair, pair.yxwz).x * params.scale);
}
