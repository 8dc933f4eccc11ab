// from, index [outer, m, inner] -> into [outer, n, inner] at the index along n, added there (ADD) or put there. What points
// outside is left out.
// One invocation goes along m in order, so that equal indices give the same sum, and the same last one, every time.
struct Params { columns: u32, n: u32, m: u32, inner: u32 }
@group(0) @binding(0) var<storage, read_write> into: array<Element>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read> source: array<Element>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.columns) { return; }
  let outer = i / params.inner;
  let inner = i % params.inner;
  for (var k = 0u; k < params.m; k++) {
    let source_at = (outer * params.m + k) * params.inner + inner;
    let at = index[source_at];
    if (at >= params.n) { continue; }
    let to = (outer * params.n + at) * params.inner + inner;
    if (ADD) { into[to] += source[source_at]; } else { into[to] = source[source_at]; }
  }
}
