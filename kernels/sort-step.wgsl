// values, places [rows, n], in place: one step of a bitonic sort of each row; an invocation puts one pair into order.
// With `flip`, the pairs of a block of 2 half lie mirrored around its middle; then every pair is put into the same order and
// what lies behind n, were it there, would stay there: any n can be sorted. Equal values keep their order (their places
// decide), and a NaN is larger than all. FIRST: the places are numbered.
struct Params { rows: u32, n: u32, pairs: u32, half: u32, flip: u32 }
@group(0) @binding(0) var<storage, read_write> values: array<f32>;
@group(0) @binding(1) var<storage, read_write> places: array<u32>;
@group(0) @binding(2) var<uniform> params: Params;

fn is_nan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }

fn in_order(a: f32, place_a: u32, b: f32, place_b: u32) -> bool {
  let nan_a = is_nan(a);
  let nan_b = is_nan(b);
  if (nan_a != nan_b) { return select(nan_b, nan_a, DESCENDING); }
  if (nan_a || a == b) { return place_a < place_b; }
  return select((a < b), (a > b), DESCENDING);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.rows * params.pairs) { return; }
  let pair = i % params.pairs;
  let row = i / params.pairs * params.n;
  let block = pair / params.half * params.half * 2u;
  let offset = pair % params.half;
  let low = block + offset;
  let high = select(low + params.half, block + 2u * params.half - 1u - offset, params.flip == 1u);
  if (FIRST) {
    if (low < params.n) { places[row + low] = low; }
    if (high < params.n) { places[row + high] = high; }
  }
  if (high >= params.n) { return; }
  let a = values[row + low];
  let b = values[row + high];
  let place_a = places[row + low];
  let place_b = places[row + high];
  if (in_order(a, place_a, b, place_b)) { return; }
  values[row + low] = b;
  values[row + high] = a;
  places[row + low] = place_b;
  places[row + high] = place_a;
}
