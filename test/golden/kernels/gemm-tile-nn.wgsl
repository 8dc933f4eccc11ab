alias Element = f32;
alias Element4 = vec4f;
@group(0) @binding(0) var<storage, read> a: array<Element4>;
@group(0) @binding(1) var<storage, read> b: array<Element4>;
@group(0) @binding(2) var<storage, read> bias: array<Element4>;
@group(0) @binding(3) var<storage, read_write> c: array<Element4>;
@group(0) @binding(4) var<uniform> params: Params;
fn activate(x: vec4f) -> vec4f { return select(x, vec4f(), x < vec4f()); }
fn bias_at(column: u32) -> f32 { return f32(bias[column / 4u][column % 4u]); }
fn bias_at4(column: u32) -> vec4f { return vec4f(bias[column / 4u]); }
fn finish_with(sum: f32, shift: f32) -> f32 { return activate(vec4f(sum + shift)).x; }
fn finish4_with(sum: vec4f, shift: vec4f) -> vec4f { return activate(sum + shift); }
fn finish(sum: f32, column: u32) -> f32 { return finish_with(sum, bias_at(column)); }
fn finish4(sum: vec4f, column: u32) -> vec4f { return finish4_with(sum, bias_at4(column)); }
struct Params { m: u32, n: u32, k: u32, stride_a: u32, stride_b: u32, stride_c: u32 }
var<workgroup> tile_a: array<vec4f, 64>;
var<workgroup> tile_b: array<vec4f, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let m = params.m;
  let n = params.n;
  let k_end = params.k;
  let x = thread % 8u;
  let y = thread / 8u;
  let first_m = group.y * 32u;
  let first_n = group.x * 32u;
  let base_a = group.z * params.stride_a;
  let base_b = group.z * params.stride_b;
  let base_c = group.z * params.stride_c;
  var c0_0 = vec4f();
  var c1_0 = vec4f();
  var c2_0 = vec4f();
  var c3_0 = vec4f();
  for (var k0 = 0u; k0 < k_end; k0 += 8u) {
    let e_a0 = thread + 0u; { let r = min(first_m + e_a0 / 2u, m - 1u); let k = k0 + (e_a0 % 2u) * 4u; var v = vec4f(); if (k < k_end) { v = vec4f(a[(base_a + r * k_end + k) / 4u]); } tile_a[e_a0] = v; }
    let e_b0 = thread + 0u; { let k = k0 + e_b0 / 8u; let r = first_n + (e_b0 % 8u) * 4u; var v = vec4f(); if (k < k_end) { v = vec4f(b[(base_b + k * n + min(r, n - 4u)) / 4u]); } tile_b[e_b0] = v; }
    workgroupBarrier();
    for (var kk = 0u; kk < 2u; kk++) {
      let a0 = tile_a[(y * 4u + 0u) * 2u + kk];
      let a1 = tile_a[(y * 4u + 1u) * 2u + kk];
      let a2 = tile_a[(y * 4u + 2u) * 2u + kk];
      let a3 = tile_a[(y * 4u + 3u) * 2u + kk];
      let b0_0 = tile_b[(kk * 4u + 0u) * 8u + x * 1u + 0u];
      let b1_0 = tile_b[(kk * 4u + 1u) * 8u + x * 1u + 0u];
      let b2_0 = tile_b[(kk * 4u + 2u) * 8u + x * 1u + 0u];
      let b3_0 = tile_b[(kk * 4u + 3u) * 8u + x * 1u + 0u];
      c0_0 = fma(vec4f(a0.x), b0_0, c0_0);
      c1_0 = fma(vec4f(a1.x), b0_0, c1_0);
      c2_0 = fma(vec4f(a2.x), b0_0, c2_0);
      c3_0 = fma(vec4f(a3.x), b0_0, c3_0);
      c0_0 = fma(vec4f(a0.y), b1_0, c0_0);
      c1_0 = fma(vec4f(a1.y), b1_0, c1_0);
      c2_0 = fma(vec4f(a2.y), b1_0, c2_0);
      c3_0 = fma(vec4f(a3.y), b1_0, c3_0);
      c0_0 = fma(vec4f(a0.z), b2_0, c0_0);
      c1_0 = fma(vec4f(a1.z), b2_0, c1_0);
      c2_0 = fma(vec4f(a2.z), b2_0, c2_0);
      c3_0 = fma(vec4f(a3.z), b2_0, c3_0);
      c0_0 = fma(vec4f(a0.w), b3_0, c0_0);
      c1_0 = fma(vec4f(a1.w), b3_0, c1_0);
      c2_0 = fma(vec4f(a2.w), b3_0, c2_0);
      c3_0 = fma(vec4f(a3.w), b3_0, c3_0);
    }
    workgroupBarrier();
  }
  if (first_m + y * 4u + 0u < m && first_n + x * 4u + 0u < n) { c[(base_c + (first_m + y * 4u + 0u) * n + first_n + x * 4u + 0u) / 4u] = Element4(finish4(c0_0, first_n + x * 4u + 0u)); }
  if (first_m + y * 4u + 1u < m && first_n + x * 4u + 0u < n) { c[(base_c + (first_m + y * 4u + 1u) * n + first_n + x * 4u + 0u) / 4u] = Element4(finish4(c1_0, first_n + x * 4u + 0u)); }
  if (first_m + y * 4u + 2u < m && first_n + x * 4u + 0u < n) { c[(base_c + (first_m + y * 4u + 2u) * n + first_n + x * 4u + 0u) / 4u] = Element4(finish4(c2_0, first_n + x * 4u + 0u)); }
  if (first_m + y * 4u + 3u < m && first_n + x * 4u + 0u < n) { c[(base_c + (first_m + y * 4u + 3u) * n + first_n + x * 4u + 0u) / 4u] = Element4(finish4(c3_0, first_n + x * 4u + 0u)); }
}
