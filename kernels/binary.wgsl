// a, b [count] -> y [count], or b [period] repeated along a
// Four elements an invocation. Expects `fn op(a: vec4f, b: vec4f) -> vec4f` in the prelude; PERIODIC says whether b repeats.
struct Params { count: u32, period: u32 }
@group(0) @binding(0) var<storage, read> a: array<Element4>;
@group(0) @binding(1) var<storage, read> b: array<Element4>;
@group(0) @binding(2) var<storage, read_write> y: array<Element4>;
@group(0) @binding(3) var<uniform> params: Params;

fn each(i: u32) {
  let first = i * 4u;
  if (first >= params.count) { return; }
  var j = i;
  if (PERIODIC) { j -= quotient(i, params.period / 4u) * (params.period / 4u); }
  var value = op(vec4f(a[i]), vec4f(b[j]));
  // What lies behind the last element stays zero.
  if (first + 4u > params.count) { value = select(vec4f(), value, vec4u(first) + vec4u(0, 1, 2, 3) < vec4u(params.count)); }
  y[i] = Element4(value);
}
