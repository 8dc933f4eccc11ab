// g, x [outer, channels, inner], moments, sums [2, channels] of g xhat and of g -> dx; one Value an invocation
// FIXED: the statistics were given, not computed from x, and have no gradient.
struct Params { count: u32, channels: u32, inner: u32, share: f32 }

fn each(i: u32) {
  if (i >= params.count) { return; }
  let plane = quotient(i, params.inner);
  let channel = plane - quotient(plane, params.channels) * params.channels;
  let scale = scale_of(channel);
  var slope = Value(g[i]);
  if (!FIXED) {
    let hat = (Value(x[i]) - mean_of(channel)) * scale;
    slope -= (sums[params.channels + channel] + hat * sums[channel]) * params.share;
  }
  dx[i] = Stored(slope * (scale * gamma_of(channel)));
}
