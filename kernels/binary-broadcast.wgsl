// a, b of up to six dimensions -> y; a stride of 0 repeats a dimension
// One element an invocation. Expects `fn op(a: vec4f, b: vec4f) -> vec4f` in the prelude; RANK is the number of dimensions.
struct Params { count: u32, sizes: array<vec4u, 2>, strides_a: array<vec4u, 2>, strides_b: array<vec4u, 2> }
@group(0) @binding(0) var<storage, read> a: array<Element>;
@group(0) @binding(1) var<storage, read> b: array<Element>;
@group(0) @binding(2) var<storage, read_write> y: array<Element>;
@group(0) @binding(3) var<uniform> params: Params;

fn each(i: u32) {
  if (i >= params.count) { return; }
  var rest = i;
  var at_a = 0u;
  var at_b = 0u;
  for (var d = 0u; d < RANK; d++) {
    // Innermost first.
    let size = params.sizes[d / 4u][d % 4u];
    let outer = quotient(rest, size);
    let k = rest - outer * size;
    rest = outer;
    at_a += k * params.strides_a[d / 4u][d % 4u];
    at_b += k * params.strides_b[d / 4u][d % 4u];
  }
  y[i] = Element(op(vec4f(f32(a[at_a])), vec4f(f32(b[at_b]))).x);
}
