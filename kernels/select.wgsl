// condition, a, b [count] -> y = a where the condition is not 0, else b; four elements an invocation
struct Params { count: u32 }
@group(0) @binding(0) var<storage, read> condition: array<Element4>;
@group(0) @binding(1) var<storage, read> a: array<Element4>;
@group(0) @binding(2) var<storage, read> b: array<Element4>;
@group(0) @binding(3) var<storage, read_write> y: array<Element4>;
@group(0) @binding(4) var<uniform> params: Params;

fn each(i: u32) {
  if (i * 4u < params.count) { y[i] = select(b[i], a[i], condition[i] != Element4()); }
}
