// result [batch, made, h, w] from an image and weights, `forward` or `data`, in either layout, by tiles in workgroup memory
// A workgroup computes 64 pixels x 32 channels, an invocation 8 x 4. Valid on every device; the family for GPUs. The weight of
// (tap, channel met, channel made) lies at tap * weight_tap + met * weight_met + made. Expects `image_at`,
// `result_at`, `tap_at`, and the sizes as functions (`from_h` .. `made`), which differ between the passes.
const PIXELS = 64u;
const CHANNELS = 32u;
const DEPTH = 8u;

var<workgroup> tile_image: array<f32, PIXELS * DEPTH>;
var<workgroup> tile_weight: array<f32, CHANNELS * DEPTH>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let pixel_count = params.batch * to_h() * to_w();
  let inner = params.kh * params.kw * met();
  // While loading, an invocation stands for one pixel of the tile; while computing, for 8 pixels and 4 channels.
  let own = min(group.x * PIXELS + thread, pixel_count - 1u);
  let n = own / (to_h() * to_w());
  let y = own / to_w() % to_h();
  let x = own % to_w();
  let first_channel = group.y * CHANNELS;
  let channels = thread % 8u * 4u;
  let pixels = thread / 8u * 8u;
  var sums: array<vec4f, 8>;
  for (var k0 = 0u; k0 < inner; k0 += DEPTH) {
    for (var i = 0u; i < DEPTH; i++) {
      let k = k0 + i;
      let tap = k / met();
      let from_place = tap_at(y, x, tap / params.kw, tap % params.kw);
      var value = 0.0;
      if (k < inner && from_place.x < from_h() && from_place.y < from_w()) { value = f32(image[image_at(n, k % met(), from_place.x, from_place.y)]); }
      tile_image[i * PIXELS + thread] = value;
    }
    for (var i = 0u; i < 4u; i++) {
      let e = i * 64u + thread;
      let k = k0 + e / CHANNELS;
      let channel = first_channel + e % CHANNELS;
      var value = 0.0;
      if (k < inner && channel < made()) { value = f32(weight[k / met() * params.weight_tap + k % met() * params.weight_met + channel]); }
      tile_weight[e] = value;
    }
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      let at = k * CHANNELS + channels;
      let w = vec4f(tile_weight[at], tile_weight[at + 1u], tile_weight[at + 2u], tile_weight[at + 3u]);
      for (var i = 0u; i < 8u; i++) { sums[i] = fma(vec4f(tile_image[k * PIXELS + pixels + i]), w, sums[i]); }
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < 8u; i++) {
    let pixel = group.x * PIXELS + pixels + i;
    for (var c = 0u; c < 4u; c++) {
      let channel = first_channel + channels + c;
      if (pixel < pixel_count && channel < made()) {
        result[result_at(pixel / (to_h() * to_w()), channel, pixel / to_w() % to_h(), pixel % to_w())] = Element(finish(sums[i][c], channel));
      }
    }
  }
}
