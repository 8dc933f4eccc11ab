// g [count, columns], index, next, follows [count] -> table [rows, columns], which is zero beforehand
// One invocation an index that comes first and a Value of columns; it walks along the equal ones.
struct Params { count: u32, columns: u32, rows: u32, skipped: u32 }
@group(0) @binding(0) var<storage, read> g: array<Stored>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read> next: array<u32>;
@group(0) @binding(3) var<storage, read> follows: array<u32>;
@group(0) @binding(4) var<storage, read_write> table: array<Stored>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  let first = at / params.columns;
  let column = at % params.columns;
  if (first >= params.count) { return; }
  let row = index[first];
  if (follows[first] == 1u || row >= params.rows || row == params.skipped) { return; }
  var total = Value();
  for (var i = first; i < params.count; i = next[i]) { total += Value(g[i * params.columns + column]); }
  table[row * params.columns + column] = Stored(total);
}
