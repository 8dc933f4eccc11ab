// g, y [rows, columns] -> dx; y is the softmax, dx = y (g - sum(g y)), or its logarithm (LOG), dx = g - exp(y) sum(g)
struct Params { rows: u32, columns: u32 }
@group(0) @binding(0) var<storage, read> g: array<Stored>;
@group(0) @binding(1) var<storage, read> y: array<Stored>;
@group(0) @binding(2) var<storage, read_write> dx: array<Stored>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = row_of(group.x + group.y * groups.x, thread);
  if (row >= params.rows) { return; }
  let lane = lane_of(thread);
  let start = row * params.columns;
  var sums = Value();
  for (var c = lane; c < params.columns; c += LANES) {
    let slope = Value(g[start + c]);
    if (LOG) { sums += slope; } else { sums += slope * Value(y[start + c]); }
  }
  let total = row_sum(across_sum(sums), thread);
  for (var c = lane; c < params.columns; c += LANES) {
    let slope = Value(g[start + c]);
    let value = Value(y[start + c]);
    if (LOG) { dx[start + c] = Stored(slope - exp(value) * total); } else { dx[start + c] = Stored(value * (slope - total)); }
  }
}
