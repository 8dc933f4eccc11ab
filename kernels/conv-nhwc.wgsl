// Where things lie in NHWC: x [n, h, w, c], weights [o, kh, kw, c], y [n, oh, ow, o]. A place is (n, channel, row, column).
fn x_at(n: u32, c: u32, h: u32, w: u32) -> u32 { return ((n * params.h + h) * params.w + w) * params.inputs + c; }
fn y_at(n: u32, o: u32, h: u32, w: u32) -> u32 { return ((n * params.oh + h) * params.ow + w) * params.outputs + o; }
fn w_at(o: u32, c: u32, ky: u32, kx: u32) -> u32 { return ((o * params.kh + ky) * params.kw + kx) * (params.inputs / params.groups) + c; }
fn x_place(i: u32) -> vec4u {
  let pixel = i / params.inputs;
  let row = pixel / params.w;
  return vec4u(row / params.h, i % params.inputs, row % params.h, pixel % params.w);
}
fn y_place(i: u32) -> vec4u {
  let pixel = i / params.outputs;
  let row = pixel / params.ow;
  return vec4u(row / params.oh, i % params.outputs, row % params.oh, pixel % params.ow);
}
fn w_place(i: u32, per_group: u32) -> vec4u {
  let tap = i / per_group;
  let row = tap / params.kw;
  return vec4u(row / params.kh, i % per_group, row % params.kh, tap % params.kw);
}
