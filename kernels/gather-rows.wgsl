// y[r, :] = x[index[r], :], words of 32 bits whatever they hold. An index out of range gives a row of zeros.
struct Params { rows: u32, words: u32, source_rows: u32 }
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;

fn each(i: u32) {
  if (i >= params.rows * params.words) { return; }
  let at = quotient(i, params.words);
  let row = index[at];
  y[i] = select(0u, x[row * params.words + i - at * params.words], row < params.source_rows);
}
