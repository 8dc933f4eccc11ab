/**
 * Writes the WGSL of a matrix product by tiles: a workgroup copies a tile of each operand into workgroup memory, each
 * invocation computes a small block in registers. Valid on every device; the family for real GPUs.
 */
export interface TileGemm {
  /** Invocations of a workgroup along n and m. */
  readonly groupX: number;
  readonly groupY: number;
  /** Block of one invocation: rows along m, columns along n, both divisible by 4. */
  readonly rows: number;
  readonly columns: number;
  /** Steps of k in workgroup memory at a time, divisible by 4. */
  readonly depth: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly aligned: { readonly m: boolean; readonly n: boolean; readonly k: boolean };
}

const AXES = ['x', 'y', 'z', 'w'] as const;

const each = <T>(length: number, make: (i: number) => T): T[] => Array.from({ length }, (_, i) => make(i));

export function tileSize({ groupX, groupY, rows, columns }: TileGemm): {
  readonly m: number;
  readonly n: number;
} {
  return { m: groupY * rows, n: groupX * columns };
}

export function tileVectors({ transposeA, transposeB, aligned }: TileGemm): {
  readonly a: boolean;
  readonly b: boolean;
  readonly c: boolean;
} {
  return { a: transposeA ? aligned.m : aligned.k, b: transposeB ? aligned.k : aligned.n, c: aligned.n };
}

export function tileGemm(tile: TileGemm): string {
  const { groupX, groupY, rows, columns, depth, transposeA, transposeB } = tile;
  const size = tileSize(tile);
  const vectors = tileVectors(tile);
  const threads = groupX * groupY;
  const quads = depth / 4;
  // A tile is kept as [own][k/4] where k runs through memory, else as [k][own/4].
  const readA = transposeA
    ? each(4, (k) =>
        each(
          rows / 4,
          (g) => `let a${k}_${g} = tile_a[(kk * 4u + ${k}u) * ${size.m / 4}u + y * ${rows / 4}u + ${g}u];`,
        ),
      ).flat()
    : each(rows, (i) => `let a${i} = tile_a[(y * ${rows}u + ${i}u) * ${quads}u + kk];`);
  const readB = transposeB
    ? each(columns, (j) => `let b${j} = tile_b[(x * ${columns}u + ${j}u) * ${quads}u + kk];`)
    : each(4, (k) =>
        each(
          columns / 4,
          (g) => `let b${k}_${g} = tile_b[(kk * 4u + ${k}u) * ${size.n / 4}u + x * ${columns / 4}u + ${g}u];`,
        ),
      ).flat();
  const valueA = (i: number, k: number): string =>
    transposeA ? `a${k}_${i >> 2}.${AXES[i & 3]}` : `a${i}.${AXES[k]}`;
  // Columns are kept in vectors of four; a transposed B gives them one by one.
  const valueB = (g: number, k: number): string =>
    transposeB ? `vec4f(${each(4, (q) => `b${g * 4 + q}.${AXES[k]}`).join(', ')})` : `b${k}_${g}`;
  const sums = each(4, (k) =>
    each(rows, (i) =>
      each(columns / 4, (g) => `c${i}_${g} = fma(vec4f(${valueA(i, k)}), ${valueB(g, k)}, c${i}_${g});`),
    ),
  )
    .flat()
    .flat();
  return [
    'struct Params { m: u32, n: u32, k: u32, stride_a: u32, stride_b: u32, stride_c: u32 }',
    `var<workgroup> tile_a: array<vec4f, ${(size.m * depth) / 4}>;`,
    `var<workgroup> tile_b: array<vec4f, ${(size.n * depth) / 4}>;`,
    '',
    `@compute @workgroup_size(${threads})`,
    'fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {',
    '  let m = params.m;',
    '  let n = params.n;',
    '  let k_end = params.k;',
    `  let x = thread % ${groupX}u;`,
    `  let y = thread / ${groupX}u;`,
    `  let first_m = group.y * ${size.m}u;`,
    `  let first_n = group.x * ${size.n}u;`,
    '  let base_a = group.z * params.stride_a;',
    '  let base_b = group.z * params.stride_b;',
    '  let base_c = group.z * params.stride_c;',
    ...each(
      rows * (columns / 4),
      (i) => `  var c${Math.floor(i / (columns / 4))}_${i % (columns / 4)} = vec4f();`,
    ),
    `  for (var k0 = 0u; k0 < k_end; k0 += ${depth}u) {`,
    ...fill('a', 'm', !transposeA, vectors.a, size.m, depth, threads).map((line) => `    ${line}`),
    ...fill('b', 'n', transposeB, vectors.b, size.n, depth, threads).map((line) => `    ${line}`),
    '    workgroupBarrier();',
    `    for (var kk = 0u; kk < ${quads}u; kk++) {`,
    ...[...readA, ...readB, ...sums].map((line) => `      ${line}`),
    '    }',
    '    workgroupBarrier();',
    '  }',
    ...stores(tile, vectors.c).map((line) => `  ${line}`),
    '}',
  ].join('\n');
}

/** Copies a tile of one operand into workgroup memory; outside the matrix k gives zeros, the other dimension repeats its edge. */
function fill(
  array: 'a' | 'b',
  own: 'm' | 'n',
  alongK: boolean,
  vectors: boolean,
  ownSize: number,
  depth: number,
  threads: number,
): string[] {
  const total = (ownSize * depth) / 4;
  return each(Math.ceil(total / threads), (q) => {
    const e = `e_${array}${q}`;
    const load = alongK
      ? [
          `let r = min(first_${own} + ${e} / ${depth / 4}u, ${own} - 1u);`,
          `let k = k0 + (${e} % ${depth / 4}u) * 4u;`,
          'var v = vec4f();',
          vectors
            ? `if (k < k_end) { v = vec4f(${array}[(base_${array} + r * k_end + k) / 4u]); }`
            : each(
                4,
                (c) =>
                  `if (k + ${c}u < k_end) { v.${AXES[c]} = f32(${array}[base_${array} + r * k_end + k + ${c}u]); }`,
              ).join(' '),
        ]
      : [
          `let k = k0 + ${e} / ${ownSize / 4}u;`,
          `let r = first_${own} + (${e} % ${ownSize / 4}u) * 4u;`,
          'var v = vec4f();',
          vectors
            ? `if (k < k_end) { v = vec4f(${array}[(base_${array} + k * ${own} + min(r, ${own} - 4u)) / 4u]); }`
            : `if (k < k_end) { v = vec4f(${each(4, (c) => `f32(${array}[base_${array} + k * ${own} + min(r + ${c}u, ${own} - 1u)])`).join(', ')}); }`,
        ];
    const guard = (q + 1) * threads > total ? `if (${e} < ${total}u) ` : '';
    return `let ${e} = thread + ${q * threads}u; ${guard}{ ${load.join(' ')} tile_${array}[${e}] = v; }`;
  });
}

function stores({ rows, columns }: TileGemm, vectors: boolean): string[] {
  const lines: string[] = [];
  for (let i = 0; i < rows; i++)
    for (let g = 0; g < columns / 4; g++) {
      const row = `first_m + y * ${rows}u + ${i}u`;
      const column = (c: number): string => `first_n + x * ${columns}u + ${g * 4 + c}u`;
      if (vectors)
        lines.push(
          `if (${row} < m && ${column(0)} < n) { c[(base_c + (${row}) * n + ${column(0)}) / 4u] = Element4(finish4(c${i}_${g}, ${column(0)})); }`,
        );
      else
        for (let c = 0; c < 4; c++)
          lines.push(
            `if (${row} < m && ${column(c)} < n) { c[base_c + (${row}) * n + ${column(c)}] = Element(finish(c${i}_${g}.${AXES[c]}, ${column(c)})); }`,
          );
    }
  return lines;
}
