// y[offset_y + index * strides_y] = scale * x[offset_x + index * strides_x], for each index of up to eight dimensions
// (or y in vectors of four). Transposes, slices, joins and repeats: a stride of 0 in x repeats. RANK is the number of dimensions, innermost first;
// an invocation takes RUN elements of the innermost, so that it takes its place apart once for all of them.
struct Params { count: u32, offset_x: u32, offset_y: u32, scale: f32, sizes: array<vec4u, 2>, strides_x: array<vec4u, 2>, strides_y: array<vec4u, 2> }
@group(0) @binding(0) var<storage, read> x: array<From>;
@group(0) @binding(1) var<storage, read_write> y: array<To>;
@group(0) @binding(2) var<uniform> params: Params;

fn each(i: u32) {
  if (i >= params.count) { return; }
  var rest = i;
  var source = params.offset_x;
  var to = params.offset_y;
  for (var d = 0u; d + 1u < RANK; d++) {
    // The innermost dimension is taken in runs.
    let size = params.sizes[d / 4u][d % 4u] / select(1u, RUN, d == 0u);
    let outer = quotient(rest, size);
    let k = (rest - outer * size) * select(1u, RUN, d == 0u);
    rest = outer;
    source += k * params.strides_x[d / 4u][d % 4u];
    to += k * params.strides_y[d / 4u][d % 4u];
  }
  let last = rest * select(1u, RUN, RANK == 1u);
  source += last * params.strides_x[(RANK - 1u) / 4u][(RANK - 1u) % 4u];
  to += last * params.strides_y[(RANK - 1u) / 4u][(RANK - 1u) % 4u];
  // How many is no constant to the compiler, lest it write out all of them.
  let run = min(RUN, params.count * RUN);
  for (var r = 0u; r < run; r++) {
    y[to + r * params.strides_y[0].x] = To(convert(x[source + r * params.strides_x[0].x]));
  }
}
