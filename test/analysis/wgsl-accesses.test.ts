import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { memoryAccesses } from '../../src/analysis/wgsl/accesses.ts';
import type { KernelShape } from '../../src/analysis/wgsl/accesses.ts';
import { beyondFirst } from '../../src/analysis/wgsl/lanes.ts';
import { sectorUse, strideOfAccess } from '../../src/analysis/wgsl/sectors.ts';

const HEAD = `
struct Params { rows: u32, columns: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;
@group(0) @binding(3) var<storage, read> v: array<vec4f>;
override WIDE = false;
const STEP = 4u;
`;

const SHAPE: KernelShape = { workgroupSize: [64, 1, 1], wave: 32 };

function kernel(body: string, inputs = '@builtin(global_invocation_id) id: vec3u', before = ''): string {
  return `${HEAD}${before}\n@compute @workgroup_size(64) fn main(${inputs}) {\n${body}\n}`;
}

/** Stride of each access in order, as `name:stride`; a multiple of an unknown by its name. */
function strides(wgsl: string, shape: KernelShape = SHAPE): string[] {
  const found = memoryAccesses(wgsl, shape);
  assert.ok(found, 'the kernel is understood');
  return found.map((access) => {
    const stride = strideOfAccess(access);
    const text = !stride ? '?' : (stride.unknown ?? (stride.shared ? 'shared' : `${stride.elements}`));
    return `${access.name}${access.kind === 'store' ? '=' : ':'}${text}`;
  });
}

test('strides of the usual shapes of index', () => {
  const cases: [string, string[]][] = [
    ['y[id.x] = x[id.x];', ['x:1', 'y=1']],
    ['y[id.x * 4u] = x[id.x * STEP + 1u];', ['x:4', 'y=4']],
    ['y[id.x] = x[id.x * p.columns];', ['x:p.columns', 'y=1']],
    ['y[id.x] = x[0];', ['x:shared', 'y=1']],
    ['y[id.x] = x[id.y * p.columns + id.x];', ['x:1', 'y=1']],
    ['let i = id.x << 2u; y[i >> 2u] = x[i];', ['x:4', 'y=1']],
    ['let q = id.xy; y[q.x] = v[q.x].x;', ['v:4', 'y=1']],
    ['y[id.x] = dot(v[id.x], vec4f(1.0));', ['v:1', 'y=1']],
    ['if (id.x >= p.rows) { return; } y[min(id.x, p.rows - 1u)] += 2.0;', ['y:1', 'y=1']],
    ['y[u32(x[id.x])] = 1.0;', ['x:1', 'y=?']],
    ['y[id.x % 8u] = 1.0;', ['y=NaN']],
    ['y[id.x / 4u] = 1.0;', ['y=NaN']],
    ['y[(id.x % 1024u) * 512u + id.x / 1024u] = 1.0;', ['y=512']],
    ['let i = id.x + id.y * 65536u; y[i % 256u + (i >> 8u) * 256u] = 1.0;', ['y=1']],
    ['y[id.x % 48u] = 1.0;', ['y=?']],
  ];
  for (const [body, expected] of cases) assert.deepEqual(strides(kernel(body)), expected, body);
});

test('a loop is gone through for any number of turns', () => {
  const rows =
    'var sum = 0.0; for (var k = 0u; k < p.columns; k++) { sum += x[id.x * p.columns + k]; } y[id.x] = sum;';
  assert.deepEqual(strides(kernel(rows)), ['x:p.columns', 'y=1']);
  const columns =
    'var sum = 0.0; for (var k = 0u; k < p.rows; k++) { sum += x[k * p.columns + id.x]; } y[id.x] = sum;';
  assert.deepEqual(strides(kernel(columns)), ['x:1', 'y=1']);
  const strided = 'for (var i = id.x; i < p.rows; i += 64u) { y[i] = x[i * 2u]; }';
  assert.deepEqual(strides(kernel(strided)), ['x:2', 'y=1']);
  const counted = 'var i = id.x; loop { if (i > 9u) { break; } y[i] = 1.0; continuing { i += p.columns; } }';
  assert.deepEqual(strides(kernel(counted)), ['y=1']);
  const apart = 'var i = 0u; while (i < 9u) { y[i] = 1.0; i += id.x; }';
  assert.deepEqual(strides(kernel(apart)), ['y=?']);
  const nested =
    'for (var a = 0u; a < 4u; a++) { let row = a * p.columns; for (var b = 0u; b < 4u; b++) { y[row + b * 64u + id.x] = x[(row + b) * 8u + id.x * 3u]; } }';
  assert.deepEqual(strides(kernel(nested)), ['x:3', 'y=1']);
});

test('both ways of a branch count, and what follows is what they agree on', () => {
  assert.deepEqual(strides(kernel('var i = id.x; if (WIDE) { i = id.x * 2u; } y[i] = 1.0;')), ['y=?']);
  assert.deepEqual(
    strides(kernel('var i = id.x; if (WIDE) { i = id.x + 7u; } else { i = id.x + 9u; } y[i] = 1.0;')),
    ['y=1'],
  );
  assert.deepEqual(strides(kernel('if (id.x < 4u) { y[id.x] = 1.0; } else { y[id.x * 2u] = 1.0; }')), [
    'y=1',
    'y=2',
  ]);
});

test('what lanes may do differently is not taken for shared', () => {
  const cases: [string, string[]][] = [
    ['var c = 0u; if (id.x > 3u) { c = 1u; } y[id.x + c] = 1.0;', ['y=?']],
    ['var c = 0u; if (p.rows > 3u) { c = 1u; } y[id.x + c] = 1.0;', ['y=1']],
    ['var k = 0u; for (; k < id.x; k++) { y[k * 64u + id.x] = 1.0; } y[k] = 1.0;', ['y=1', 'y=?']],
    ['var k = 0u; loop { if (k > id.x) { break; } k++; } y[k] = 1.0;', ['y=?']],
    ['var k = 0u; for (; k < p.rows; k++) { } y[k + id.x] = 1.0;', ['y=1']],
    ['y[pick(id.x) * 64u] = 1.0;', ['y=?']],
    ['y[pick(p.rows) * 64u + id.x] = 1.0;', ['y=1']],
  ];
  const pick = 'fn pick(i: u32) -> u32 { if (i > 7u) { return 1u; } return 2u; }';
  for (const [body, expected] of cases)
    assert.deepEqual(strides(kernel(body, undefined, pick)), expected, body);
});

test('functions, pointers, vectors, structs and overrides are followed', () => {
  const at = 'fn at(row: u32, column: u32) -> u32 { return row * p.columns + column; }';
  assert.deepEqual(strides(kernel('y[at(0u, id.x)] = x[at(id.x, 0u)];', undefined, at)), [
    'x:p.columns',
    'y=1',
  ]);
  const struct =
    'struct In { @builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) lane: u32 }';
  assert.deepEqual(strides(kernel('y[in.id.x] = x[in.lane];', 'in: In', struct)), ['x:1', 'y=1']);
  const pointer = 'fn put(into: ptr<storage, array<f32>, read_write>, i: u32) { (*into)[i] = 1.0; }';
  assert.deepEqual(strides(kernel('put(&y, id.x * 2u); let q = &y[id.x]; *q = 2.0;', undefined, pointer)), [
    'y=2',
    'y=1',
  ]);
  const counts = '@group(0) @binding(4) var<storage, read_write> counts: array<atomic<u32>>;';
  assert.deepEqual(strides(kernel('atomicAdd(&counts[id.x * 5u], 1u);', undefined, counts)), [
    'counts:5',
    'counts=5',
  ]);
  const item = 'struct Item { a: f32, b: vec3f }\n@group(0) @binding(4) var<storage> items: array<Item>;';
  assert.deepEqual(strides(kernel('y[id.x] = items[id.x].a;', undefined, item)), ['items:8', 'y=1']);
  const wide = { ...SHAPE, constants: { N: 3 } };
  assert.deepEqual(strides(kernel('y[id.x * N] = 1.0;', undefined, 'override N: u32 = 1u;'), wide), ['y=3']);
});

test('a uniform whose value is known makes the stride a number', () => {
  const uniform = (group: number, binding: number, at: number): number | undefined =>
    group === 0 && binding === 2 && at === 4 ? 128 : undefined;
  assert.deepEqual(strides(kernel('y[id.x] = x[id.x * p.columns + p.rows];'), { ...SHAPE, uniform }), [
    'x:128',
    'y=1',
  ]);
});

test('lanes run along the first dimension that the workgroup has', () => {
  const text = kernel('y[id.y * 64u + id.x] = 1.0;');
  assert.deepEqual(strides(text, { ...SHAPE, workgroupSize: [1, 64, 1] }), ['y=64']);
  assert.deepEqual(strides(text, { ...SHAPE, workgroupSize: [8, 8, 1] }), ['y=NaN']);
});

test('sectors: what a wave moves against what it uses, accesses side by side together', () => {
  const use = (body: string): number => {
    const found = memoryAccesses(kernel(body), SHAPE);
    const sectors =
      found &&
      sectorUse(
        found.filter((access) => access.name === 'x'),
        32,
      );
    assert.ok(sectors);
    return sectors.usedBytes / sectors.movedBytes;
  };
  assert.equal(use('y[id.x] = x[id.x];'), 1);
  assert.equal(use('y[id.x] = x[id.x * 2u];'), 0.5);
  assert.equal(use('y[id.x] = x[id.x * 64u];'), 1 / 8);
  assert.equal(use('y[id.x] = x[id.x * 2u] + x[id.x * 2u + 1u];'), 1);
  assert.equal(use('y[id.x] = x[id.x / 8u];'), 0.5);
});

/** The index as WGSL computes it for one invocation. */
type Index = (lane: number, group: number, columns: number) => number;

test('strides of any index made of these parts are those that running it gives', () => {
  const leaf = fc.constantFrom<readonly [string, Index]>(
    ['id.x', (lane, group) => group * 64 + lane],
    ['lane', (lane) => lane],
    ['p.columns', (_, __, columns) => columns],
    ['3u', () => 3],
    ['64u', () => 64],
  );
  const { index } = fc.letrec<{ index: readonly [string, Index] }>((tie) => ({
    index: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc
        .tuple(tie('index'), tie('index'))
        .map(([[a, f], [b, g]]): readonly [string, Index] => [
          `(${a} + ${b})`,
          (...of) => f(...of) + g(...of),
        ]),
      fc
        .tuple(tie('index'), fc.constantFrom(2, 4, 48))
        .map(([[a, f], n]): readonly [string, Index] => [`(${a} * ${n}u)`, (...of) => f(...of) * n]),
      fc
        .tuple(tie('index'), fc.constantFrom(4, 48, 256))
        .map(([[a, f], n]): readonly [string, Index] => [
          `(${a} / ${n}u)`,
          (...of) => Math.floor(f(...of) / n),
        ]),
      fc
        .tuple(tie('index'), fc.constantFrom(4, 48, 256))
        .map(([[a, f], n]): readonly [string, Index] => [`(${a} % ${n}u)`, (...of) => f(...of) % n]),
    ),
  }));
  const inputs = '@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) lane: u32';
  let known = 0;
  fc.assert(
    fc.property(index, fc.nat(40), fc.constantFrom(100, 1024), ([text, run], group, columns) => {
      const [access] = memoryAccesses(kernel(`y[${text}] = 1.0;`, inputs), SHAPE) ?? [];
      const beyond = access?.offset ? beyondFirst(access.offset) : null;
      if (!beyond || 'unknown' in beyond) return;
      known++;
      const at = (lane: number): number => 4 * (run(lane, group, columns) - run(0, group, columns));
      assert.deepEqual(
        [...beyond.at],
        Array.from({ length: 32 }, (_, lane) => at(lane)),
        text,
      );
    }),
    { numRuns: 300 },
  );
  assert.ok(known > 50, `${known} understood`);
});

test('what is no WGSL, or has several entry points, is not understood rather than guessed', () => {
  assert.equal(memoryAccesses('fn main( {', SHAPE), null);
  assert.equal(memoryAccesses(`${kernel('')}\n@compute @workgroup_size(1) fn other() {}`, SHAPE), null);
  assert.equal(memoryAccesses(kernel('y[0] = 1.0;'), { ...SHAPE, workgroupSize: [1, 1, 1] }), null);
  const deep = 'fn f(n: u32) -> u32 { return g(n); }\nfn g(n: u32) -> u32 { return f(n); }';
  assert.equal(memoryAccesses(kernel('y[f(1u)] = 1.0;', undefined, deep), SHAPE), null);
});
