// y [invocations]: chains of multiply-adds in registers, to measure how fast the device computes at best
// Twelve sums an invocation, 2 * 12 * 32 * STEPS operations: the loop's own cost must not show.
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@group(0) @binding(1) var<uniform> params: vec4f;

@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let a = params.x;
  var s0 = f32(id.x); var s1 = s0 + 1.0; var s2 = s0 + 2.0; var s3 = s0 + 3.0; var s4 = s0 + 4.0; var s5 = s0 + 5.0;
  var s6 = s0 + 6.0; var s7 = s0 + 7.0; var s8 = s0 + 8.0; var s9 = s0 + 9.0; var s10 = s0 + 10.0; var s11 = s0 + 11.0;
  for (var i = 0u; i < STEPS; i++) {
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
    s0 = fma(s0, a, a); s1 = fma(s1, a, a); s2 = fma(s2, a, a); s3 = fma(s3, a, a); s4 = fma(s4, a, a); s5 = fma(s5, a, a);
    s6 = fma(s6, a, a); s7 = fma(s7, a, a); s8 = fma(s8, a, a); s9 = fma(s9, a, a); s10 = fma(s10, a, a); s11 = fma(s11, a, a);
  }
  y[id.x] = s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11;
}
