import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryPoints, wgslFacts } from '../../src/probe/wgsl-facts.ts';

const facts = (wgsl: string, overrides = {}) => wgslFacts(wgsl, null, overrides);

test('workgroup sizes are read from numbers, constants and arithmetic', () => {
  assert.deepEqual(facts('@compute @workgroup_size(64) fn main() {}').workgroupSize, [64, 1, 1]);
  assert.deepEqual(facts('@workgroup_size(8u, 4, 2i) @compute fn main() {}').workgroupSize, [8, 4, 2]);
  assert.deepEqual(
    facts('const W = 4; const H: u32 = W * 2u + (3 - 1); @compute @workgroup_size(W, H) fn main() {}')
      .workgroupSize,
    [4, 10, 1],
  );
  assert.deepEqual(
    facts('const A = 1 << 5; @compute @workgroup_size(A / 3, A % 5, max(2, 1)) fn main() {}').workgroupSize,
    [10, 2, 2],
  );
  assert.deepEqual(facts('@compute @workgroup_size(0x20, 1,) fn main() {}').workgroupSize, [32, 1, 1]);
});

test('overrides take the constants of the pipeline, by name and by id, else their default', () => {
  const wgsl =
    'override SIZE: u32 = 16; @id(7) override rows: u32; @compute @workgroup_size(SIZE, rows) fn main() {}';
  assert.deepEqual(facts(wgsl, { 7: 4 }).workgroupSize, [16, 4, 1]);
  assert.deepEqual(facts(wgsl, { SIZE: 128, 7: 2 }).workgroupSize, [128, 2, 1]);
});

test('what cannot be read is unknown, not guessed', () => {
  assert.deepEqual(facts('@compute @workgroup_size(magic()) fn main() {}').workgroupSize, [0, 0, 0]);
  assert.deepEqual(
    facts('const A = B; const B = A; @compute @workgroup_size(A) fn main() {}').workgroupSize,
    [0, 0, 0],
  );
  assert.equal(
    facts('var<workgroup> t: array<f32, UNKNOWN>; @compute @workgroup_size(1) fn main() {}').workgroupBytes,
    null,
  );
});

test('the entry point asked for is the one that counts', () => {
  const wgsl =
    '// @compute fn no() {}\n@compute @workgroup_size(1) fn one() {} @compute @workgroup_size(2) fn two() {} /* fn three */ fn helper() {}';
  assert.deepEqual(entryPoints(wgsl), ['one', 'two']);
  assert.deepEqual(wgslFacts(wgsl, 'two').workgroupSize, [2, 1, 1]);
});

test('workgroup memory counts arrays, vectors, matrices, structs, aliases and f16 with their alignment', () => {
  const bytes = (declarations: string) =>
    facts(`enable f16; ${declarations} @compute @workgroup_size(1) fn main() {}`).workgroupBytes;
  assert.equal(bytes(''), 0);
  assert.equal(bytes('const T = 16; var<workgroup> a: array<array<f32, T + 1>, T>;'), 17 * 16 * 4);
  assert.equal(bytes('var<workgroup> a: array<vec3<f32>, 4>;'), 64);
  assert.equal(bytes('var<workgroup> a: array<vec4f, 2>; var<workgroup> b: atomic<u32>;'), 36);
  assert.equal(bytes('var<workgroup> a: f16; var<workgroup> b: u32;'), 8);
  assert.equal(bytes('var<workgroup> a: mat4x3<f32>;'), 64);
  assert.equal(bytes('alias E = f16; var<workgroup> a: array<vec2<E>, 10>;'), 40);
  assert.equal(bytes('struct S { a: f32, b: vec2<f32>, } var<workgroup> a: array<S, 3>;'), 48);
});

test('bindings tell reads from writes', () => {
  const { access } = facts(`
    @group(0) @binding(0) var<storage, read> a: array<f32>;
    @group(0) @binding(1) var<storage, read_write> b: array<f32>;
    @binding(2) @group(1) var<uniform> c: vec4f;
    @group(0) @binding(3) var<storage> d: array<f32>;
    @compute @workgroup_size(1) fn main() {}`);
  assert.deepEqual(
    [...access],
    [
      ['0:0', 1],
      ['0:1', 3],
      ['1:2', 1],
      ['0:3', 1],
    ],
  );
});
