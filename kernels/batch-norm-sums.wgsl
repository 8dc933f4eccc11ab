// g, x [outer, channels, inner], moments -> parts [chunks, 2, channels]: sums of g xhat and of g; as channel-moments.wgsl
struct Params { outer: u32, channels: u32, inner: u32, chunks: u32, chunk_length: u32, width: u32 }

@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * GROUP;
  let channel = i % params.channels;
  let chunk = i / params.channels;
  if (chunk >= params.chunks) { return; }
  let mean = mean_of(channel);
  let last = min((chunk + 1u) * params.chunk_length, params.outer);
  var products = Value();
  var slopes = Value();
  for (var o = chunk * params.chunk_length; o < last; o++) {
    let start = (o * params.channels + channel) * params.inner;
    for (var k = 0u; k < params.inner; k++) {
      let slope = Value(g[start + k]);
      products += slope * (Value(x[start + k]) - mean);
      slopes += slope;
    }
  }
  parts[chunk * 2u * params.channels + channel] = gather(products) * scale_of(channel);
  parts[(chunk * 2u + 1u) * params.channels + channel] = gather(slopes);
}
