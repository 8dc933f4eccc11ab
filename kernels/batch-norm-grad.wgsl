// g, x [outer, channels, inner], moments, sums [2, channels] of g xhat and of g -> dx; one Value an invocation
// FIXED: the statistics were given, not computed from x, and have no gradient.
struct Params { count: u32, channels: u32, inner: u32, share: f32 }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.count) { return; }
  let channel = (i / params.inner) % params.channels;
  let scale = scale_of(channel);
  var slope = Value(g[i]);
  if (!FIXED) {
    let hat = (Value(x[i]) - mean_of(channel)) * scale;
    slope -= (sums[params.channels + channel] + hat * sums[channel]) * params.share;
  }
  dx[i] = Stored(slope * (scale * gamma_of(channel)));
}
