// C [batch, m, n] = act(op(A) op(B) + bias); A is [m, k] or transposed [k, m], B is [k, n] or transposed [n, k]
// One element an invocation: the readable version, and what the fast ones are tested against.
struct Params { m: u32, n: u32, k: u32, stride_a: u32, stride_b: u32, stride_c: u32 }

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let column = id.x;
  if (row >= params.m || column >= params.n) { return; }
  var total = 0.0;
  for (var k = 0u; k < params.k; k++) {
    let at_a = select(row * params.k + k, k * params.m + row, TRANSPOSE_A);
    let at_b = select(k * params.n + column, column * params.k + k, TRANSPOSE_B);
    total += f32(a[id.z * params.stride_a + at_a]) * f32(b[id.z * params.stride_b + at_b]);
  }
  c[id.z * params.stride_c + row * params.n + column] = Element(finish(total, column));
}
