enable subgroups;
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

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let m = params.m;
  let n = params.n;
  let k_end = params.k;
  let base_a = group.z * params.stride_a / 4u;
  let base_b = group.z * params.stride_b / 4u;
  let base_c = group.z * params.stride_c;
  let first_shared = group.y * 32u;
  let first_lane = group.x * 32u;
  let lane0 = min(first_lane / 4u + lane + 0u, n / 4u - 1u);
  let row0 = base_a + min(first_shared + lane + 0u, m - 1u) * (k_end / 4u);
  let row1 = base_a + min(first_shared + lane + 8u, m - 1u) * (k_end / 4u);
  let row2 = base_a + min(first_shared + lane + 16u, m - 1u) * (k_end / 4u);
  let row3 = base_a + min(first_shared + lane + 24u, m - 1u) * (k_end / 4u);
  var c0_0 = vec4f();
  var c1_0 = vec4f();
  var c2_0 = vec4f();
  var c3_0 = vec4f();
  var c4_0 = vec4f();
  var c5_0 = vec4f();
  var c6_0 = vec4f();
  var c7_0 = vec4f();
  var c8_0 = vec4f();
  var c9_0 = vec4f();
  var c10_0 = vec4f();
  var c11_0 = vec4f();
  var c12_0 = vec4f();
  var c13_0 = vec4f();
  var c14_0 = vec4f();
  var c15_0 = vec4f();
  var c16_0 = vec4f();
  var c17_0 = vec4f();
  var c18_0 = vec4f();
  var c19_0 = vec4f();
  var c20_0 = vec4f();
  var c21_0 = vec4f();
  var c22_0 = vec4f();
  var c23_0 = vec4f();
  var c24_0 = vec4f();
  var c25_0 = vec4f();
  var c26_0 = vec4f();
  var c27_0 = vec4f();
  var c28_0 = vec4f();
  var c29_0 = vec4f();
  var c30_0 = vec4f();
  var c31_0 = vec4f();
  let k_main = k_end;
  for (var k = 0u; k < k_main; k += 4u) {
    let p0 = vec4f(a[row0 + k / 4u]);
    let p1 = vec4f(a[row1 + k / 4u]);
    let p2 = vec4f(a[row2 + k / 4u]);
    let p3 = vec4f(a[row3 + k / 4u]);
    let l0_0 = vec4f(b[base_b + (k + 0u) * (n / 4u) + lane0]);
    let l1_0 = vec4f(b[base_b + (k + 1u) * (n / 4u) + lane0]);
    let l2_0 = vec4f(b[base_b + (k + 2u) * (n / 4u) + lane0]);
    let l3_0 = vec4f(b[base_b + (k + 3u) * (n / 4u) + lane0]);
    { let s0 = subgroupShuffle(p0.x, 0u); let s1 = subgroupShuffle(p0.y, 0u); let s2 = subgroupShuffle(p0.z, 0u); let s3 = subgroupShuffle(p0.w, 0u); c0_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c0_0)))); }
    { let s0 = subgroupShuffle(p0.x, 1u); let s1 = subgroupShuffle(p0.y, 1u); let s2 = subgroupShuffle(p0.z, 1u); let s3 = subgroupShuffle(p0.w, 1u); c1_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c1_0)))); }
    { let s0 = subgroupShuffle(p0.x, 2u); let s1 = subgroupShuffle(p0.y, 2u); let s2 = subgroupShuffle(p0.z, 2u); let s3 = subgroupShuffle(p0.w, 2u); c2_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c2_0)))); }
    { let s0 = subgroupShuffle(p0.x, 3u); let s1 = subgroupShuffle(p0.y, 3u); let s2 = subgroupShuffle(p0.z, 3u); let s3 = subgroupShuffle(p0.w, 3u); c3_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c3_0)))); }
    { let s0 = subgroupShuffle(p0.x, 4u); let s1 = subgroupShuffle(p0.y, 4u); let s2 = subgroupShuffle(p0.z, 4u); let s3 = subgroupShuffle(p0.w, 4u); c4_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c4_0)))); }
    { let s0 = subgroupShuffle(p0.x, 5u); let s1 = subgroupShuffle(p0.y, 5u); let s2 = subgroupShuffle(p0.z, 5u); let s3 = subgroupShuffle(p0.w, 5u); c5_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c5_0)))); }
    { let s0 = subgroupShuffle(p0.x, 6u); let s1 = subgroupShuffle(p0.y, 6u); let s2 = subgroupShuffle(p0.z, 6u); let s3 = subgroupShuffle(p0.w, 6u); c6_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c6_0)))); }
    { let s0 = subgroupShuffle(p0.x, 7u); let s1 = subgroupShuffle(p0.y, 7u); let s2 = subgroupShuffle(p0.z, 7u); let s3 = subgroupShuffle(p0.w, 7u); c7_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c7_0)))); }
    { let s0 = subgroupShuffle(p1.x, 0u); let s1 = subgroupShuffle(p1.y, 0u); let s2 = subgroupShuffle(p1.z, 0u); let s3 = subgroupShuffle(p1.w, 0u); c8_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c8_0)))); }
    { let s0 = subgroupShuffle(p1.x, 1u); let s1 = subgroupShuffle(p1.y, 1u); let s2 = subgroupShuffle(p1.z, 1u); let s3 = subgroupShuffle(p1.w, 1u); c9_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c9_0)))); }
    { let s0 = subgroupShuffle(p1.x, 2u); let s1 = subgroupShuffle(p1.y, 2u); let s2 = subgroupShuffle(p1.z, 2u); let s3 = subgroupShuffle(p1.w, 2u); c10_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c10_0)))); }
    { let s0 = subgroupShuffle(p1.x, 3u); let s1 = subgroupShuffle(p1.y, 3u); let s2 = subgroupShuffle(p1.z, 3u); let s3 = subgroupShuffle(p1.w, 3u); c11_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c11_0)))); }
    { let s0 = subgroupShuffle(p1.x, 4u); let s1 = subgroupShuffle(p1.y, 4u); let s2 = subgroupShuffle(p1.z, 4u); let s3 = subgroupShuffle(p1.w, 4u); c12_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c12_0)))); }
    { let s0 = subgroupShuffle(p1.x, 5u); let s1 = subgroupShuffle(p1.y, 5u); let s2 = subgroupShuffle(p1.z, 5u); let s3 = subgroupShuffle(p1.w, 5u); c13_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c13_0)))); }
    { let s0 = subgroupShuffle(p1.x, 6u); let s1 = subgroupShuffle(p1.y, 6u); let s2 = subgroupShuffle(p1.z, 6u); let s3 = subgroupShuffle(p1.w, 6u); c14_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c14_0)))); }
    { let s0 = subgroupShuffle(p1.x, 7u); let s1 = subgroupShuffle(p1.y, 7u); let s2 = subgroupShuffle(p1.z, 7u); let s3 = subgroupShuffle(p1.w, 7u); c15_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c15_0)))); }
    { let s0 = subgroupShuffle(p2.x, 0u); let s1 = subgroupShuffle(p2.y, 0u); let s2 = subgroupShuffle(p2.z, 0u); let s3 = subgroupShuffle(p2.w, 0u); c16_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c16_0)))); }
    { let s0 = subgroupShuffle(p2.x, 1u); let s1 = subgroupShuffle(p2.y, 1u); let s2 = subgroupShuffle(p2.z, 1u); let s3 = subgroupShuffle(p2.w, 1u); c17_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c17_0)))); }
    { let s0 = subgroupShuffle(p2.x, 2u); let s1 = subgroupShuffle(p2.y, 2u); let s2 = subgroupShuffle(p2.z, 2u); let s3 = subgroupShuffle(p2.w, 2u); c18_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c18_0)))); }
    { let s0 = subgroupShuffle(p2.x, 3u); let s1 = subgroupShuffle(p2.y, 3u); let s2 = subgroupShuffle(p2.z, 3u); let s3 = subgroupShuffle(p2.w, 3u); c19_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c19_0)))); }
    { let s0 = subgroupShuffle(p2.x, 4u); let s1 = subgroupShuffle(p2.y, 4u); let s2 = subgroupShuffle(p2.z, 4u); let s3 = subgroupShuffle(p2.w, 4u); c20_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c20_0)))); }
    { let s0 = subgroupShuffle(p2.x, 5u); let s1 = subgroupShuffle(p2.y, 5u); let s2 = subgroupShuffle(p2.z, 5u); let s3 = subgroupShuffle(p2.w, 5u); c21_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c21_0)))); }
    { let s0 = subgroupShuffle(p2.x, 6u); let s1 = subgroupShuffle(p2.y, 6u); let s2 = subgroupShuffle(p2.z, 6u); let s3 = subgroupShuffle(p2.w, 6u); c22_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c22_0)))); }
    { let s0 = subgroupShuffle(p2.x, 7u); let s1 = subgroupShuffle(p2.y, 7u); let s2 = subgroupShuffle(p2.z, 7u); let s3 = subgroupShuffle(p2.w, 7u); c23_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c23_0)))); }
    { let s0 = subgroupShuffle(p3.x, 0u); let s1 = subgroupShuffle(p3.y, 0u); let s2 = subgroupShuffle(p3.z, 0u); let s3 = subgroupShuffle(p3.w, 0u); c24_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c24_0)))); }
    { let s0 = subgroupShuffle(p3.x, 1u); let s1 = subgroupShuffle(p3.y, 1u); let s2 = subgroupShuffle(p3.z, 1u); let s3 = subgroupShuffle(p3.w, 1u); c25_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c25_0)))); }
    { let s0 = subgroupShuffle(p3.x, 2u); let s1 = subgroupShuffle(p3.y, 2u); let s2 = subgroupShuffle(p3.z, 2u); let s3 = subgroupShuffle(p3.w, 2u); c26_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c26_0)))); }
    { let s0 = subgroupShuffle(p3.x, 3u); let s1 = subgroupShuffle(p3.y, 3u); let s2 = subgroupShuffle(p3.z, 3u); let s3 = subgroupShuffle(p3.w, 3u); c27_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c27_0)))); }
    { let s0 = subgroupShuffle(p3.x, 4u); let s1 = subgroupShuffle(p3.y, 4u); let s2 = subgroupShuffle(p3.z, 4u); let s3 = subgroupShuffle(p3.w, 4u); c28_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c28_0)))); }
    { let s0 = subgroupShuffle(p3.x, 5u); let s1 = subgroupShuffle(p3.y, 5u); let s2 = subgroupShuffle(p3.z, 5u); let s3 = subgroupShuffle(p3.w, 5u); c29_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c29_0)))); }
    { let s0 = subgroupShuffle(p3.x, 6u); let s1 = subgroupShuffle(p3.y, 6u); let s2 = subgroupShuffle(p3.z, 6u); let s3 = subgroupShuffle(p3.w, 6u); c30_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c30_0)))); }
    { let s0 = subgroupShuffle(p3.x, 7u); let s1 = subgroupShuffle(p3.y, 7u); let s2 = subgroupShuffle(p3.z, 7u); let s3 = subgroupShuffle(p3.w, 7u); c31_0 = fma(vec4f(s3), l3_0, fma(vec4f(s2), l2_0, fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c31_0)))); }
  }
  let stored = group.y * 16u;
  let stored_end = min(stored + 16u, (m + 1u) / 2u);
  for (var at = stored; at < stored_end; at++) {
    let v0_0 = select(select(select(select(c0_0, c2_0, (at & 1u) != 0u), select(c4_0, c6_0, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c8_0, c10_0, (at & 1u) != 0u), select(c12_0, c14_0, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u), select(select(select(c16_0, c18_0, (at & 1u) != 0u), select(c20_0, c22_0, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c24_0, c26_0, (at & 1u) != 0u), select(c28_0, c30_0, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u), (at & 8u) != 0u);
    if (first_lane + (lane + (0u) * 8u) * 4u + 0u < n) { c[(base_c + ((at * 2u + 0u)) * n + first_lane + (lane + (0u) * 8u) * 4u + 0u) / 4u] = Element4(finish4(v0_0, first_lane + (lane + (0u) * 8u) * 4u + 0u)); }
    let v1_0 = select(select(select(select(c1_0, c3_0, (at & 1u) != 0u), select(c5_0, c7_0, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c9_0, c11_0, (at & 1u) != 0u), select(c13_0, c15_0, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u), select(select(select(c17_0, c19_0, (at & 1u) != 0u), select(c21_0, c23_0, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c25_0, c27_0, (at & 1u) != 0u), select(c29_0, c31_0, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u), (at & 8u) != 0u);
    if ((at * 2u + 1u) < m) {
      if (first_lane + (lane + (0u) * 8u) * 4u + 0u < n) { c[(base_c + ((at * 2u + 1u)) * n + first_lane + (lane + (0u) * 8u) * 4u + 0u) / 4u] = Element4(finish4(v1_0, first_lane + (lane + (0u) * 8u) * 4u + 0u)); }
    }
  }
}
