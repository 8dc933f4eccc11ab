// dy, place [n, c, oh, ow] -> dx [n, c, h, w]: each pixel takes what the windows that chose it got; either layout
@group(0) @binding(0) var<storage, read> dy: array<Element>;
@group(0) @binding(1) var<storage, read> place: array<u32>;
@group(0) @binding(2) var<storage, read_write> dx: array<Element>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.batch * params.inputs * params.h * params.w) { return; }
  let at = x_place(i);
  var total = 0.0;
  for (var ky = 0u; ky < params.kh; ky++) {
    for (var kx = 0u; kx < params.kw; kx++) {
      let h = at.z + params.padding_h - ky * params.dilation_h;
      let w = at.w + params.padding_w - kx * params.dilation_w;
      let oh = h / params.stride_h;
      let ow = w / params.stride_w;
      if (oh >= params.oh || ow >= params.ow || h % params.stride_h != 0u || w % params.stride_w != 0u) { continue; }
      let j = y_at(at.x, at.y, oh, ow);
      if (place[j] == ky * params.kw + kx) { total += f32(dy[j]); }
    }
  }
  dx[i] = Element(total);
}
