// x [count] -> y [count]
// Four elements an invocation. Expects `fn op(x: vec4f, a: f32, b: f32) -> vec4f` in the prelude.
struct Params { count: u32, a: f32, b: f32 }
@group(0) @binding(0) var<storage, read> x: array<Element4>;
@group(0) @binding(1) var<storage, read_write> y: array<Element4>;
@group(0) @binding(2) var<uniform> params: Params;

fn each(i: u32) {
  let first = i * 4u;
  if (first >= params.count) { return; }
  var value = op(vec4f(x[i]), params.a, params.b);
  // What lies behind the last element stays zero.
  if (first + 4u > params.count) { value = select(vec4f(), value, vec4u(first) + vec4u(0, 1, 2, 3) < vec4u(params.count)); }
  y[i] = Element4(value);
}
