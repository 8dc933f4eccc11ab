// running mean and variance [channels] -> moments [channels] of (mean, 1 / root of the variance)
struct Params { channels: u32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> running_mean: array<f32>;
@group(0) @binding(1) var<storage, read> running_variance: array<f32>;
@group(0) @binding(2) var<storage, read_write> moments: array<vec2f>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let channel = id.x;
  if (channel < params.channels) { moments[channel] = vec2f(running_mean[channel], inverseSqrt(running_variance[channel] + params.epsilon)); }
}
