// x [rows, columns], target [rows] -> loss [rows], shift [rows] (the logarithm of the sum of exponentials), weight [rows]
// A row whose target is `ignored` has weight and loss 0. WIDE says that x is bound as vectors of four.
struct Params { rows: u32, columns: u32, ignored: u32, smoothing: f32 }
@group(0) @binding(0) var<storage, read> x: array<Stored>;
@group(0) @binding(1) var<storage, read> target_class: array<u32>;
@group(0) @binding(2) var<storage, read_write> loss: array<f32>;
@group(0) @binding(3) var<storage, read_write> shift: array<f32>;
@group(0) @binding(4) var<storage, read_write> weight: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = row_of(group.x + group.y * groups.x, thread);
  if (row >= params.rows) { return; }
  let lane = lane_of(thread);
  let start = row * params.columns;
  var largest = Value(-3.4028234e38);
  var plain = Value();
  for (var c = lane; c < params.columns; c += LANES) {
    let value = Value(x[start + c]);
    largest = max(largest, value);
    plain += value;
  }
  let top = row_max(across_max(largest), thread);
  var sums = Value();
  for (var c = lane; c < params.columns; c += LANES) { sums += exp(Value(x[start + c]) - top); }
  let total = row_sum(across_sum(sums), thread);
  var mean = 0.0;
  if (SMOOTH) { mean = row_sum(across_sum(plain), thread) / f32(params.columns * select(1u, 4u, WIDE)); }
  if (lane == 0u) {
    let wanted = target_class[row];
    let log_total = top + log(total);
    let counts = wanted != params.ignored;
    let chosen = pick(start, select(0u, wanted, counts));
    let value = log_total - (1.0 - params.smoothing) * chosen - params.smoothing * mean;
    shift[row] = log_total;
    loss[row] = select(0.0, value, counts);
    weight[row] = select(0.0, 1.0, counts);
  }
}
