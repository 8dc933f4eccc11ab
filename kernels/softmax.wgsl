// x [rows, columns] -> y [rows, columns], each row's softmax or its logarithm (LOG)
struct Params { rows: u32, columns: u32 }
@group(0) @binding(0) var<storage, read> x: array<Stored>;
@group(0) @binding(1) var<storage, read_write> y: array<Stored>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = row_of(group.x + group.y * groups.x, thread);
  if (row >= params.rows) { return; }
  let lane = lane_of(thread);
  let start = row * params.columns;
  var largest = Value(-3.4028234e38);
  for (var c = lane; c < params.columns; c += LANES) { largest = max(largest, Value(x[start + c])); }
  let top = row_max(across_max(largest), thread);
  var sums = Value();
  for (var c = lane; c < params.columns; c += LANES) { sums += exp(Value(x[start + c]) - top); }
  let total = row_sum(across_sum(sums), thread);
  let shift = top + log(total);
  for (var c = lane; c < params.columns; c += LANES) {
    let value = Value(x[start + c]);
    if (LOG) { y[start + c] = Stored(value - shift); } else { y[start + c] = Stored(exp(value - top) / total); }
  }
}
