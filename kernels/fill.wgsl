// y [count] = value; four an invocation
struct Params { count: u32, value: f32 }
@group(0) @binding(0) var<storage, read_write> y: array<Element4>;
@group(0) @binding(1) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let first = i * 4u;
  if (first >= params.count) { return; }
  // What lies behind the last element stays zero.
  y[i] = Element4(select(vec4f(), vec4f(params.value), vec4u(first) + vec4u(0, 1, 2, 3) < vec4u(params.count)));
}
