// Rows, one invocation each.
fn row_of(group: u32, thread: u32) -> u32 { return group * GROUP + thread; }
fn lane_of(thread: u32) -> u32 { return 0u; }
fn row_sum(x: f32, thread: u32) -> f32 { return x; }
fn row_max(x: f32, thread: u32) -> f32 { return x; }
