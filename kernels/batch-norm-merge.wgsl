// parts [chunks, channels] of (mean, sum of squared differences) -> moments [channels] of (mean, 1 / root of the variance),
// and running statistics moved toward them; one invocation a channel. Chunks are merged as by Chan et al. (1979).
struct Params { channels: u32, chunks: u32, chunk_count: f32, last_count: f32, epsilon: f32, momentum: f32 }
@group(0) @binding(0) var<storage, read> means: array<f32>;
@group(0) @binding(1) var<storage, read> squares: array<f32>;
@group(0) @binding(2) var<storage, read_write> moments: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> running_mean: array<f32>;
@group(0) @binding(4) var<storage, read_write> running_variance: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let channel = id.x;
  if (channel >= params.channels) { return; }
  var count = 0.0;
  var mean = 0.0;
  var spread = 0.0;
  for (var chunk = 0u; chunk < params.chunks; chunk++) {
    let at = chunk * params.channels + channel;
    let more = select(params.chunk_count, params.last_count, chunk == params.chunks - 1u);
    let delta = means[at] - mean;
    let total = count + more;
    mean += delta * more / total;
    spread += squares[at] + delta * delta * count * more / total;
    count = total;
  }
  moments[channel] = vec2f(mean, inverseSqrt(spread / count + params.epsilon));
  if (TRACKS) {
    running_mean[channel] += params.momentum * (mean - running_mean[channel]);
    // The running variance is the unbiased one, as in PyTorch.
    running_variance[channel] += params.momentum * (spread / max(count - 1.0, 1.0) - running_variance[channel]);
  }
}
