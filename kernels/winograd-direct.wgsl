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
