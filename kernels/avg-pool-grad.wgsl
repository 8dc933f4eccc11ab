// dy [n, c, oh, ow] -> dx [n, c, h, w]; either layout
@group(0) @binding(0) var<storage, read> dy: array<Element>;
@group(0) @binding(1) var<storage, read_write> dx: array<Element>;
@group(0) @binding(2) var<uniform> params: Params;

/// Pixels of the window at `start` (may be left of the edge) that lie in the image.
fn covered(start: i32, kernel: u32, size: u32) -> u32 { return u32(min(start + i32(kernel), i32(size)) - max(start, 0)); }

/// Pixels of the window at `start` that lie in a padded side of `size`.
fn padded(start: u32, kernel: u32, size: u32) -> u32 { return min(start + kernel, size) - start; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.batch * params.inputs * params.h * params.w) { return; }
  let at = x_place(i);
  var total = 0.0;
  for (var ky = 0u; ky < params.kh; ky++) {
    for (var kx = 0u; kx < params.kw; kx++) {
      let h = at.z + params.padding_h - ky;
      let w = at.w + params.padding_w - kx;
      let oh = h / params.stride_h;
      let ow = w / params.stride_w;
      if (oh >= params.oh || ow >= params.ow || h % params.stride_h != 0u || w % params.stride_w != 0u) { continue; }
      var divisor = padded(oh * params.stride_h, params.kh, params.h + 2u * params.padding_h)
        * padded(ow * params.stride_w, params.kw, params.w + 2u * params.padding_w);
      if (!COUNT_PADDING) {
        divisor = covered(i32(oh * params.stride_h) - i32(params.padding_h), params.kh, params.h)
          * covered(i32(ow * params.stride_w) - i32(params.padding_w), params.kw, params.w);
      }
      total += f32(dy[y_at(at.x, at.y, oh, ow)]) / f32(divisor);
    }
  }
  dx[i] = Element(total);
}
