// index [count] -> next [count]: the place of the next equal index (count where there is none); follows [count]: 1 where an
// equal one came before. `follows` is zero beforehand. With these a row's gradients are summed in order, without atomics.
struct Params { count: u32 }
@group(0) @binding(0) var<storage, read> index: array<u32>;
@group(0) @binding(1) var<storage, read_write> next: array<u32>;
@group(0) @binding(2) var<storage, read_write> follows: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.count) { return; }
  let wanted = index[i];
  var j = i + 1u;
  while (j < params.count && index[j] != wanted) { j++; }
  next[i] = j;
  if (j < params.count) { follows[j] = 1u; }
}
