// dx [batch, inputs, h, w] from dy and the weights, in either layout
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.batch * params.inputs * params.h * params.w) { return; }
  let at = x_place(i);
  let per_group = params.inputs / params.groups;
  let outputs = params.outputs / params.groups;
  let first = at.y / per_group * outputs;
  var total = 0.0;
  for (var ky = 0u; ky < params.kh; ky++) {
    for (var kx = 0u; kx < params.kw; kx++) {
      let h = at.z + params.padding_h - ky * params.dilation_h;
      let w = at.w + params.padding_w - kx * params.dilation_w;
      let oh = h / params.stride_h;
      let ow = w / params.stride_w;
      if (oh >= params.oh || ow >= params.ow || h % params.stride_h != 0u || w % params.stride_w != 0u) { continue; }
      for (var o = 0u; o < outputs; o++) {
        total += f32(dy[y_at(at.x, first + o, oh, ow)]) * f32(weight[w_at(first + o, at.y % per_group, ky, kx)]);
      }
    }
  }
  dx[i] = Element(total);
}
