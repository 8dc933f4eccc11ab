// y [count] = value; four an invocation
struct Params { count: u32, value: f32 }
@group(0) @binding(0) var<storage, read_write> y: array<Element4>;
@group(0) @binding(1) var<uniform> params: Params;

fn each(i: u32) {
  let first = i * 4u;
  if (first >= params.count) { return; }
  // What lies behind the last element stays zero.
  y[i] = Element4(select(vec4f(), vec4f(params.value), vec4u(first) + vec4u(0, 1, 2, 3) < vec4u(params.count)));
}
