alias Element = f32;
alias Element4 = vec4f;
alias Value = vec4f;
alias Bits = vec4u;
alias Pixel = f32;
const LAST: bool = false;
const STRIPS: bool = true;
const WIDTH: u32 = 4u;
const EACH: u32 = 1u;
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

@group(0) @binding(0) var<storage, read> coefficients: array<Value>;
@group(0) @binding(1) var<storage, read> bias: array<Value>;
@group(0) @binding(4) var<storage, read_write> result: array<Pixel>;
@group(0) @binding(5) var<uniform> params: Params;
fn activate(x: vec4f) -> vec4f { return select(x, vec4f(), x < vec4f()); }
fn bias_at(column: u32) -> f32 { return f32(bias[column / 4u][column % 4u]); }
fn bias_at4(column: u32) -> vec4f { return vec4f(bias[column / 4u]); }
fn finish_with(sum: f32, shift: f32) -> f32 { return activate(vec4f(sum + shift)).x; }
fn finish4_with(sum: vec4f, shift: vec4f) -> vec4f { return activate(sum + shift); }
fn finish(sum: f32, column: u32) -> f32 { return finish_with(sum, bias_at(column)); }
fn finish4(sum: vec4f, column: u32) -> vec4f { return finish4_with(sum, bias_at4(column)); }
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read> weight: array<f32>;
fn weights_at(first: u32) -> Value { return Value(weight[first + 0u * params.stride_made], weight[first + 1u * params.stride_made], weight[first + 2u * params.stride_made], weight[first + 3u * params.stride_made]); }
// What a tile of Winograd's convolution is where its coefficients are not all finite: one bad pixel would spoil the whole tile, and
// spoils by right what its window meets. The sum in order over `source` [images][SOURCE channels] or the other layout, and `weight`.
// A pixel of the result meets the source at `shift` from its own place, and on in the direction of `sign`.
// Expects `weights_at(first) -> Value`, the weights of a Value's channels, and the parameters of a tile.

/// By its bits, for a compiler may take it that all is finite.
fn not_finite(value: Value) -> bool { return any((bitcast<Bits>(value) & Bits(0x7f800000u)) == Bits(0x7f800000u)); }

fn direct(spot: Spot, row: u32, column: u32) -> Value {
  let image = params.first + spot.image;
  var sum = Value();
  for (var channel = 0u; channel < params.source_channels; channel++) {
    for (var tap = 0u; tap < 9u; tap++) {
      let y = spot.y + row + params.shift_h + params.sign * (tap / 3u);
      let x = spot.x + column + params.shift_w + params.sign * (tap % 3u);
      // Above and to the left of the source a place is huge.
      if (y >= params.source_h || x >= params.source_w) { continue; }
      let last = ((image * params.source_h + y) * params.source_w + x) * params.source_channels + channel;
      let first = ((image * params.source_channels + channel) * params.source_h + y) * params.source_w + x;
      let weights = spot.channel * WIDTH * params.stride_made + channel * params.stride_source + tap * params.stride_tap;
      sum += source[select(first, last, LAST)] * weights_at(weights);
    }
  }
  return sum;
}

fn load(spot: Spot, row: u32, column: u32) -> Value { return coefficients[coefficient(spot, row, column)]; }
fn store(spot: Spot, row: u32, column: u32, value: Value) {
  if (!inside(spot, row, column)) { return; }
  let at = pixel(spot, row, column);
  let pixels = finish4(value, spot.channel * 4u);
  result[at + 0u * params.h * params.w] = pixels.x;
  result[at + 1u * params.h * params.w] = pixels.y;
  result[at + 2u * params.h * params.w] = pixels.z;
  result[at + 3u * params.h * params.w] = pixels.w;
}
// Work by places: `each(i)` for the EACH places of an invocation. They lie side by side, for on a software adapter, which has
// more than one, an invocation works through memory by itself.
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let first = (id.x + id.y * groups.x * 64u) * EACH;
  // Their number is no constant to the compiler, lest it write out all of them.
  let last = first + min(EACH, groups.x * EACH);
  for (var i = first; i < last; i++) { each(i); }
}

/// a / b in whole numbers, to take a place apart; by way of floats, for a software adapter divides whole numbers one lane at a
/// time, floats eight.
fn quotient(a: u32, b: u32) -> u32 {
  let divisor = f32(b);
  // Off by some hundreds at most, then by one.
  let near = u32(f32(a) / divisor);
  let q = near + u32(i32(floor(f32(i32(a - near * b)) / divisor)));
  let left = i32(a - q * b);
  return q + select(select(0u, 1u, left >= i32(b)), 0xffffffffu, left < 0);
}

fn each(i: u32) {
  if (i >= count()) { return; }
  let spot = find(i);
  var t0_0 = Value();
  var t0_1 = Value();
  var t0_2 = Value();
  var t0_3 = Value();
  var t0_4 = Value();
  var t0_5 = Value();
  var t1_0 = Value();
  var t1_1 = Value();
  var t1_2 = Value();
  var t1_3 = Value();
  var t1_4 = Value();
  var t1_5 = Value();
  var t2_0 = Value();
  var t2_1 = Value();
  var t2_2 = Value();
  var t2_3 = Value();
  var t2_4 = Value();
  var t2_5 = Value();
  var t3_0 = Value();
  var t3_1 = Value();
  var t3_2 = Value();
  var t3_3 = Value();
  var t3_4 = Value();
  var t3_5 = Value();
  for (var c = 0u; c < params.loads; c++) {
    let d0 = load(spot, 0u, c);
    let d1 = load(spot, 1u, c);
    let d2 = load(spot, 2u, c);
    let d3 = load(spot, 3u, c);
    let d4 = load(spot, 4u, c);
    let d5 = load(spot, 5u, c);
    t0_0 = t0_1;
    t0_1 = t0_2;
    t0_2 = t0_3;
    t0_3 = t0_4;
    t0_4 = t0_5;
    t0_5 = (d0 + d1 + d2 + d3 + d4);
    t1_0 = t1_1;
    t1_1 = t1_2;
    t1_2 = t1_3;
    t1_3 = t1_4;
    t1_4 = t1_5;
    t1_5 = (d1 - d2) * 0.75 + (d3 - d4) * 1.5;
    t2_0 = t2_1;
    t2_1 = t2_2;
    t2_2 = t2_3;
    t2_3 = t2_4;
    t2_4 = t2_5;
    t2_5 = (d1 + d2) * 0.5625 + (d3 + d4) * 2.25;
    t3_0 = t3_1;
    t3_1 = t3_2;
    t3_2 = t3_3;
    t3_3 = t3_4;
    t3_4 = t3_5;
    t3_5 = (d1 - d2) * 0.421875 + (d3 - d4) * 3.375 + d5;
  }
  var ends = Value();
  for (var r = 0u; r < params.stores; r++) {
    ends += ((t0_0 + t0_1 + t0_2 + t0_3 + t0_4)) + ((t0_1 - t0_2) * 0.421875 + (t0_3 - t0_4) * 3.375 + t0_5);
    store(spot, r, 0u, (t0_0 + t0_1 + t0_2 + t0_3 + t0_4));
    store(spot, r, 1u, (t0_1 - t0_2) * 0.75 + (t0_3 - t0_4) * 1.5);
    store(spot, r, 2u, (t0_1 + t0_2) * 0.5625 + (t0_3 + t0_4) * 2.25);
    store(spot, r, 3u, (t0_1 - t0_2) * 0.421875 + (t0_3 - t0_4) * 3.375 + t0_5);
    t0_0 = t1_0;
    t0_1 = t1_1;
    t0_2 = t1_2;
    t0_3 = t1_3;
    t0_4 = t1_4;
    t0_5 = t1_5;
    t1_0 = t2_0;
    t1_1 = t2_1;
    t1_2 = t2_2;
    t1_3 = t2_3;
    t1_4 = t2_4;
    t1_5 = t2_5;
    t2_0 = t3_0;
    t2_1 = t3_1;
    t2_2 = t3_2;
    t2_3 = t3_3;
    t2_4 = t3_4;
    t2_5 = t3_5;
  }
  if (!not_finite(ends)) { return; }
  for (var p = 0u; p < params.stores * 4u; p++) { store(spot, p / 4u, p % 4u, direct(spot, p / 4u, p % 4u)); }
}
