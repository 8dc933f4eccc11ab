// Rows, one workgroup each; its invocations share the columns.
var<workgroup> row_scratch: array<f32, GROUP>;
fn row_of(group: u32, thread: u32) -> u32 { return group; }
fn lane_of(thread: u32) -> u32 { return thread; }
fn row_sum(x: f32, thread: u32) -> f32 {
  workgroupBarrier();
  row_scratch[thread] = x;
  workgroupBarrier();
  for (var reach = GROUP / 2u; reach > 0u; reach /= 2u) {
    if (thread < reach) { row_scratch[thread] += row_scratch[thread + reach]; }
    workgroupBarrier();
  }
  return row_scratch[0];
}
fn row_max(x: f32, thread: u32) -> f32 {
  workgroupBarrier();
  row_scratch[thread] = x;
  workgroupBarrier();
  for (var reach = GROUP / 2u; reach > 0u; reach /= 2u) {
    if (thread < reach) { row_scratch[thread] = max(row_scratch[thread], row_scratch[thread + reach]); }
    workgroupBarrier();
  }
  return row_scratch[0];
}
