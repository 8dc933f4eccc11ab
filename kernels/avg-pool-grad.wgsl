// dy [n, c, oh, ow] -> dx [n, c, h, w]; either layout
@group(0) @binding(0) var<storage, read> dy: array<Stored>;
@group(0) @binding(1) var<storage, read_write> dx: array<Stored>;
@group(0) @binding(2) var<uniform> params: Params;

/// Pixels of the window at `start` (may be left of the edge) that lie in the image.
fn covered(start: i32, kernel: u32, size: u32) -> u32 { return u32(min(start + i32(kernel), i32(size)) - max(start, 0)); }

/// Pixels of the window at `start` that lie in a padded side of `size`.
fn padded(start: u32, kernel: u32, size: u32) -> u32 { return min(start + kernel, size) - start; }

fn each(i: u32) {
  if (i >= x_values()) { return; }
  let at = spot(i, params.h, params.w);
  var total = Value();
  for (var ky = 0u; ky < params.kh; ky++) {
    let h = at.line + params.padding_h - ky;
    let oh = quotient(h, params.stride_h);
    if (oh >= params.oh || oh * params.stride_h != h) { continue; }
    for (var kx = 0u; kx < params.kw; kx++) {
      let w = at.column + params.padding_w - kx;
      let ow = quotient(w, params.stride_w);
      if (ow >= params.ow || ow * params.stride_w != w) { continue; }
      var divisor = padded(oh * params.stride_h, params.kh, params.h + 2u * params.padding_h)
        * padded(ow * params.stride_w, params.kw, params.w + 2u * params.padding_w);
      if (!COUNT_PADDING) {
        divisor = covered(i32(oh * params.stride_h) - i32(params.padding_h), params.kh, params.h)
          * covered(i32(ow * params.stride_w) - i32(params.padding_w), params.kw, params.w);
      }
      total += Value(dy[((at.outer * params.oh + oh) * params.ow + ow) * across() + at.channel]) / f32(divisor);
    }
  }
  dx[i] = Stored(total);
}
