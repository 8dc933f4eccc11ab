// x [planes, h, w] -> y, place [planes, h / 2, w / 2]: the largest of each 2 x 2 window, and which tap it was; NCHW
// An invocation takes two windows side by side: each of their lines is one vector.
@group(0) @binding(0) var<storage, read> x: array<Element4>;
@group(0) @binding(1) var<storage, read_write> y: array<vec2<Element>>;
@group(0) @binding(2) var<storage, read_write> place: array<vec2u>;
@group(0) @binding(3) var<uniform> params: Params;

/// NaN wins, as in PyTorch. A compiler may take it that there is none, so it is known by its bits.
fn better(value: vec2f, best: vec2f) -> vec2<bool> { return (value > best) | ((bitcast<vec2u>(value) & vec2u(0x7fffffffu)) > vec2u(0x7f800000u)); }

fn each(i: u32) {
  if (i >= params.batch * params.outputs * params.oh * params.ow / 2u) { return; }
  let pairs = params.ow / 2u;
  let first = i + quotient(i, pairs) * pairs;
  let upper = vec4f(x[first]);
  let lower = vec4f(x[first + pairs]);
  var best = upper.xz;
  var tap = vec2u();
  var wins = better(upper.yw, best);
  best = select(best, upper.yw, wins);
  tap = select(tap, vec2u(1u), wins);
  wins = better(lower.xz, best);
  best = select(best, lower.xz, wins);
  tap = select(tap, vec2u(2u), wins);
  wins = better(lower.yw, best);
  y[i] = vec2<Element>(select(best, lower.yw, wins));
  place[i] = select(tap, vec2u(3u), wins);
}
