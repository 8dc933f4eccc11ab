// Weights of a 3 x 3 convolution and their coefficients [36][first][second]: of the channels made and met, or the other way round.
struct Params { first: u32, second: u32, stride_first: u32, stride_second: u32, stride_tap: u32, add: u32, loads: u32, stores: u32 }

struct Spot { i: u32, at: u32 }

fn count() -> u32 { return params.first * params.second; }

fn find(i: u32) -> Spot {
  let row = quotient(i, params.second);
  return Spot(i, row * params.stride_first + (i - row * params.second) * params.stride_second);
}

fn tap(spot: Spot, row: u32, column: u32) -> u32 { return spot.at + (row * 3u + column) * params.stride_tap; }
fn coefficient(spot: Spot, row: u32, column: u32) -> u32 { return (row * 6u + column) * count() + spot.i; }
