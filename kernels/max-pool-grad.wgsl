// dy, place [n, c, oh, ow] -> dx [n, c, h, w]: each pixel takes what the windows that chose it got; either layout
@group(0) @binding(0) var<storage, read> dy: array<Stored>;
@group(0) @binding(1) var<storage, read> place: array<Place>;
@group(0) @binding(2) var<storage, read_write> dx: array<Stored>;
@group(0) @binding(3) var<uniform> params: Params;

fn each(i: u32) {
  if (i >= x_values()) { return; }
  let at = spot(i, params.h, params.w);
  var total = Value();
  for (var ky = 0u; ky < params.kh; ky++) {
    let h = at.line + params.padding_h - ky * params.dilation_h;
    let oh = quotient(h, params.stride_h);
    if (oh >= params.oh || oh * params.stride_h != h) { continue; }
    for (var kx = 0u; kx < params.kw; kx++) {
      let w = at.column + params.padding_w - kx * params.dilation_w;
      let ow = quotient(w, params.stride_w);
      if (ow >= params.ow || ow * params.stride_w != w) { continue; }
      let j = ((at.outer * params.oh + oh) * params.ow + ow) * across() + at.channel;
      total += select(Value(), Value(dy[j]), place[j] == Place(ky * params.kw + kx));
    }
  }
  dx[i] = Stored(total);
}
