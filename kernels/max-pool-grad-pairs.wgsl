// dy, place [planes, h / 2, w / 2] -> dx [planes, h, w], where windows are 2 x 2; NCHW, two windows an invocation
@group(0) @binding(0) var<storage, read> dy: array<vec2<Element>>;
@group(0) @binding(1) var<storage, read> place: array<vec2u>;
@group(0) @binding(2) var<storage, read_write> dx: array<Element4>;
@group(0) @binding(3) var<uniform> params: Params;

fn each(i: u32) {
  if (i >= params.batch * params.outputs * params.oh * params.ow / 2u) { return; }
  let pairs = params.ow / 2u;
  let first = i + quotient(i, pairs) * pairs;
  let g = vec4f(vec2f(dy[i]).xxyy);
  let tap = place[i].xxyy;
  dx[first] = Element4(select(vec4f(), g, tap == vec4u(0, 1, 0, 1)));
  dx[first + pairs] = Element4(select(vec4f(), g, tap == vec4u(2, 3, 2, 3)));
}
