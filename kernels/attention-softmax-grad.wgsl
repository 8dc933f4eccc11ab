// slopes [rows, columns] of the weights -> slopes of the scores, in place: scale * p (slope - sum(slope p)); p are the weights
struct Params { rows: u32, columns: u32, queries: u32, scale: f32 }
@group(0) @binding(0) var<storage, read_write> slopes: array<Stored>;
@group(0) @binding(1) var<storage, read> p: array<Stored>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = row_of(group.x + group.y * groups.x, thread);
  if (row >= params.rows) { return; }
  let lane = lane_of(thread);
  let start = row * params.columns;
  let seen = select(params.columns, min(params.columns, (row % params.queries) / WIDTH + 1u), CAUSAL);
  var sums = Value();
  for (var c = lane; c < seen; c += LANES) { sums += Value(slopes[start + c]) * Value(p[start + c]); }
  let total = row_sum(across_sum(sums), thread);
  for (var c = lane; c < params.columns; c += LANES) {
    if (c < seen) { slopes[start + c] = Stored(params.scale * Value(p[start + c]) * (Value(slopes[start + c]) - total)); } else { slopes[start + c] = Stored(); }
  }
}
