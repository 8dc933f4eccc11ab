enable subgroups;
alias Element = f32;
alias Element4 = vec4f;
struct Params {
  batch: u32, inputs: u32, h: u32, w: u32, outputs: u32, oh: u32, ow: u32, kh: u32, kw: u32,
  stride_h: u32, stride_w: u32, padding_h: u32, padding_w: u32, dilation_h: u32, dilation_w: u32, groups: u32, chunks: u32,
}
@group(0) @binding(0) var<storage, read> image_in: array<Element>;
@group(0) @binding(1) var<storage, read> gradient: array<Element4>;
@group(0) @binding(2) var<storage, read_write> result: array<Element>;
@group(0) @binding(3) var<uniform> params: Params;
@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let inputs = params.inputs / 1u;
  let outputs = params.outputs / 1u;
  let h = params.h;
  let w = params.w;
  let oh = params.oh;
  let ow = params.ow;
  let kw = params.kw;
  let stride_h = params.stride_h;
  let stride_w = params.stride_w;
  let padding_h = params.padding_h;
  let padding_w = params.padding_w;
  let dilation_h = params.dilation_h;
  let dilation_w = params.dilation_w;
  let place_count = params.kh * kw * inputs;
  let first_place = group.x * 32u + lane;
  let first_channel = group.y * 8u;
  let place0 = min(first_place + 0u, place_count - 1u);
  let tap0 = place0 / inputs;
  let channel0 = place0 % inputs;
  let dy0 = (tap0 / kw) * dilation_h - padding_h;
  let dx0 = (tap0 % kw) * dilation_w - padding_w;
  let at0 = (channel0 * h + dy0) * w + dx0;
  let place1 = min(first_place + 8u, place_count - 1u);
  let tap1 = place1 / inputs;
  let channel1 = place1 % inputs;
  let dy1 = (tap1 / kw) * dilation_h - padding_h;
  let dx1 = (tap1 % kw) * dilation_w - padding_w;
  let at1 = (channel1 * h + dy1) * w + dx1;
  let place2 = min(first_place + 16u, place_count - 1u);
  let tap2 = place2 / inputs;
  let channel2 = place2 % inputs;
  let dy2 = (tap2 / kw) * dilation_h - padding_h;
  let dx2 = (tap2 % kw) * dilation_w - padding_w;
  let at2 = (channel2 * h + dy2) * w + dx2;
  let place3 = min(first_place + 24u, place_count - 1u);
  let tap3 = place3 / inputs;
  let channel3 = place3 % inputs;
  let dy3 = (tap3 / kw) * dilation_h - padding_h;
  let dx3 = (tap3 % kw) * dilation_w - padding_w;
  let at3 = (channel3 * h + dy3) * w + dx3;
  let row0 = min(first_channel / 1u + lane + 0u, outputs - 1u) * oh * ow;
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
  let line_count = params.batch * oh;
  let chunk = (line_count + params.chunks - 1u) / params.chunks;
  let first_line = min(group.z * chunk, line_count);
  let last_line = min(first_line + chunk, line_count);
  var image = first_line / oh;
  var oy = first_line % oh;
  var ox = 0u;
  let rounds = (last_line - first_line) * (ow / 4u);
  for (var round = 0u; round < rounds; round++) {
    let pixel = (image * outputs * oh + oy) * ow + ox;
    let top = oy * stride_h;
    let left = ox * stride_w;
    let start = (image * inputs * h + top) * w + left;
    let across = stride_w;
    let p0 = vec4f(gradient[(pixel + row0) / 4u]);
    let l0_0 = select(f32(), f32(image_in[start + 0u * across + at0]), top + dy0 < h && left + 0u * stride_w + dx0 < w);
    let l0_1 = select(f32(), f32(image_in[start + 0u * across + at1]), top + dy1 < h && left + 0u * stride_w + dx1 < w);
    let l0_2 = select(f32(), f32(image_in[start + 0u * across + at2]), top + dy2 < h && left + 0u * stride_w + dx2 < w);
    let l0_3 = select(f32(), f32(image_in[start + 0u * across + at3]), top + dy3 < h && left + 0u * stride_w + dx3 < w);
    let l1_0 = select(f32(), f32(image_in[start + 1u * across + at0]), top + dy0 < h && left + 1u * stride_w + dx0 < w);
    let l1_1 = select(f32(), f32(image_in[start + 1u * across + at1]), top + dy1 < h && left + 1u * stride_w + dx1 < w);
    let l1_2 = select(f32(), f32(image_in[start + 1u * across + at2]), top + dy2 < h && left + 1u * stride_w + dx2 < w);
    let l1_3 = select(f32(), f32(image_in[start + 1u * across + at3]), top + dy3 < h && left + 1u * stride_w + dx3 < w);
    let l2_0 = select(f32(), f32(image_in[start + 2u * across + at0]), top + dy0 < h && left + 2u * stride_w + dx0 < w);
    let l2_1 = select(f32(), f32(image_in[start + 2u * across + at1]), top + dy1 < h && left + 2u * stride_w + dx1 < w);
    let l2_2 = select(f32(), f32(image_in[start + 2u * across + at2]), top + dy2 < h && left + 2u * stride_w + dx2 < w);
    let l2_3 = select(f32(), f32(image_in[start + 2u * across + at3]), top + dy3 < h && left + 2u * stride_w + dx3 < w);
    let l3_0 = select(f32(), f32(image_in[start + 3u * across + at0]), top + dy0 < h && left + 3u * stride_w + dx0 < w);
    let l3_1 = select(f32(), f32(image_in[start + 3u * across + at1]), top + dy1 < h && left + 3u * stride_w + dx1 < w);
    let l3_2 = select(f32(), f32(image_in[start + 3u * across + at2]), top + dy2 < h && left + 3u * stride_w + dx2 < w);
    let l3_3 = select(f32(), f32(image_in[start + 3u * across + at3]), top + dy3 < h && left + 3u * stride_w + dx3 < w);
    { let s0 = subgroupShuffle(p0.x, 0u); let s1 = subgroupShuffle(p0.y, 0u); let s2 = subgroupShuffle(p0.z, 0u); let s3 = subgroupShuffle(p0.w, 0u); c0_0 = fma(s3, l3_0, fma(s2, l2_0, fma(s1, l1_0, fma(s0, l0_0, c0_0)))); c0_1 = fma(s3, l3_1, fma(s2, l2_1, fma(s1, l1_1, fma(s0, l0_1, c0_1)))); c0_2 = fma(s3, l3_2, fma(s2, l2_2, fma(s1, l1_2, fma(s0, l0_2, c0_2)))); c0_3 = fma(s3, l3_3, fma(s2, l2_3, fma(s1, l1_3, fma(s0, l0_3, c0_3)))); }
    { let s0 = subgroupShuffle(p0.x, 1u); let s1 = subgroupShuffle(p0.y, 1u); let s2 = subgroupShuffle(p0.z, 1u); let s3 = subgroupShuffle(p0.w, 1u); c1_0 = fma(s3, l3_0, fma(s2, l2_0, fma(s1, l1_0, fma(s0, l0_0, c1_0)))); c1_1 = fma(s3, l3_1, fma(s2, l2_1, fma(s1, l1_1, fma(s0, l0_1, c1_1)))); c1_2 = fma(s3, l3_2, fma(s2, l2_2, fma(s1, l1_2, fma(s0, l0_2, c1_2)))); c1_3 = fma(s3, l3_3, fma(s2, l2_3, fma(s1, l1_3, fma(s0, l0_3, c1_3)))); }
    { let s0 = subgroupShuffle(p0.x, 2u); let s1 = subgroupShuffle(p0.y, 2u); let s2 = subgroupShuffle(p0.z, 2u); let s3 = subgroupShuffle(p0.w, 2u); c2_0 = fma(s3, l3_0, fma(s2, l2_0, fma(s1, l1_0, fma(s0, l0_0, c2_0)))); c2_1 = fma(s3, l3_1, fma(s2, l2_1, fma(s1, l1_1, fma(s0, l0_1, c2_1)))); c2_2 = fma(s3, l3_2, fma(s2, l2_2, fma(s1, l1_2, fma(s0, l0_2, c2_2)))); c2_3 = fma(s3, l3_3, fma(s2, l2_3, fma(s1, l1_3, fma(s0, l0_3, c2_3)))); }
    { let s0 = subgroupShuffle(p0.x, 3u); let s1 = subgroupShuffle(p0.y, 3u); let s2 = subgroupShuffle(p0.z, 3u); let s3 = subgroupShuffle(p0.w, 3u); c3_0 = fma(s3, l3_0, fma(s2, l2_0, fma(s1, l1_0, fma(s0, l0_0, c3_0)))); c3_1 = fma(s3, l3_1, fma(s2, l2_1, fma(s1, l1_1, fma(s0, l0_1, c3_1)))); c3_2 = fma(s3, l3_2, fma(s2, l2_2, fma(s1, l1_2, fma(s0, l0_2, c3_2)))); c3_3 = fma(s3, l3_3, fma(s2, l2_3, fma(s1, l1_3, fma(s0, l0_3, c3_3)))); }
    { let s0 = subgroupShuffle(p0.x, 4u); let s1 = subgroupShuffle(p0.y, 4u); let s2 = subgroupShuffle(p0.z, 4u); let s3 = subgroupShuffle(p0.w, 4u); c4_0 = fma(s3, l3_0, fma(s2, l2_0, fma(s1, l1_0, fma(s0, l0_0, c4_0)))); c4_1 = fma(s3, l3_1, fma(s2, l2_1, fma(s1, l1_1, fma(s0, l0_1, c4_1)))); c4_2 = fma(s3, l3_2, fma(s2, l2_2, fma(s1, l1_2, fma(s0, l0_2, c4_2)))); c4_3 = fma(s3, l3_3, fma(s2, l2_3, fma(s1, l1_3, fma(s0, l0_3, c4_3)))); }
    { let s0 = subgroupShuffle(p0.x, 5u); let s1 = subgroupShuffle(p0.y, 5u); let s2 = subgroupShuffle(p0.z, 5u); let s3 = subgroupShuffle(p0.w, 5u); c5_0 = fma(s3, l3_0, fma(s2, l2_0, fma(s1, l1_0, fma(s0, l0_0, c5_0)))); c5_1 = fma(s3, l3_1, fma(s2, l2_1, fma(s1, l1_1, fma(s0, l0_1, c5_1)))); c5_2 = fma(s3, l3_2, fma(s2, l2_2, fma(s1, l1_2, fma(s0, l0_2, c5_2)))); c5_3 = fma(s3, l3_3, fma(s2, l2_3, fma(s1, l1_3, fma(s0, l0_3, c5_3)))); }
    { let s0 = subgroupShuffle(p0.x, 6u); let s1 = subgroupShuffle(p0.y, 6u); let s2 = subgroupShuffle(p0.z, 6u); let s3 = subgroupShuffle(p0.w, 6u); c6_0 = fma(s3, l3_0, fma(s2, l2_0, fma(s1, l1_0, fma(s0, l0_0, c6_0)))); c6_1 = fma(s3, l3_1, fma(s2, l2_1, fma(s1, l1_1, fma(s0, l0_1, c6_1)))); c6_2 = fma(s3, l3_2, fma(s2, l2_2, fma(s1, l1_2, fma(s0, l0_2, c6_2)))); c6_3 = fma(s3, l3_3, fma(s2, l2_3, fma(s1, l1_3, fma(s0, l0_3, c6_3)))); }
    { let s0 = subgroupShuffle(p0.x, 7u); let s1 = subgroupShuffle(p0.y, 7u); let s2 = subgroupShuffle(p0.z, 7u); let s3 = subgroupShuffle(p0.w, 7u); c7_0 = fma(s3, l3_0, fma(s2, l2_0, fma(s1, l1_0, fma(s0, l0_0, c7_0)))); c7_1 = fma(s3, l3_1, fma(s2, l2_1, fma(s1, l1_1, fma(s0, l0_1, c7_1)))); c7_2 = fma(s3, l3_2, fma(s2, l2_2, fma(s1, l1_2, fma(s0, l0_2, c7_2)))); c7_3 = fma(s3, l3_3, fma(s2, l2_3, fma(s1, l1_3, fma(s0, l0_3, c7_3)))); }
    ox += 4u;
    if (ox == ow) {
      ox = 0u;
      oy++;
      if (oy == oh) {
        oy = 0u;
        image++;
      }
    }
  }
  let base = group.z * params.outputs * place_count;
  let stored = group.y * 8u;
  let stored_end = min(stored + 8u, params.outputs);
  for (var at = stored; at < stored_end; at++) {
    let v0_0 = select(select(select(c0_0, c1_0, (at & 1u) != 0u), select(c2_0, c3_0, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c4_0, c5_0, (at & 1u) != 0u), select(c6_0, c7_0, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u);
    if (first_place + (0u) * 8u < place_count) { result[base + (at) * place_count + first_place + (0u) * 8u] = Element(v0_0); }
    let v1_0 = select(select(select(c0_1, c1_1, (at & 1u) != 0u), select(c2_1, c3_1, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c4_1, c5_1, (at & 1u) != 0u), select(c6_1, c7_1, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u);
    if (first_place + (1u) * 8u < place_count) { result[base + (at) * place_count + first_place + (1u) * 8u] = Element(v1_0); }
    let v2_0 = select(select(select(c0_2, c1_2, (at & 1u) != 0u), select(c2_2, c3_2, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c4_2, c5_2, (at & 1u) != 0u), select(c6_2, c7_2, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u);
    if (first_place + (2u) * 8u < place_count) { result[base + (at) * place_count + first_place + (2u) * 8u] = Element(v2_0); }
    let v3_0 = select(select(select(c0_3, c1_3, (at & 1u) != 0u), select(c2_3, c3_3, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c4_3, c5_3, (at & 1u) != 0u), select(c6_3, c7_3, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u);
    if (first_place + (3u) * 8u < place_count) { result[base + (at) * place_count + first_place + (3u) * 8u] = Element(v3_0); }
  }
}
