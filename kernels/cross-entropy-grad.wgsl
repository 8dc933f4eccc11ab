// x [rows, columns], target, shift [rows], scale [1], g [1] or [rows] -> dx = g scale (softmax(x) - smoothed one-hot)
struct Params { rows: u32, columns: u32, ignored: u32, smoothing: f32 }
@group(0) @binding(0) var<storage, read> x: array<Stored>;
@group(0) @binding(1) var<storage, read> target_class: array<u32>;
@group(0) @binding(2) var<storage, read> shift: array<f32>;
@group(0) @binding(3) var<storage, read> scale: array<f32>;
@group(0) @binding(4) var<storage, read> g: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<Stored>;
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = row_of(group.x + group.y * groups.x, thread);
  if (row >= params.rows) { return; }
  let start = row * params.columns;
  let wanted = target_class[row];
  let counts = wanted != params.ignored;
  var slope = g[select(0u, row, PER_ROW)];
  if (!PER_ROW) { slope *= scale[0]; }
  slope = select(0.0, slope, counts);
  let even = params.smoothing / f32(params.columns * select(1u, 4u, WIDE));
  let log_total = shift[row];
  for (var c = lane_of(thread); c < params.columns; c += LANES) {
    let hot = select(Value(), Value(1.0 - params.smoothing), columns_of(c) == Columns(wanted));
    dx[start + c] = Stored(slope * (exp(Value(x[start + c]) - log_total) - hot - even));
  }
}
