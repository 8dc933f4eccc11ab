// x [n, c, h, w] -> y [n, c, oh, ow], the mean of each window; either layout. COUNT_PADDING divides by the whole
// window, or what of it lies in the padded image.
@group(0) @binding(0) var<storage, read> x: array<Element>;
@group(0) @binding(1) var<storage, read_write> y: array<Element>;
@group(0) @binding(2) var<uniform> params: Params;

/// Pixels of the window at `start` that lie in a padded side of `size`.
fn padded(start: u32, kernel: u32, size: u32) -> u32 { return min(start + kernel, size) - start; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.batch * params.outputs * params.oh * params.ow) { return; }
  let at = y_place(i);
  var total = 0.0;
  var inside = 0u;
  for (var ky = 0u; ky < params.kh; ky++) {
    for (var kx = 0u; kx < params.kw; kx++) {
      let h = at.z * params.stride_h + ky - params.padding_h;
      let w = at.w * params.stride_w + kx - params.padding_w;
      if (h >= params.h || w >= params.w) { continue; }
      total += f32(x[x_at(at.x, at.y, h, w)]);
      inside++;
    }
  }
  if (COUNT_PADDING) {
    inside = padded(at.z * params.stride_h, params.kh, params.h + 2u * params.padding_h)
      * padded(at.w * params.stride_w, params.kw, params.w + 2u * params.padding_w);
  }
  y[i] = Element(total / f32(inside));
}
