// x [n, c, h, w] -> y [n, c, oh, ow], place [n, c, oh, ow]: the largest of each window, and which tap it was; either layout
@group(0) @binding(0) var<storage, read> x: array<Element>;
@group(0) @binding(1) var<storage, read_write> y: array<Element>;
@group(0) @binding(2) var<storage, read_write> place: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.batch * params.outputs * params.oh * params.ow) { return; }
  let at = y_place(i);
  var best = -3.4028234e38;
  var tap = 0u;
  var found = false;
  for (var ky = 0u; ky < params.kh; ky++) {
    for (var kx = 0u; kx < params.kw; kx++) {
      let h = at.z * params.stride_h + ky * params.dilation_h - params.padding_h;
      let w = at.w * params.stride_w + kx * params.dilation_w - params.padding_w;
      if (h >= params.h || w >= params.w) { continue; }
      let value = f32(x[x_at(at.x, at.y, h, w)]);
      // NaN wins, as in PyTorch.
      if (!found || value > best || value != value) {
        best = value;
        tap = ky * params.kw + kx;
        found = true;
      }
    }
  }
  y[i] = Element(best);
  place[i] = tap;
}
