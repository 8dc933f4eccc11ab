// x [n, c, h, w] -> y, place [n, c, oh, ow]: the largest of each window, and which tap it was; either layout
// APART: the windows lie side by side and fill the image, so no tap falls outside.
@group(0) @binding(0) var<storage, read> x: array<Stored>;
@group(0) @binding(1) var<storage, read_write> y: array<Stored>;
@group(0) @binding(2) var<storage, read_write> place: array<Place>;
@group(0) @binding(3) var<uniform> params: Params;

fn each(i: u32) {
  if (i >= y_values()) { return; }
  let at = spot(i, params.oh, params.ow);
  let top = select(at.line * params.stride_h - params.padding_h, at.row * params.stride_h, APART);
  let left = at.column * params.stride_w - params.padding_w;
  let above = select(at.outer * params.h, 0u, APART);
  var best = Value();
  var tap = Place();
  var found = false;
  for (var ky = 0u; ky < params.kh; ky++) {
    for (var kx = 0u; kx < params.kw; kx++) {
      let h = top + ky * params.dilation_h;
      let w = left + kx * params.dilation_w;
      if (!APART && (h >= params.h || w >= params.w)) { continue; }
      let value = Value(x[((above + h) * params.w + w) * across() + at.channel]);
      // NaN wins, as in PyTorch. A compiler may take it that there is none, so it is known by its bits.
      let better = (value > best) | ((bitcast<Place>(value) & Place(0x7fffffffu)) > Place(0x7f800000u));
      tap = select(select(tap, Place(ky * params.kw + kx), better), Place(ky * params.kw + kx), !found);
      best = select(select(best, value, better), value, !found);
      found = true;
    }
  }
  y[i] = Stored(best);
  place[i] = tap;
}
