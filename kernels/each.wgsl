// Work by places: `each(i)` for the EACH places of an invocation. They lie side by side, for on a software adapter, which has
// more than one, an invocation works through memory by itself.
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let first = (id.x + id.y * groups.x * 64u) * EACH;
  // Their number is no constant to the compiler, lest it write out all of them.
  let last = first + min(EACH, groups.x * EACH);
  for (var i = first; i < last; i++) { each(i); }
}

/// a / b in whole numbers, to take a place apart; by way of floats, for a software adapter divides whole numbers one lane at a
/// time, floats eight.
fn quotient(a: u32, b: u32) -> u32 {
  let divisor = f32(b);
  // Off by some hundreds at most, then by one.
  let near = u32(f32(a) / divisor);
  let q = near + u32(i32(floor(f32(i32(a - near * b)) / divisor)));
  let left = i32(a - q * b);
  return q + select(select(0u, 1u, left >= i32(b)), 0xffffffffu, left < 0);
}
