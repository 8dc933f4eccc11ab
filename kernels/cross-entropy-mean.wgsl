// loss, weight [rows] -> result [1], scale [1]: the sum of the losses times the scale; the scale is 1 / sum of the weights
// for a mean, 1 for a sum. One workgroup.
struct Params { rows: u32, mean: u32 }
@group(0) @binding(0) var<storage, read> loss: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;
@group(0) @binding(3) var<storage, read_write> scale: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

var<workgroup> parts: array<vec2f, 64>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) thread: u32) {
  var part = vec2f();
  for (var row = thread; row < params.rows; row += 64u) { part += vec2f(loss[row], weight[row]); }
  parts[thread] = part;
  workgroupBarrier();
  if (thread == 0u) {
    var total = vec2f();
    for (var i = 0u; i < 64u; i++) { total += parts[i]; }
    // With no row counted the mean is 0 / 0, NaN, as in PyTorch.
    let factor = select(1.0, 1.0 / total.y, params.mean == 1u);
    result[0] = total.x * factor;
    scale[0] = factor;
  }
}
