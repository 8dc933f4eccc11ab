// x [outer, channels, inner], moments [channels], gamma, beta -> y = (x - mean) scale gamma + beta; one Value an invocation
struct Params { count: u32, channels: u32, inner: u32 }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.count) { return; }
  let channel = (i / params.inner) % params.channels;
  let gain = scale_of(channel) * gamma_of(channel);
  y[i] = Stored((Value(x[i]) - mean_of(channel)) * gain + beta_of(channel));
}
