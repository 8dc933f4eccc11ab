// g, saved [count] -> dx [count]; saved is the input or the output of the forward pass
// Expects `fn grad(g: vec4f, s: vec4f, a: f32, b: f32) -> vec4f` in the prelude.
struct Params { count: u32, a: f32, b: f32 }
@group(0) @binding(0) var<storage, read> g: array<Element4>;
@group(0) @binding(1) var<storage, read> saved: array<Element4>;
@group(0) @binding(2) var<storage, read_write> dx: array<Element4>;
@group(0) @binding(3) var<uniform> params: Params;

fn each(i: u32) {
  let first = i * 4u;
  if (first >= params.count) { return; }
  var value = grad(vec4f(g[i]), vec4f(saved[i]), params.a, params.b);
  if (first + 4u > params.count) { value = select(vec4f(), value, vec4u(first) + vec4u(0, 1, 2, 3) < vec4u(params.count)); }
  dx[i] = Element4(value);
}
