// y[offset_y + index * strides_y] = scale * x[offset_x + index * strides_x], for each index of up to eight dimensions
// (or y in vectors of four). Transposes, slices, joins and repeats: a stride of 0 in x repeats. RANK is the number of dimensions, innermost first.
struct Params { count: u32, offset_x: u32, offset_y: u32, scale: f32, sizes: array<vec4u, 2>, strides_x: array<vec4u, 2>, strides_y: array<vec4u, 2> }
@group(0) @binding(0) var<storage, read> x: array<From>;
@group(0) @binding(1) var<storage, read_write> y: array<To>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.count) { return; }
  var rest = i;
  var source = params.offset_x;
  var to = params.offset_y;
  for (var d = 0u; d + 1u < RANK; d++) {
    let size = params.sizes[d / 4u][d % 4u];
    let k = rest % size;
    rest /= size;
    source += k * params.strides_x[d / 4u][d % 4u];
    to += k * params.strides_y[d / 4u][d % 4u];
  }
  source += rest * params.strides_x[(RANK - 1u) / 4u][(RANK - 1u) % 4u];
  to += rest * params.strides_y[(RANK - 1u) / 4u][(RANK - 1u) % 4u];
  y[to] = To(convert(x[source]));
}
