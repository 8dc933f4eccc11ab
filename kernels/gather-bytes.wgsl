// y[r, :] = x[index[r], :] for rows of `bytes` bytes that need not fill words. An index out of range gives a row of zeros.
struct Params { rows: u32, bytes: u32, source_rows: u32 }
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;

fn each(word: u32) {
  let total = params.rows * params.bytes;
  if (word * 4u >= total) { return; }
  var packed = 0u;
  for (var b = 0u; b < 4u; b++) {
    let i = word * 4u + b;
    if (i >= total) { break; }
    let place = quotient(i, params.bytes);
    let row = index[place];
    if (row >= params.source_rows) { continue; }
    let at = row * params.bytes + i - place * params.bytes;
    packed |= ((x[at / 4u] >> (8u * (at % 4u))) & 0xffu) << (8u * b);
  }
  y[word] = packed;
}
