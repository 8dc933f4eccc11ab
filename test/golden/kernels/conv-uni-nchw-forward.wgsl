enable subgroups;
alias Element = f32;
alias Element4 = vec4f;
struct Params {
  batch: u32, inputs: u32, h: u32, w: u32, outputs: u32, oh: u32, ow: u32, kh: u32, kw: u32,
  stride_h: u32, stride_w: u32, padding_h: u32, padding_w: u32, dilation_h: u32, dilation_w: u32, groups: u32, weight_tap: u32, weight_met: u32,
}
@group(0) @binding(0) var<storage, read> image: array<Element>;
@group(0) @binding(1) var<storage, read> weight: array<Element4>;
@group(0) @binding(2) var<storage, read_write> result: array<Element>;
@group(0) @binding(3) var<uniform> params: Params;
fn activate(x: vec4f) -> vec4f { return x; }
fn bias_at(column: u32) -> f32 { return 0.0; }
fn bias_at4(column: u32) -> vec4f { return vec4f(); }
fn finish_with(sum: f32, shift: f32) -> f32 { return activate(vec4f(sum + shift)).x; }
fn finish4_with(sum: vec4f, shift: vec4f) -> vec4f { return activate(sum + shift); }
fn finish(sum: f32, column: u32) -> f32 { return finish_with(sum, bias_at(column)); }
fn finish4(sum: vec4f, column: u32) -> vec4f { return finish4_with(sum, bias_at4(column)); }
@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let from_h = params.h;
  let from_w = params.w;
  let to_h = params.oh;
  let to_w = params.ow;
  let met = params.inputs / 4u;
  let made = params.outputs;
  let kw = params.kw;
  let stride_h = params.stride_h;
  let stride_w = params.stride_w;
  let pixel_count = params.batch * to_h * to_w;
  let plane = from_h * from_w;
  let weight_tap = params.weight_tap / 4u;
  let weight_met = params.weight_met / 4u;
  let first_pixel = group.x * 32u + lane;
  let first_channel = group.y * 8u;
  let pixel0 = min(first_pixel + 0u, pixel_count - 1u);
  let line0 = pixel0 / to_w;
  let image0 = line0 / to_h;
  let y0 = (line0 % to_h) * stride_h - params.padding_h;
  let x0 = (pixel0 % to_w) * stride_w - params.padding_w;
  let base0 = (image0 * met * 4u * from_h + y0) * from_w + x0;
  let pixel1 = min(first_pixel + 8u, pixel_count - 1u);
  let line1 = pixel1 / to_w;
  let image1 = line1 / to_h;
  let y1 = (line1 % to_h) * stride_h - params.padding_h;
  let x1 = (pixel1 % to_w) * stride_w - params.padding_w;
  let base1 = (image1 * met * 4u * from_h + y1) * from_w + x1;
  let pixel2 = min(first_pixel + 16u, pixel_count - 1u);
  let line2 = pixel2 / to_w;
  let image2 = line2 / to_h;
  let y2 = (line2 % to_h) * stride_h - params.padding_h;
  let x2 = (pixel2 % to_w) * stride_w - params.padding_w;
  let base2 = (image2 * met * 4u * from_h + y2) * from_w + x2;
  let pixel3 = min(first_pixel + 24u, pixel_count - 1u);
  let line3 = pixel3 / to_w;
  let image3 = line3 / to_h;
  let y3 = (line3 % to_h) * stride_h - params.padding_h;
  let x3 = (pixel3 % to_w) * stride_w - params.padding_w;
  let base3 = (image3 * met * 4u * from_h + y3) * from_w + x3;
  let row0 = min(first_channel / 4u + lane + 0u, made / 4u - 1u);
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
  var k = 0u;
  var ky = 0u;
  var kx = 0u;
  let rounds = params.kh * kw * met;
  for (var round = 0u; round < rounds; round++) {
    let weights = (ky * kw + kx) * weight_tap + k * 4u * weight_met;
    let p0_0 = vec4f(weight[weights + 0u * weight_met + row0]);
    let p1_0 = vec4f(weight[weights + 1u * weight_met + row0]);
    let p2_0 = vec4f(weight[weights + 2u * weight_met + row0]);
    let p3_0 = vec4f(weight[weights + 3u * weight_met + row0]);
    let dh = ky * params.dilation_h;
    let dw = kx * params.dilation_w;
    let offset = (dh * from_w + dw) + k * 4u * plane;
    let at0 = base0 + offset;
    let in0 = y0 + dh < from_h && x0 + dw < from_w;
    let l0 = select(vec4f(), vec4f(f32(image[at0 + 0u * plane]), f32(image[at0 + 1u * plane]), f32(image[at0 + 2u * plane]), f32(image[at0 + 3u * plane])), in0);
    let at1 = base1 + offset;
    let in1 = y1 + dh < from_h && x1 + dw < from_w;
    let l1 = select(vec4f(), vec4f(f32(image[at1 + 0u * plane]), f32(image[at1 + 1u * plane]), f32(image[at1 + 2u * plane]), f32(image[at1 + 3u * plane])), in1);
    let at2 = base2 + offset;
    let in2 = y2 + dh < from_h && x2 + dw < from_w;
    let l2 = select(vec4f(), vec4f(f32(image[at2 + 0u * plane]), f32(image[at2 + 1u * plane]), f32(image[at2 + 2u * plane]), f32(image[at2 + 3u * plane])), in2);
    let at3 = base3 + offset;
    let in3 = y3 + dh < from_h && x3 + dw < from_w;
    let l3 = select(vec4f(), vec4f(f32(image[at3 + 0u * plane]), f32(image[at3 + 1u * plane]), f32(image[at3 + 2u * plane]), f32(image[at3 + 3u * plane])), in3);
    { let s0 = subgroupShuffle(p0_0.x, 0u); let s1 = subgroupShuffle(p1_0.x, 0u); let s2 = subgroupShuffle(p2_0.x, 0u); let s3 = subgroupShuffle(p3_0.x, 0u); c0_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c0_0)))); c0_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c0_1)))); c0_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c0_2)))); c0_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c0_3)))); }
    { let s0 = subgroupShuffle(p0_0.y, 0u); let s1 = subgroupShuffle(p1_0.y, 0u); let s2 = subgroupShuffle(p2_0.y, 0u); let s3 = subgroupShuffle(p3_0.y, 0u); c1_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c1_0)))); c1_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c1_1)))); c1_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c1_2)))); c1_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c1_3)))); }
    { let s0 = subgroupShuffle(p0_0.z, 0u); let s1 = subgroupShuffle(p1_0.z, 0u); let s2 = subgroupShuffle(p2_0.z, 0u); let s3 = subgroupShuffle(p3_0.z, 0u); c2_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c2_0)))); c2_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c2_1)))); c2_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c2_2)))); c2_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c2_3)))); }
    { let s0 = subgroupShuffle(p0_0.w, 0u); let s1 = subgroupShuffle(p1_0.w, 0u); let s2 = subgroupShuffle(p2_0.w, 0u); let s3 = subgroupShuffle(p3_0.w, 0u); c3_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c3_0)))); c3_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c3_1)))); c3_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c3_2)))); c3_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c3_3)))); }
    { let s0 = subgroupShuffle(p0_0.x, 1u); let s1 = subgroupShuffle(p1_0.x, 1u); let s2 = subgroupShuffle(p2_0.x, 1u); let s3 = subgroupShuffle(p3_0.x, 1u); c4_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c4_0)))); c4_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c4_1)))); c4_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c4_2)))); c4_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c4_3)))); }
    { let s0 = subgroupShuffle(p0_0.y, 1u); let s1 = subgroupShuffle(p1_0.y, 1u); let s2 = subgroupShuffle(p2_0.y, 1u); let s3 = subgroupShuffle(p3_0.y, 1u); c5_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c5_0)))); c5_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c5_1)))); c5_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c5_2)))); c5_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c5_3)))); }
    { let s0 = subgroupShuffle(p0_0.z, 1u); let s1 = subgroupShuffle(p1_0.z, 1u); let s2 = subgroupShuffle(p2_0.z, 1u); let s3 = subgroupShuffle(p3_0.z, 1u); c6_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c6_0)))); c6_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c6_1)))); c6_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c6_2)))); c6_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c6_3)))); }
    { let s0 = subgroupShuffle(p0_0.w, 1u); let s1 = subgroupShuffle(p1_0.w, 1u); let s2 = subgroupShuffle(p2_0.w, 1u); let s3 = subgroupShuffle(p3_0.w, 1u); c7_0 = fma(s3, l0.w, fma(s2, l0.z, fma(s1, l0.y, fma(s0, l0.x, c7_0)))); c7_1 = fma(s3, l1.w, fma(s2, l1.z, fma(s1, l1.y, fma(s0, l1.x, c7_1)))); c7_2 = fma(s3, l2.w, fma(s2, l2.z, fma(s1, l2.y, fma(s0, l2.x, c7_2)))); c7_3 = fma(s3, l3.w, fma(s2, l3.z, fma(s1, l3.y, fma(s0, l3.x, c7_3)))); }
    k++;
    if (k == met) {
      k = 0u;
      kx++;
      if (kx == kw) {
        kx = 0u;
        ky++;
      }
    }
  }
  let to_0u = image0 * made * to_h * to_w + pixel0 % (to_h * to_w);
  let to_1u = image1 * made * to_h * to_w + pixel1 % (to_h * to_w);
  let to_2u = image2 * made * to_h * to_w + pixel2 % (to_h * to_w);
  let to_3u = image3 * made * to_h * to_w + pixel3 % (to_h * to_w);
  let stored = group.y * 8u;
  let stored_end = min(stored + 8u, made);
  for (var at = stored; at < stored_end; at++) {
    let v0_0 = select(select(select(c0_0, c1_0, (at & 1u) != 0u), select(c2_0, c3_0, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c4_0, c5_0, (at & 1u) != 0u), select(c6_0, c7_0, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u);
    if (first_pixel + (0u) * 8u < pixel_count) { result[to_0u + (at) * to_h * to_w] = Element(finish(v0_0, (at))); }
    let v1_0 = select(select(select(c0_1, c1_1, (at & 1u) != 0u), select(c2_1, c3_1, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c4_1, c5_1, (at & 1u) != 0u), select(c6_1, c7_1, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u);
    if (first_pixel + (1u) * 8u < pixel_count) { result[to_1u + (at) * to_h * to_w] = Element(finish(v1_0, (at))); }
    let v2_0 = select(select(select(c0_2, c1_2, (at & 1u) != 0u), select(c2_2, c3_2, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c4_2, c5_2, (at & 1u) != 0u), select(c6_2, c7_2, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u);
    if (first_pixel + (2u) * 8u < pixel_count) { result[to_2u + (at) * to_h * to_w] = Element(finish(v2_0, (at))); }
    let v3_0 = select(select(select(c0_3, c1_3, (at & 1u) != 0u), select(c2_3, c3_3, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c4_3, c5_3, (at & 1u) != 0u), select(c6_3, c7_3, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u);
    if (first_pixel + (3u) * 8u < pixel_count) { result[to_3u + (at) * to_h * to_w] = Element(finish(v3_0, (at))); }
  }
}
