// Where things lie in NCHW: x [n, c, h, w], weights [o, c, kh, kw], y [n, o, oh, ow]. A place is (n, channel, row, column).
fn x_at(n: u32, c: u32, h: u32, w: u32) -> u32 { return ((n * params.inputs + c) * params.h + h) * params.w + w; }
fn y_at(n: u32, o: u32, h: u32, w: u32) -> u32 { return ((n * params.outputs + o) * params.oh + h) * params.ow + w; }
fn w_at(o: u32, c: u32, ky: u32, kx: u32) -> u32 { return ((o * (params.inputs / params.groups) + c) * params.kh + ky) * params.kw + kx; }
fn x_place(i: u32) -> vec4u {
  let row = i / params.w;
  let plane = row / params.h;
  return vec4u(plane / params.inputs, plane % params.inputs, row % params.h, i % params.w);
}
fn y_place(i: u32) -> vec4u {
  let row = i / params.ow;
  let plane = row / params.oh;
  return vec4u(plane / params.outputs, plane % params.outputs, row % params.oh, i % params.ow);
}
fn w_place(i: u32, per_group: u32) -> vec4u {
  let row = i / params.kw;
  let plane = row / params.kh;
  return vec4u(plane / per_group, plane % per_group, row % params.kh, i % params.kw);
}
