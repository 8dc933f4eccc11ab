// dw [outputs, inputs / groups, kh, kw] from x and dy, in either layout
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let per_group = params.inputs / params.groups;
  if (i >= params.outputs * per_group * params.kh * params.kw) { return; }
  let at = w_place(i, per_group);
  let c = at.x / (params.outputs / params.groups) * per_group + at.y;
  var total = 0.0;
  for (var n = 0u; n < params.batch; n++) {
    for (var oh = 0u; oh < params.oh; oh++) {
      let h = oh * params.stride_h + at.z * params.dilation_h - params.padding_h;
      if (h >= params.h) { continue; }
      for (var ow = 0u; ow < params.ow; ow++) {
        let w = ow * params.stride_w + at.w * params.dilation_w - params.padding_w;
        if (w >= params.w) { continue; }
        total += f32(x[x_at(n, c, h, w)]) * f32(dy[y_at(n, at.x, oh, ow)]);
      }
    }
  }
  dw[i] = Element(total);
}
