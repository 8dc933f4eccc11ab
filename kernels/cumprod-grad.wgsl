// x, y = its products up to each, dy [outer, n, inner] -> dx [outer, n, inner]. One invocation goes along a line of n, there and back.
// Up to the first zero of a line dx = (sum of dy y from the place on) / x. At it the products go on as if it were a 1, for that is
// what the others make of it; behind it every product has it as a factor, and dx = 0.
struct Params { outer: u32, n: u32, inner: u32 }
@group(0) @binding(0) var<storage, read> x: array<Element>;
@group(0) @binding(1) var<storage, read> y: array<Element>;
@group(0) @binding(2) var<storage, read> dy: array<Element>;
@group(0) @binding(3) var<storage, read_write> dx: array<Element>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.outer * params.inner) { return; }
  let first = i / params.inner * params.n * params.inner + i % params.inner;
  var zero = params.n;
  var others = 1.0;
  var at_zero = 0.0;
  for (var k = 0u; k < params.n; k++) {
    let at = first + k * params.inner;
    let value = f32(x[at]);
    if (zero == params.n && value == 0.0) { zero = k; } else { others *= value; }
    if (zero < params.n) { at_zero += f32(dy[at]) * others; }
  }
  var sum = 0.0;
  for (var back = 0u; back < params.n; back++) {
    let k = params.n - 1u - back;
    let at = first + k * params.inner;
    var gradient = 0.0;
    if (k < zero) {
      sum += f32(dy[at]) * f32(y[at]);
      gradient = sum / f32(x[at]);
    } else if (k == zero) { gradient = at_zero; }
    dx[at] = Element(gradient);
  }
}
