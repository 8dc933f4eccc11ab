// x [rows, columns] -> y = (x - mean) / sqrt(variance + epsilon), times gamma plus beta (AFFINE); moments [rows] of vec2: mean, 1 / root
// Without MEAN it is the root-mean-square norm: nothing is subtracted.
struct Params { rows: u32, columns: u32, epsilon: f32, share: f32 }

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = row_of(group.x + group.y * groups.x, thread);
  if (row >= params.rows) { return; }
  let lane = lane_of(thread);
  let start = row * params.columns;
  var mean = 0.0;
  if (MEAN) {
    var sums = Value();
    for (var c = lane; c < params.columns; c += LANES) { sums += Value(x[start + c]); }
    mean = row_sum(across_sum(sums), thread) * params.share;
  }
  var squares = Value();
  for (var c = lane; c < params.columns; c += LANES) {
    let d = Value(x[start + c]) - mean;
    squares += d * d;
  }
  let scale = inverseSqrt(row_sum(across_sum(squares), thread) * params.share + params.epsilon);
  for (var c = lane; c < params.columns; c += LANES) {
    let value = (Value(x[start + c]) - mean) * scale;
    y[start + c] = Stored(affine(value, c));
  }
  if (lane == 0u) { moments[row] = vec2f(mean, scale); }
}
