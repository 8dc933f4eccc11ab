// x [outer, n, inner] -> y [outer, n, inner]: what `fold` makes of all elements up to each along n (REVERSE: from each on), with
// it or without (EXCLUSIVE). One invocation goes along a chunk of n; `start` [outer, chunks, inner] (where HAS_START) holds what
// the chunks up to each one make together.
// Expects `fn fold(a: f32, b: f32) -> f32` in the prelude.
struct Params { outer: u32, n: u32, inner: u32, chunks: u32, chunk_length: u32 }
@group(0) @binding(0) var<storage, read> x: array<Element>;
@group(0) @binding(1) var<storage, read> start: array<Element>;
@group(0) @binding(2) var<storage, read_write> y: array<Element>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.outer * params.chunks * params.inner) { return; }
  let column = i % params.inner;
  let chunk = i / params.inner % params.chunks;
  let row = i / (params.inner * params.chunks);
  let first = chunk * params.chunk_length;
  let last = min(first + params.chunk_length, params.n);
  var total = f32(IDENTITY);
  let at_edge = select(chunk == 0u, chunk + 1u == params.chunks, REVERSE);
  if (HAS_START && !at_edge) {
    let before = select(chunk - 1u, chunk + 1u, REVERSE);
    total = f32(start[(row * params.chunks + before) * params.inner + column]);
  }
  for (var k = first; k < last; k++) {
    let place = select(k, last - 1u - (k - first), REVERSE);
    let at = (row * params.n + place) * params.inner + column;
    let with_it = fold(total, f32(x[at]));
    y[at] = Element(select(with_it, total, EXCLUSIVE));
    total = with_it;
  }
}
