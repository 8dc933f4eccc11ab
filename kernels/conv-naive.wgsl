// y [batch, outputs, oh, ow] = act(x convolved with w + bias), in either layout; groups, stride, padding and dilation
// One element an invocation: the readable version, and what the fast ones are tested against.
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.batch * params.outputs * params.oh * params.ow) { return; }
  let at = y_place(i);
  let per_group = params.inputs / params.groups;
  let first = at.y / (params.outputs / params.groups) * per_group;
  var total = 0.0;
  for (var ky = 0u; ky < params.kh; ky++) {
    for (var kx = 0u; kx < params.kw; kx++) {
      // Left of the edge the unsigned difference is huge, and outside.
      let h = at.z * params.stride_h + ky * params.dilation_h - params.padding_h;
      let w = at.w * params.stride_w + kx * params.dilation_w - params.padding_w;
      if (h >= params.h || w >= params.w) { continue; }
      for (var c = 0u; c < per_group; c++) {
        total += f32(x[x_at(at.x, first + c, h, w)]) * f32(weight[w_at(at.y, c, ky, kx)]);
      }
    }
  }
  y[i] = Element(finish(total, at.y));
}
