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
  let first_shared = group.y * 16u;
  let first_lane = group.x * 32u;
  let lane0 = base_a + min(first_lane + lane + 0u, m - 1u) * (k_end / 4u);
  let lane1 = base_a + min(first_lane + lane + 8u, m - 1u) * (k_end / 4u);
  let lane2 = base_a + min(first_lane + lane + 16u, m - 1u) * (k_end / 4u);
  let lane3 = base_a + min(first_lane + lane + 24u, m - 1u) * (k_end / 4u);
  let row0 = base_b + min(first_shared + lane + 0u, n - 1u) * (k_end / 4u);
  let row1 = base_b + min(first_shared + lane + 8u, n - 1u) * (k_end / 4u);
  var c0_0 = 0.0;
  var c0_1 = 0.0;
  var c0_2 = 0.0;
  var c0_3 = 0.0;
  var c1_0 = 0.0;
  var c1_1 = 0.0;
  var c1_2 = 0.0;
  var c1_3 = 0.0;
  var c2_0 = 0.0;
  var c2_1 = 0.0;
  var c2_2 = 0.0;
  var c2_3 = 0.0;
  var c3_0 = 0.0;
  var c3_1 = 0.0;
  var c3_2 = 0.0;
  var c3_3 = 0.0;
  var c4_0 = 0.0;
  var c4_1 = 0.0;
  var c4_2 = 0.0;
  var c4_3 = 0.0;
  var c5_0 = 0.0;
  var c5_1 = 0.0;
  var c5_2 = 0.0;
  var c5_3 = 0.0;
  var c6_0 = 0.0;
  var c6_1 = 0.0;
  var c6_2 = 0.0;
  var c6_3 = 0.0;
  var c7_0 = 0.0;
  var c7_1 = 0.0;
  var c7_2 = 0.0;
  var c7_3 = 0.0;
  var c8_0 = 0.0;
  var c8_1 = 0.0;
  var c8_2 = 0.0;
  var c8_3 = 0.0;
  var c9_0 = 0.0;
  var c9_1 = 0.0;
  var c9_2 = 0.0;
  var c9_3 = 0.0;
  var c10_0 = 0.0;
  var c10_1 = 0.0;
  var c10_2 = 0.0;
  var c10_3 = 0.0;
  var c11_0 = 0.0;
  var c11_1 = 0.0;
  var c11_2 = 0.0;
  var c11_3 = 0.0;
  var c12_0 = 0.0;
  var c12_1 = 0.0;
  var c12_2 = 0.0;
  var c12_3 = 0.0;
  var c13_0 = 0.0;
  var c13_1 = 0.0;
  var c13_2 = 0.0;
  var c13_3 = 0.0;
  var c14_0 = 0.0;
  var c14_1 = 0.0;
  var c14_2 = 0.0;
  var c14_3 = 0.0;
  var c15_0 = 0.0;
  var c15_1 = 0.0;
  var c15_2 = 0.0;
  var c15_3 = 0.0;
  let k_main = k_end;
  for (var k = 0u; k < k_main; k += 4u) {
    let p0 = vec4f(b[row0 + k / 4u]);
    let p1 = vec4f(b[row1 + k / 4u]);
    let l0 = vec4f(a[lane0 + k / 4u]);
    let l1 = vec4f(a[lane1 + k / 4u]);
    let l2 = vec4f(a[lane2 + k / 4u]);
    let l3 = vec4f(a[lane3 + k / 4u]);
    { let s0 = subgroupShuffle(p0.x, 0u); let s1 = subgroupShuffle(p0.y, 0u); let s2 = subgroupShuffle(p0.z, 0u); let s3 = subgroupShuffle(p0.w, 0u); c0_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c0_0)))); c0_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c0_1)))); c0_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c0_2)))); c0_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c0_3)))); }
    { let s0 = subgroupShuffle(p0.x, 1u); let s1 = subgroupShuffle(p0.y, 1u); let s2 = subgroupShuffle(p0.z, 1u); let s3 = subgroupShuffle(p0.w, 1u); c1_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c1_0)))); c1_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c1_1)))); c1_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c1_2)))); c1_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c1_3)))); }
    { let s0 = subgroupShuffle(p0.x, 2u); let s1 = subgroupShuffle(p0.y, 2u); let s2 = subgroupShuffle(p0.z, 2u); let s3 = subgroupShuffle(p0.w, 2u); c2_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c2_0)))); c2_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c2_1)))); c2_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c2_2)))); c2_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c2_3)))); }
    { let s0 = subgroupShuffle(p0.x, 3u); let s1 = subgroupShuffle(p0.y, 3u); let s2 = subgroupShuffle(p0.z, 3u); let s3 = subgroupShuffle(p0.w, 3u); c3_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c3_0)))); c3_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c3_1)))); c3_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c3_2)))); c3_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c3_3)))); }
    { let s0 = subgroupShuffle(p0.x, 4u); let s1 = subgroupShuffle(p0.y, 4u); let s2 = subgroupShuffle(p0.z, 4u); let s3 = subgroupShuffle(p0.w, 4u); c4_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c4_0)))); c4_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c4_1)))); c4_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c4_2)))); c4_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c4_3)))); }
    { let s0 = subgroupShuffle(p0.x, 5u); let s1 = subgroupShuffle(p0.y, 5u); let s2 = subgroupShuffle(p0.z, 5u); let s3 = subgroupShuffle(p0.w, 5u); c5_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c5_0)))); c5_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c5_1)))); c5_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c5_2)))); c5_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c5_3)))); }
    { let s0 = subgroupShuffle(p0.x, 6u); let s1 = subgroupShuffle(p0.y, 6u); let s2 = subgroupShuffle(p0.z, 6u); let s3 = subgroupShuffle(p0.w, 6u); c6_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c6_0)))); c6_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c6_1)))); c6_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c6_2)))); c6_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c6_3)))); }
    { let s0 = subgroupShuffle(p0.x, 7u); let s1 = subgroupShuffle(p0.y, 7u); let s2 = subgroupShuffle(p0.z, 7u); let s3 = subgroupShuffle(p0.w, 7u); c7_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c7_0)))); c7_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c7_1)))); c7_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c7_2)))); c7_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c7_3)))); }
    { let s0 = subgroupShuffle(p1.x, 0u); let s1 = subgroupShuffle(p1.y, 0u); let s2 = subgroupShuffle(p1.z, 0u); let s3 = subgroupShuffle(p1.w, 0u); c8_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c8_0)))); c8_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c8_1)))); c8_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c8_2)))); c8_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c8_3)))); }
    { let s0 = subgroupShuffle(p1.x, 1u); let s1 = subgroupShuffle(p1.y, 1u); let s2 = subgroupShuffle(p1.z, 1u); let s3 = subgroupShuffle(p1.w, 1u); c9_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c9_0)))); c9_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c9_1)))); c9_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c9_2)))); c9_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c9_3)))); }
    { let s0 = subgroupShuffle(p1.x, 2u); let s1 = subgroupShuffle(p1.y, 2u); let s2 = subgroupShuffle(p1.z, 2u); let s3 = subgroupShuffle(p1.w, 2u); c10_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c10_0)))); c10_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c10_1)))); c10_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c10_2)))); c10_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c10_3)))); }
    { let s0 = subgroupShuffle(p1.x, 3u); let s1 = subgroupShuffle(p1.y, 3u); let s2 = subgroupShuffle(p1.z, 3u); let s3 = subgroupShuffle(p1.w, 3u); c11_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c11_0)))); c11_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c11_1)))); c11_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c11_2)))); c11_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c11_3)))); }
    { let s0 = subgroupShuffle(p1.x, 4u); let s1 = subgroupShuffle(p1.y, 4u); let s2 = subgroupShuffle(p1.z, 4u); let s3 = subgroupShuffle(p1.w, 4u); c12_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c12_0)))); c12_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c12_1)))); c12_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c12_2)))); c12_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c12_3)))); }
    { let s0 = subgroupShuffle(p1.x, 5u); let s1 = subgroupShuffle(p1.y, 5u); let s2 = subgroupShuffle(p1.z, 5u); let s3 = subgroupShuffle(p1.w, 5u); c13_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c13_0)))); c13_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c13_1)))); c13_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c13_2)))); c13_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c13_3)))); }
    { let s0 = subgroupShuffle(p1.x, 6u); let s1 = subgroupShuffle(p1.y, 6u); let s2 = subgroupShuffle(p1.z, 6u); let s3 = subgroupShuffle(p1.w, 6u); c14_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c14_0)))); c14_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c14_1)))); c14_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c14_2)))); c14_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c14_3)))); }
    { let s0 = subgroupShuffle(p1.x, 7u); let s1 = subgroupShuffle(p1.y, 7u); let s2 = subgroupShuffle(p1.z, 7u); let s3 = subgroupShuffle(p1.w, 7u); c15_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c15_0)))); c15_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c15_1)))); c15_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c15_2)))); c15_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c15_3)))); }
  }
  let stored = group.y * 16u;
  let stored_end = min(stored + 16u, (n + 3u) / 4u * 4u);
  for (var at = stored; at < stored_end; at++) {
    let v0_0 = select(select(select(select(c0_0, c0_1, (at & 1u) != 0u), select(c0_2, c0_3, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c4_0, c4_1, (at & 1u) != 0u), select(c4_2, c4_3, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u), select(select(select(c8_0, c8_1, (at & 1u) != 0u), select(c8_2, c8_3, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c12_0, c12_1, (at & 1u) != 0u), select(c12_2, c12_3, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u), (at & 8u) != 0u);
    let v0_1 = select(select(select(select(c1_0, c1_1, (at & 1u) != 0u), select(c1_2, c1_3, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c5_0, c5_1, (at & 1u) != 0u), select(c5_2, c5_3, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u), select(select(select(c9_0, c9_1, (at & 1u) != 0u), select(c9_2, c9_3, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c13_0, c13_1, (at & 1u) != 0u), select(c13_2, c13_3, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u), (at & 8u) != 0u);
    let v0_2 = select(select(select(select(c2_0, c2_1, (at & 1u) != 0u), select(c2_2, c2_3, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c6_0, c6_1, (at & 1u) != 0u), select(c6_2, c6_3, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u), select(select(select(c10_0, c10_1, (at & 1u) != 0u), select(c10_2, c10_3, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c14_0, c14_1, (at & 1u) != 0u), select(c14_2, c14_3, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u), (at & 8u) != 0u);
    let v0_3 = select(select(select(select(c3_0, c3_1, (at & 1u) != 0u), select(c3_2, c3_3, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c7_0, c7_1, (at & 1u) != 0u), select(c7_2, c7_3, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u), select(select(select(c11_0, c11_1, (at & 1u) != 0u), select(c11_2, c11_3, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c15_0, c15_1, (at & 1u) != 0u), select(c15_2, c15_3, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u), (at & 8u) != 0u);
    if (first_lane + lane + (at % 4u) * 8u < m) { c[(base_c + (first_lane + lane + (at % 4u) * 8u) * n + (at / 4u * 4u)) / 4u] = Element4(finish4(vec4f(v0_0, v0_1, v0_2, v0_3), (at / 4u * 4u))); }
  }
}
