// g, x [rows, columns], moments [rows] -> dx, for the norm of layer-norm.wgsl
struct Params { rows: u32, columns: u32, epsilon: f32, share: f32 }

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = row_of(group.x + group.y * groups.x, thread);
  if (row >= params.rows) { return; }
  let lane = lane_of(thread);
  let start = row * params.columns;
  let mean = moments[row].x;
  let scale = moments[row].y;
  var slopes = Value();
  var products = Value();
  for (var c = lane; c < params.columns; c += LANES) {
    let slope = weighted(Value(g[start + c]), c);
    slopes += slope;
    products += slope * (Value(x[start + c]) - mean);
  }
  var middle = 0.0;
  if (MEAN) { middle = row_sum(across_sum(slopes), thread) * params.share; }
  let along = row_sum(across_sum(products), thread) * params.share * scale * scale;
  for (var c = lane; c < params.columns; c += LANES) {
    let slope = weighted(Value(g[start + c]), c);
    dx[start + c] = Stored(scale * (slope - middle - along * (Value(x[start + c]) - mean)));
  }
}
