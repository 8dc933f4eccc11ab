// y [batch, outputs, oh, ow] from x and the weights in groups, or dx from dy and the weights (BACK); NCHW
// Four neighbors of a row an invocation. Window, stride and dilation are constants: the loops over a window are written out by the
// compiler, and what neighbors share is loaded once. Outside of the image a place is moved inside and its value counts 0.
fn met(start: u32, column: u32, inside: bool) -> f32 {
  let last = params.met_w - 1u;
  return select(0.0, f32(image[start + min(column, last)]), inside && column <= last);
}

/// Where a step back by a stride comes from; beyond every image where it lies between two steps.
fn halted(place: u32, stride: u32) -> u32 { return select(0xffffffffu, place / stride, place % stride == 0u); }

fn each(i: u32) {
  let width = select(params.ow, params.w, BACK);
  let height = select(params.oh, params.h, BACK);
  let made = select(params.outputs, params.inputs, BACK) / params.groups;
  let per = select(params.inputs, params.outputs, BACK) / params.groups;
  let blocks = (width + 3u) / 4u;
  let row = quotient(i, blocks);
  let column = (i - row * blocks) * 4u;
  let plane = quotient(row, height);
  let line = row - plane * height;
  let group = quotient(plane, made);
  if (group >= params.batch * params.groups) { return; }
  let own = plane - group * made;
  // Counted over the whole batch, the channels met by a group lie side by side.
  let of_group = (group - quotient(group, params.groups) * params.groups);
  var sum = vec4f();
  for (var m = 0u; m < per; m++) {
    let pair = select((of_group * made + own) * per + m, (of_group * per + m) * made + own, BACK);
    let weights = pair * (WINDOW_H * WINDOW_W);
    let start = (group * per + m) * params.met_h * params.met_w;
    for (var ky = 0u; ky < WINDOW_H; ky++) {
      let h = select(line * STRIDE_H - params.padding_h + ky * DILATION_H, halted(line + params.padding_h - ky * DILATION_H, STRIDE_H), BACK);
      let inside = h < params.met_h;
      let at = start + min(h, params.met_h - 1u) * params.met_w;
      for (var kx = 0u; kx < WINDOW_W; kx++) {
        var values: vec4f;
        if (BACK) {
          let base = column + params.padding_w;
          values = vec4f(
            met(at, halted(base + (0u - kx * DILATION_W), STRIDE_W), inside), met(at, halted(base + (1u - kx * DILATION_W), STRIDE_W), inside),
            met(at, halted(base + (2u - kx * DILATION_W), STRIDE_W), inside), met(at, halted(base + (3u - kx * DILATION_W), STRIDE_W), inside));
        } else {
          let base = column * STRIDE_W - params.padding_w;
          values = vec4f(
            met(at, base + kx * DILATION_W, inside), met(at, base + (STRIDE_W + kx * DILATION_W), inside),
            met(at, base + (2u * STRIDE_W + kx * DILATION_W), inside), met(at, base + (3u * STRIDE_W + kx * DILATION_W), inside));
        }
        sum += values * f32(weight[weights + ky * WINDOW_W + kx]);
      }
    }
  }
  let result = finish4(sum, of_group * made + own);
  let first = row * width + column;
  for (var j = 0u; j < min(4u, width - column); j++) { made_image[first + j] = Element(result[j]); }
}
