// x [outer, channels, inner], moments [channels], gamma, beta -> y = (x - mean) scale gamma + beta; one Value an invocation
struct Params { count: u32, channels: u32, inner: u32 }

fn each(i: u32) {
  if (i >= params.count) { return; }
  let plane = quotient(i, params.inner);
  let channel = plane - quotient(plane, params.channels) * params.channels;
  let gain = scale_of(channel) * gamma_of(channel);
  y[i] = Stored((Value(x[i]) - mean_of(channel)) * gain + beta_of(channel));
}
