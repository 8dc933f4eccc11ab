// dy, place [n, c, oh, ow] -> dx [n, c, h, w], where the windows lie side by side and fill the image; either layout
// One invocation writes a whole window: divisions are dear, and the general kernel needs four for each tap of a pixel.
@group(0) @binding(0) var<storage, read> dy: array<Element>;
@group(0) @binding(1) var<storage, read> place: array<u32>;
@group(0) @binding(2) var<storage, read_write> dx: array<Element>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.batch * params.outputs * params.oh * params.ow) { return; }
  let at = y_place(i);
  let chosen = place[i];
  let g = dy[i];
  for (var ky = 0u; ky < params.kh; ky++) {
    for (var kx = 0u; kx < params.kw; kx++) {
      let j = x_at(at.x, at.y, at.z * params.kh + ky, at.w * params.kw + kx);
      dx[j] = select(Element(0), g, ky * params.kw + kx == chosen);
    }
  }
}
