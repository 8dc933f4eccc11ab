// squares [36][tiles][channels] of 6 x 6 pixels, four apart -> dx, where those that overlap are added; either layout
// An invocation makes a block of 4 x 4 pixels: its own tile's part of a square, and what the squares above and to the left reach into
// it. There is one more line and one more column of blocks than of tiles. Expects `store`, as for the tiles, and `direct`.
@group(0) @binding(0) var<storage, read> squares: array<Value>;

fn each(i: u32) {
  let images = params.tiles / (params.tiles_h * params.tiles_w);
  if (i >= images * (params.tiles_h + 1u) * (params.tiles_w + 1u) * params.channels) { return; }
  let spot = find_among(i, params.tiles_h + 1u, params.tiles_w + 1u);
  let next = count();
  for (var row = 0u; row < params.stores; row++) {
    var sums = array<Value, 4>();
    // In its first two rows also the line of tiles above.
    for (var up = 0u; up < select(1u, 2u, row < 2u); up++) {
      let line = spot.line - up;
      // Above the first line the number is huge.
      if (line >= params.tiles_h) { continue; }
      let tile = (spot.image * params.tiles_h + line) * params.tiles_w + spot.column;
      let at = ((row + up * 4u) * 6u * params.tiles + tile) * params.channels + spot.channel;
      if (spot.column < params.tiles_w) {
        sums[0] += squares[at];
        sums[1] += squares[at + next];
        sums[2] += squares[at + 2u * next];
        sums[3] += squares[at + 3u * next];
      }
      if (spot.column > 0u) {
        let left = at - params.channels;
        sums[0] += squares[left + 4u * next];
        sums[1] += squares[left + 5u * next];
      }
    }
    if (not_finite((sums[0] + sums[1]) + (sums[2] + sums[3]))) {
      for (var column = 0u; column < 4u; column++) { store(spot, row, column, direct(spot, row, column)); }
      continue;
    }
    store(spot, row, 0u, sums[0]);
    store(spot, row, 1u, sums[1]);
    store(spot, row, 2u, sums[2]);
    store(spot, row, 3u, sums[3]);
  }
}
