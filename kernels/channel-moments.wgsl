// x [outer, channels, inner] -> parts [chunks, channels] of (mean, sum of squared differences): one invocation a chunk of
// `outer` and a channel (or four of them, where channels are innermost). The chunk is read twice, so that nothing cancels.
struct Params { outer: u32, channels: u32, inner: u32, chunks: u32, chunk_length: u32, width: u32 }

@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * GROUP;
  let channel = i % params.channels;
  let chunk = i / params.channels;
  if (chunk >= params.chunks) { return; }
  let first = chunk * params.chunk_length;
  let last = min(first + params.chunk_length, params.outer);
  var total = Value();
  for (var o = first; o < last; o++) {
    let start = (o * params.channels + channel) * params.inner;
    for (var k = 0u; k < params.inner; k++) { total += Value(x[start + k]); }
  }
  let mean = gather(total) / f32((last - first) * params.inner * params.width);
  var spread = Value();
  for (var o = first; o < last; o++) {
    let start = (o * params.channels + channel) * params.inner;
    for (var k = 0u; k < params.inner; k++) {
      let d = Value(x[start + k]) - mean;
      spread += d * d;
    }
  }
  means[i] = mean;
  squares[i] = gather(spread);
}
