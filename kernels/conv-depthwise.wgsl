// y [batch, oh, ow, channels] from x and the weights of each channel by itself, or dx from dy and the weights (BACK); NHWC
// Four channels of four neighbors of a row an invocation; otherwise as conv-grouped.wgsl.
fn met(start: u32, column: u32, inside: bool) -> vec4f {
  let last = params.met_w - 1u;
  return select(vec4f(), vec4f(image[start + min(column, last) * (params.inputs / 4u)]), inside && column <= last);
}

/// Where a step back by a stride comes from; beyond every image where it lies between two steps.
fn halted(place: u32, stride: u32) -> u32 { return select(0xffffffffu, place / stride, place % stride == 0u); }

fn each(i: u32) {
  let width = select(params.ow, params.w, BACK);
  let height = select(params.oh, params.h, BACK);
  let blocks = (width + 3u) / 4u;
  let block = quotient(i, (params.inputs / 4u));
  let channel = i - block * (params.inputs / 4u);
  let row = quotient(block, blocks);
  let column = (block - row * blocks) * 4u;
  let n = quotient(row, height);
  if (n >= params.batch) { return; }
  let line = row - n * height;
  let weights = channel * (4u * WINDOW_H * WINDOW_W);
  var sums = mat4x4f();
  for (var ky = 0u; ky < WINDOW_H; ky++) {
    let h = select(line * STRIDE_H - params.padding_h + ky * DILATION_H, halted(line + params.padding_h - ky * DILATION_H, STRIDE_H), BACK);
    let inside = h < params.met_h;
    let at = (n * params.met_h + min(h, params.met_h - 1u)) * params.met_w * (params.inputs / 4u) + channel;
    for (var kx = 0u; kx < WINDOW_W; kx++) {
      let tap = weights + ky * WINDOW_W + kx;
      let factor = vec4f(f32(weight[tap]), f32(weight[tap + WINDOW_H * WINDOW_W]), f32(weight[tap + 2u * WINDOW_H * WINDOW_W]), f32(weight[tap + 3u * WINDOW_H * WINDOW_W]));
      for (var j = 0u; j < 4u; j++) {
        let place = select(column * STRIDE_W - params.padding_w + (j * STRIDE_W + kx * DILATION_W), halted(column + params.padding_w + (j - kx * DILATION_W), STRIDE_W), BACK);
        sums[j] += factor * met(at, place, inside);
      }
    }
  }
  for (var j = 0u; j < min(4u, width - column); j++) {
    made_image[(row * width + column + j) * (params.inputs / 4u) + channel] = Element4(finish4(sums[j], channel * 4u));
  }
}
