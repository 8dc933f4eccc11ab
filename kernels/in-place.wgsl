// y [count] = op(y, x), in place; x [count]. Four an invocation; expects `fn op(y: vec4f, x: vec4f) -> vec4f` in the prelude.
struct Params { count: u32 }
@group(0) @binding(0) var<storage, read_write> y: array<Element4>;
@group(0) @binding(1) var<storage, read> x: array<Element4>;
@group(0) @binding(2) var<uniform> params: Params;

fn each(i: u32) {
  if (i * 4u < params.count) { y[i] = Element4(op(vec4f(y[i]), vec4f(x[i]))); }
}
