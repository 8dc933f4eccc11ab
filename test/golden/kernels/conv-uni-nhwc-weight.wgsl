enable subgroups;
alias Element = f32;
alias Element4 = vec4f;
struct Params {
  batch: u32, inputs: u32, h: u32, w: u32, outputs: u32, oh: u32, ow: u32, kh: u32, kw: u32,
  stride_h: u32, stride_w: u32, padding_h: u32, padding_w: u32, dilation_h: u32, dilation_w: u32, groups: u32, chunks: u32,
}
@group(0) @binding(0) var<storage, read> image_in: array<Element4>;
@group(0) @binding(1) var<storage, read> gradient: array<Element4>;
@group(0) @binding(2) var<storage, read_write> result: array<Element4>;
@group(0) @binding(3) var<uniform> params: Params;
@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let inputs = params.inputs / 4u;
  let outputs = params.outputs / 4u;
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
  let first_place = group.x * 16u + lane;
  let first_channel = group.y * 8u;
  let place0 = min(first_place + 0u, place_count - 1u);
  let tap0 = place0 / inputs;
  let channel0 = place0 % inputs;
  let dy0 = (tap0 / kw) * dilation_h - padding_h;
  let dx0 = (tap0 % kw) * dilation_w - padding_w;
  let at0 = (dy0 * w + dx0) * inputs + channel0;
  let place1 = min(first_place + 8u, place_count - 1u);
  let tap1 = place1 / inputs;
  let channel1 = place1 % inputs;
  let dy1 = (tap1 / kw) * dilation_h - padding_h;
  let dx1 = (tap1 % kw) * dilation_w - padding_w;
  let at1 = (dy1 * w + dx1) * inputs + channel1;
  let row0 = min(first_channel / 4u + lane + 0u, outputs - 1u);
  var c0_0 = vec4f();
  var c0_1 = vec4f();
  var c1_0 = vec4f();
  var c1_1 = vec4f();
  var c2_0 = vec4f();
  var c2_1 = vec4f();
  var c3_0 = vec4f();
  var c3_1 = vec4f();
  var c4_0 = vec4f();
  var c4_1 = vec4f();
  var c5_0 = vec4f();
  var c5_1 = vec4f();
  var c6_0 = vec4f();
  var c6_1 = vec4f();
  var c7_0 = vec4f();
  var c7_1 = vec4f();
  let line_count = params.batch * oh;
  let chunk = (line_count + params.chunks - 1u) / params.chunks;
  let first_line = min(group.z * chunk, line_count);
  let last_line = min(first_line + chunk, line_count);
  var image = first_line / oh;
  var oy = first_line % oh;
  var ox = 0u;
  let rounds = (last_line - first_line) * (ow / 2u);
  for (var round = 0u; round < rounds; round++) {
    let pixel = ((image * oh + oy) * ow + ox) * outputs;
    let top = oy * stride_h;
    let left = ox * stride_w;
    let start = ((image * h + top) * w + left) * inputs;
    let across = stride_w * inputs;
    let p0_0 = vec4f(gradient[pixel + 0u * outputs + row0]);
    let p1_0 = vec4f(gradient[pixel + 1u * outputs + row0]);
    let l0_0 = select(vec4f(), vec4f(image_in[start + 0u * across + at0]), top + dy0 < h && left + 0u * stride_w + dx0 < w);
    let l0_1 = select(vec4f(), vec4f(image_in[start + 0u * across + at1]), top + dy1 < h && left + 0u * stride_w + dx1 < w);
    let l1_0 = select(vec4f(), vec4f(image_in[start + 1u * across + at0]), top + dy0 < h && left + 1u * stride_w + dx0 < w);
    let l1_1 = select(vec4f(), vec4f(image_in[start + 1u * across + at1]), top + dy1 < h && left + 1u * stride_w + dx1 < w);
    { let s0 = subgroupShuffle(p0_0.x, 0u); let s1 = subgroupShuffle(p1_0.x, 0u); c0_0 = fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c0_0)); c0_1 = fma(vec4f(s1), l1_1, fma(vec4f(s0), l0_1, c0_1)); }
    { let s0 = subgroupShuffle(p0_0.y, 0u); let s1 = subgroupShuffle(p1_0.y, 0u); c1_0 = fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c1_0)); c1_1 = fma(vec4f(s1), l1_1, fma(vec4f(s0), l0_1, c1_1)); }
    { let s0 = subgroupShuffle(p0_0.z, 0u); let s1 = subgroupShuffle(p1_0.z, 0u); c2_0 = fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c2_0)); c2_1 = fma(vec4f(s1), l1_1, fma(vec4f(s0), l0_1, c2_1)); }
    { let s0 = subgroupShuffle(p0_0.w, 0u); let s1 = subgroupShuffle(p1_0.w, 0u); c3_0 = fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c3_0)); c3_1 = fma(vec4f(s1), l1_1, fma(vec4f(s0), l0_1, c3_1)); }
    { let s0 = subgroupShuffle(p0_0.x, 1u); let s1 = subgroupShuffle(p1_0.x, 1u); c4_0 = fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c4_0)); c4_1 = fma(vec4f(s1), l1_1, fma(vec4f(s0), l0_1, c4_1)); }
    { let s0 = subgroupShuffle(p0_0.y, 1u); let s1 = subgroupShuffle(p1_0.y, 1u); c5_0 = fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c5_0)); c5_1 = fma(vec4f(s1), l1_1, fma(vec4f(s0), l0_1, c5_1)); }
    { let s0 = subgroupShuffle(p0_0.z, 1u); let s1 = subgroupShuffle(p1_0.z, 1u); c6_0 = fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c6_0)); c6_1 = fma(vec4f(s1), l1_1, fma(vec4f(s0), l0_1, c6_1)); }
    { let s0 = subgroupShuffle(p0_0.w, 1u); let s1 = subgroupShuffle(p1_0.w, 1u); c7_0 = fma(vec4f(s1), l1_0, fma(vec4f(s0), l0_0, c7_0)); c7_1 = fma(vec4f(s1), l1_1, fma(vec4f(s0), l0_1, c7_1)); }
    ox += 2u;
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
  let stored = group.y * 16u;
  let stored_end = min(stored + 16u, params.outputs * 2u);
  for (var at = stored; at < stored_end; at++) {
    let v0_0 = select(select(select(select(c0_0, c0_1, (at & 1u) != 0u), select(c1_0, c1_1, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c2_0, c2_1, (at & 1u) != 0u), select(c3_0, c3_1, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u), select(select(select(c4_0, c4_1, (at & 1u) != 0u), select(c5_0, c5_1, (at & 1u) != 0u), (at & 2u) != 0u), select(select(c6_0, c6_1, (at & 1u) != 0u), select(c7_0, c7_1, (at & 1u) != 0u), (at & 2u) != 0u), (at & 4u) != 0u), (at & 8u) != 0u);
    if (first_place + (at % 2u) * 8u < place_count) { result[base + (at / 2u) * place_count + first_place + (at % 2u) * 8u] = Element4(v0_0); }
  }
}
