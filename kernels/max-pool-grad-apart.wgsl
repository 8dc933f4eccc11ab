// dy, place [n, c, oh, ow] -> dx [n, c, h, w], where the windows lie side by side and fill the image; either layout
// One invocation writes a whole window: divisions are dear, and the general kernel needs four for each tap of a pixel.
@group(0) @binding(0) var<storage, read> dy: array<Stored>;
@group(0) @binding(1) var<storage, read> place: array<Place>;
@group(0) @binding(2) var<storage, read_write> dx: array<Stored>;
@group(0) @binding(3) var<uniform> params: Params;

fn each(i: u32) {
  if (i >= y_values()) { return; }
  let at = spot(i, params.oh, params.ow);
  let chosen = place[i];
  let g = dy[i];
  for (var ky = 0u; ky < params.kh; ky++) {
    let start = ((at.row * params.kh + ky) * params.w + at.column * params.kw) * across() + at.channel;
    for (var kx = 0u; kx < params.kw; kx++) {
      dx[start + kx * across()] = select(Stored(), g, Place(ky * params.kw + kx) == chosen);
    }
  }
}
