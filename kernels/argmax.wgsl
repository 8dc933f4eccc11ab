// y [outer, inner] = the first place of the largest (or, with SIGN -1, the smallest) of x [outer, n, inner] along n. A NaN
// is larger than all, as in PyTorch.
struct Params { outer: u32, n: u32, inner: u32 }
@group(0) @binding(0) var<storage, read> x: array<Element>;
@group(0) @binding(1) var<storage, read_write> y: array<i32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.outer * params.inner) { return; }
  let start = i / params.inner * params.n * params.inner + i % params.inner;
  var best = f32(x[start]) * SIGN;
  var place = 0u;
  for (var k = 1u; k < params.n; k++) {
    let value = f32(x[start + k * params.inner]) * SIGN;
    if (value > best || (value != value && best == best)) {
      best = value;
      place = k;
    }
  }
  y[i] = i32(place);
}
