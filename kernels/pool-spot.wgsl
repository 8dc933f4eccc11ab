// Place i of an image tensor counted in Values: WIDTH channels of a pixel in NHWC, a pixel of a plane in NCHW. `across()` is
// how many Values a pixel has.
// `outer` is the image (NHWC) or plane (NCHW), `row` the line counted over all of them. Divisions are dear: a use that needs
// `row` alone leaves the last one out.
struct Spot { outer: u32, line: u32, row: u32, column: u32, channel: u32 }
fn spot(i: u32, lines: u32, columns: u32) -> Spot {
  let pixel = quotient(i, across());
  let row = quotient(pixel, columns);
  let outer = quotient(row, lines);
  return Spot(outer, row - outer * lines, row, pixel - row * columns, i - pixel * across());
}
/// Values in all of x, and in all of y.
fn x_values() -> u32 { return params.batch * params.inputs * params.h * params.w / WIDTH; }
fn y_values() -> u32 { return params.batch * params.outputs * params.oh * params.ow / WIDTH; }
