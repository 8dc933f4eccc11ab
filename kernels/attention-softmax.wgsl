// scores [rows, columns] -> the softmax of scale * scores + mask in each row, in place; rows are [heads, queries]
// CAUSAL: a query sees the keys up to its own place. MASKED: mask [queries, columns] is added.
@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = row_of(group.x + group.y * groups.x, thread);
  if (row >= params.rows) { return; }
  let lane = lane_of(thread);
  let query = row % params.queries;
  let start = row * params.columns;
  let seen = select(params.columns, min(params.columns, query / WIDTH + 1u), CAUSAL);
  var largest = Value(LEAST);
  for (var c = lane; c < seen; c += LANES) { largest = max(largest, score(start, query, c)); }
  let top = row_max(across_max(largest), thread);
  var sums = Value();
  for (var c = lane; c < seen; c += LANES) {
    let value = exp(score(start, query, c) - top);
    sums += value;
  }
  let share = 1.0 / row_sum(across_sum(sums), thread);
  for (var c = lane; c < params.columns; c += LANES) {
    if (c < seen) { scores[start + c] = Stored(exp(score(start, query, c) - top) * share); } else { scores[start + c] = Stored(); }
  }
}
