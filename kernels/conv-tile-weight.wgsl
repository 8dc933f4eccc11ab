// parts [chunks][outputs][taps][inputs] from x and dy, in either layout, by tiles in workgroup memory
// A workgroup computes 64 output channels x 32 places of the window over its chunk of pixels, an invocation 8 x 4.
const OUTPUTS = 64u;
const PLACES = 32u;
const DEPTH = 8u;

var<workgroup> tile_gradient: array<f32, OUTPUTS * DEPTH>;
var<workgroup> tile_image: array<f32, PLACES * DEPTH>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let plane = params.oh * params.ow;
  let pixel_count = params.batch * plane;
  let place_count = params.kh * params.kw * params.inputs;
  let chunk = (pixel_count + params.chunks - 1u) / params.chunks;
  let last = min((group.z + 1u) * chunk, pixel_count);
  // While loading, an invocation stands for one output channel and one place; while computing, for 8 and 4 of them.
  let own_output = group.y * OUTPUTS + thread;
  let own_place = group.x * PLACES + thread % PLACES;
  let tap = own_place / params.inputs;
  let channel = own_place % params.inputs;
  let dy_tap = tap / params.kw * params.dilation_h - params.padding_h;
  let dx_tap = tap % params.kw * params.dilation_w - params.padding_w;
  let places = thread % 8u * 4u;
  let outputs = thread / 8u * 8u;
  var sums: array<vec4f, 8>;
  for (var first = group.z * chunk; first < last; first += DEPTH) {
    for (var i = 0u; i < DEPTH; i++) {
      let pixel = first + i;
      var value = 0.0;
      if (pixel < last && own_output < params.outputs) { value = f32(dy[y_at(pixel / plane, own_output, pixel / params.ow % params.oh, pixel % params.ow)]); }
      tile_gradient[i * OUTPUTS + thread] = value;
    }
    for (var i = 0u; i < 4u; i++) {
      let step = i * 2u + thread / PLACES;
      let pixel = first + step;
      let h = pixel / params.ow % params.oh * params.stride_h + dy_tap;
      let w = pixel % params.ow * params.stride_w + dx_tap;
      var value = 0.0;
      if (pixel < last && own_place < place_count && h < params.h && w < params.w) { value = f32(x[x_at(pixel / plane, channel, h, w)]); }
      tile_image[step * PLACES + thread % PLACES] = value;
    }
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      let at = k * PLACES + places;
      let v = vec4f(tile_image[at], tile_image[at + 1u], tile_image[at + 2u], tile_image[at + 3u]);
      for (var i = 0u; i < 8u; i++) { sums[i] = fma(vec4f(tile_gradient[k * OUTPUTS + outputs + i]), v, sums[i]); }
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < 8u; i++) {
    let output = group.y * OUTPUTS + outputs + i;
    for (var c = 0u; c < 4u; c++) {
      let place = group.x * PLACES + places + c;
      if (output < params.outputs && place < place_count) { parts[(group.z * params.outputs + output) * place_count + place] = Element(sums[i][c]); }
    }
  }
}
