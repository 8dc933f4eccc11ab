// g, x [rows, columns], moments [rows] -> parts [chunks, 2, columns]: sums of g xhat (for gamma) and of g (for beta)
// One invocation a chunk of rows and a Value of columns.
struct Params { rows: u32, columns: u32, chunks: u32, chunk_length: u32 }
@group(0) @binding(0) var<storage, read> g: array<Stored>;
@group(0) @binding(1) var<storage, read> x: array<Stored>;
@group(0) @binding(2) var<storage, read> moments: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> parts: array<Value>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * GROUP;
  let column = i % params.columns;
  let chunk = i / params.columns;
  if (chunk >= params.chunks) { return; }
  var gamma = Value();
  var beta = Value();
  let last = min((chunk + 1u) * params.chunk_length, params.rows);
  for (var row = chunk * params.chunk_length; row < last; row++) {
    let slope = Value(g[row * params.columns + column]);
    let moment = moments[row];
    gamma += slope * (Value(x[row * params.columns + column]) - moment.x) * moment.y;
    beta += slope;
  }
  parts[chunk * 2u * params.columns + column] = gamma;
  parts[(chunk * 2u + 1u) * params.columns + column] = beta;
}
