// x [outer, n, inner] -> y [outer, chunks, inner]; each invocation folds one chunk of n for one outer and four (or one) inner
// Expects `fold`, `load` and `store` in the prelude; WIDE says that inner is divisible by 4.
struct Params { outer: u32, n: u32, inner: u32, chunks: u32, chunk_length: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> x: array<Vector>;
@group(0) @binding(1) var<storage, read_write> y: array<Vector>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * GROUP;
  let inner = select(params.inner, params.inner / 4u, WIDE);
  if (i >= params.outer * params.chunks * inner) { return; }
  let column = i % inner;
  let chunk = (i / inner) % params.chunks;
  let row = i / (inner * params.chunks);
  let first = chunk * params.chunk_length;
  let last = min(first + params.chunk_length, params.n);
  var at = (row * params.n + first) * inner + column;
  var total = load(at);
  for (var k = first + 1u; k < last; k++) {
    at += inner;
    total = fold(total, load(at));
  }
  y[i] = store(total * params.scale);
}
