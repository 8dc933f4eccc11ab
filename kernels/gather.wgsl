// x [outer, n, inner], index [outer, m, inner] -> y [outer, m, inner]: the elements of x at the index along n; 0 where it lies outside
struct Params { count: u32, n: u32, m: u32, inner: u32 }
@group(0) @binding(0) var<storage, read> x: array<Element>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<Element>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.count) { return; }
  let at = index[i];
  let outer = i / (params.m * params.inner);
  let source = (outer * params.n + min(at, params.n - 1u)) * params.inner + i % params.inner;
  y[i] = select(Element(), x[source], at < params.n);
}
