// x [n, c, h, w] -> y [n, c, oh, ow], the mean of each window; either layout. COUNT_PADDING divides by the whole
// window, or what of it lies in the padded image.
@group(0) @binding(0) var<storage, read> x: array<Stored>;
@group(0) @binding(1) var<storage, read_write> y: array<Stored>;
@group(0) @binding(2) var<uniform> params: Params;

/// Pixels of the window at `start` that lie in a padded side of `size`.
fn padded(start: u32, kernel: u32, size: u32) -> u32 { return min(start + kernel, size) - start; }

fn each(i: u32) {
  if (i >= y_values()) { return; }
  let at = spot(i, params.oh, params.ow);
  var total = Value();
  var inside = 0u;
  for (var ky = 0u; ky < params.kh; ky++) {
    for (var kx = 0u; kx < params.kw; kx++) {
      let h = at.line * params.stride_h + ky - params.padding_h;
      let w = at.column * params.stride_w + kx - params.padding_w;
      if (h >= params.h || w >= params.w) { continue; }
      total += Value(x[((at.outer * params.h + h) * params.w + w) * across() + at.channel]);
      inside++;
    }
  }
  if (COUNT_PADDING) {
    inside = padded(at.line * params.stride_h, params.kh, params.h + 2u * params.padding_h)
      * padded(at.column * params.stride_w, params.kw, params.w + 2u * params.padding_w);
  }
  y[i] = Stored(total / f32(inside));
}
