// Tiles of an image in Winograd's convolution, in either layout: `tiles` of them from the image `first` on, each four pixels behind the
// one before, their coefficients [36][tiles][channels]. Channels are counted in Values, WIDTH to one; LAST: they lie last (NHWC).
// What begins with `source_h` is for winograd-direct.wgsl.
// STRIPS: places side by side are tiles of a line, which meet pixels side by side where channels lie apart; else channels of a tile.
struct Params { h: u32, w: u32, channels: u32, tiles_h: u32, tiles_w: u32, first: u32, tiles: u32, padding_h: u32, padding_w: u32, loads: u32, stores: u32,
  source_h: u32, source_w: u32, source_channels: u32, shift_h: u32, shift_w: u32, sign: u32, stride_made: u32, stride_source: u32, stride_tap: u32 }

/// A place as tile and channel, `i` its number in [tiles][channels]. The tile's first pixel is at `y`, `x`, its address `at` (all
/// wrapped around where it lies outside).
struct Spot { i: u32, image: u32, line: u32, column: u32, channel: u32, y: u32, x: u32, at: u32 }

fn count() -> u32 { return params.tiles * params.channels; }

fn find(i: u32) -> Spot { return find_among(i, params.tiles_h, params.tiles_w); }

/// Where an image has `lines` of `columns` tiles.
fn find_among(i: u32, lines: u32, columns: u32) -> Spot {
  let within = select(params.channels, columns, STRIPS);
  let next = select(columns, params.channels, STRIPS);
  let above = quotient(i, within);
  let strip = quotient(above, next);
  let inner = i - above * within;
  let outer = above - strip * next;
  let channel = select(inner, outer, STRIPS);
  let column = select(outer, inner, STRIPS);
  let image = quotient(strip, lines);
  let line = strip - image * lines;
  let number = (strip * columns + column) * params.channels + channel;
  let y = line * 4u - params.padding_h;
  let x = column * 4u - params.padding_w;
  let n = params.first + image;
  let last = ((n * params.h + y) * params.w + x) * params.channels + channel;
  let first = ((n * params.channels + channel) * WIDTH * params.h + y) * params.w + x;
  return Spot(number, image, line, column, channel, y, x, select(first, last, LAST));
}

fn inside(spot: Spot, row: u32, column: u32) -> bool { return spot.y + row < params.h && spot.x + column < params.w; }
fn pixel(spot: Spot, row: u32, column: u32) -> u32 { return spot.at + (row * params.w + column) * select(1u, params.channels, LAST); }
fn coefficient(spot: Spot, row: u32, column: u32) -> u32 { return (row * 6u + column) * count() + spot.i; }
