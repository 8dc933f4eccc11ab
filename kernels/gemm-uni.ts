/**
 * Writes the WGSL of a matrix product in which one subgroup computes a tile, with no workgroup memory and no barrier.
 *
 * Each lane owns columns (or rows) of the tile and loads its own operand; the other operand is loaded across the lanes, four
 * values at a time, and handed round by subgroupShuffle. `unroll` steps of k are chained into each accumulator. This is
 * the fastest form where a load costs more than a multiply-add (software adapters), and one of the candidates elsewhere.
 * Sound only where the subgroup size is fixed and equal to the workgroup size.
 */
import { each, products, tileStores } from './uni-tile.ts';

export interface UniGemm {
  /** Invocations of a subgroup, and of the workgroup. */
  readonly subgroup: number;
  /** Which operand the lanes own: `n` = columns of B, `m` = rows of A. */
  readonly lanes: 'm' | 'n';
  /** Rows of the other operand in a tile. */
  readonly shared: number;
  /** Columns (or rows) of the tile that one lane owns. */
  readonly perLane: number;
  readonly unroll: 1 | 2 | 4;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Whether m, n and k are divisible by four. */
  readonly aligned: { readonly m: boolean; readonly n: boolean; readonly k: boolean };
}

const AXES = ['x', 'y', 'z', 'w'] as const;

/** One of the two operands as the generator sees it. */
interface Side {
  readonly array: 'a' | 'b';
  /** The dimension that is not k. */
  readonly own: 'm' | 'n';
  /** k runs through memory without gaps (else `own` does). */
  readonly alongK: boolean;
  /** Bound as vectors of four. */
  readonly vectors: boolean;
}

/** Rows and columns that one workgroup computes. */
export function uniTile({ subgroup, lanes, shared, perLane }: UniGemm): {
  readonly m: number;
  readonly n: number;
} {
  return lanes === 'n' ? { m: shared, n: subgroup * perLane } : { m: subgroup * perLane, n: shared };
}

/** How A, B and C are bound: as single elements or as vectors of four. */
export function uniVectors(gemm: UniGemm): { readonly a: boolean; readonly b: boolean; readonly c: boolean } {
  const { a, b } = sidesOf(gemm);
  return {
    a: a.vectors,
    b: b.vectors,
    c: gemm.aligned.n && (gemm.lanes === 'n' ? !b.alongK : gemm.shared % 4 === 0),
  };
}

function sidesOf({ transposeA, transposeB, aligned }: UniGemm): { readonly a: Side; readonly b: Side } {
  return {
    a: { array: 'a', own: 'm', alongK: !transposeA, vectors: transposeA ? aligned.m : aligned.k },
    b: { array: 'b', own: 'n', alongK: transposeB, vectors: transposeB ? aligned.k : aligned.n },
  };
}

/** Body of the file: expects `a`, `b`, `c`, `params` and `finish`/`finish4` in front of it. */
export function uniGemm(gemm: UniGemm): string {
  const { subgroup, lanes, shared, perLane, unroll, aligned } = gemm;
  const { a, b } = sidesOf(gemm);
  const lane = lanes === 'n' ? b : a;
  const other = lanes === 'n' ? a : b;
  const own = new LaneSide(lane, subgroup, perLane);
  const cast = new SharedSide(other, subgroup, shared);
  const vectors = uniVectors(gemm);
  const columns = own.columns;
  const body = (steps: number): string[] => [
    ...cast.load(steps),
    ...own.load(steps),
    ...products({
      rows: shared,
      columns,
      steps,
      shared: (row, k) => cast.value(row, k),
      own: (column, k) => own.value(column, k),
      splat: (value) => own.splat(value),
    }),
  ];
  const tail = !(unroll === 1 || (unroll <= 4 && aligned.k));
  return [
    `struct Params { m: u32, n: u32, k: u32, stride_a: u32, stride_b: u32, stride_c: u32 }`,
    '',
    `@compute @workgroup_size(${subgroup})`,
    `fn main(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {`,
    `  let m = params.m;`,
    `  let n = params.n;`,
    `  let k_end = params.k;`,
    `  let base_a = group.z * params.stride_a${a.vectors ? ' / 4u' : ''};`,
    `  let base_b = group.z * params.stride_b${b.vectors ? ' / 4u' : ''};`,
    `  let base_c = group.z * params.stride_c;`,
    `  let first_shared = group.y * ${shared}u;`,
    `  let first_lane = group.x * ${subgroup * perLane}u;`,
    ...own.addresses().map((line) => `  ${line}`),
    ...cast.addresses().map((line) => `  ${line}`),
    ...each(shared * columns, (i) => `  var c${Math.floor(i / columns)}_${i % columns} = ${own.zero};`),
    `  let k_main = ${tail ? `k_end - k_end % ${unroll}u` : 'k_end'};`,
    `  for (var k = 0u; k < k_main; k += ${unroll}u) {`,
    ...body(unroll).map((line) => `    ${line}`),
    `  }`,
    ...(tail
      ? [`  for (var k = k_main; k < k_end; k++) {`, ...body(1).map((line) => `    ${line}`), `  }`]
      : []),
    ...stores(gemm, own, vectors.c).map((line) => `  ${line}`),
    `}`,
  ].join('\n');
}

/** Where an operand is read: `<name><i>` is the start of its i-th row (or vector), all that does not change with k. */
function starts(side: Side, name: string, first: string, places: readonly string[]): string[] {
  const { array, own, alongK, vectors } = side;
  return places.flatMap((place, i): string[] => {
    if (alongK)
      return [
        `let ${name}${i} = base_${array} + min(${first} + ${place}, ${own} - 1u) * ${vectors ? '(k_end / 4u)' : 'k_end'};`,
      ];
    // In vectors from the start: the software adapter's compiler makes better code of it than of a division at the end.
    if (vectors) return [`let ${name}${i} = min(${first} / 4u + ${place}, ${own} / 4u - 1u);`];
    return each(4, (c) => `let ${name}${i}_${c} = min(${first} + (${place}) * 4u + ${c}u, ${own} - 1u);`);
  });
}

/** Up to four values along k of row i, as a vector. */
function readAlongK({ array, vectors }: Side, start: string, steps: number): string {
  if (steps === 4 && vectors) return `vec4f(${array}[${start} + k / 4u])`;
  const value = (c: number): string =>
    vectors
      ? `f32(${array}[${start} + (k + ${c}u) / 4u][(k + ${c}u) % 4u])`
      : `f32(${array}[${start} + k + ${c}u])`;
  return `vec4f(${each(4, (c) => (c < steps ? value(c) : '0.0')).join(', ')})`;
}

/** Four values across k, at step `k`. */
function readAcrossK({ array, own, vectors }: Side, start: string, k: string): string {
  if (vectors) return `vec4f(${array}[base_${array} + ${k} * (${own} / 4u) + ${start}])`;
  return `vec4f(${each(4, (c) => `f32(${array}[base_${array} + ${k} * ${own} + ${start}_${c}])`).join(', ')})`;
}

/** The operand whose columns the lanes own: kept in l<...>, one register a lane. */
class LaneSide {
  readonly side: Side;
  readonly subgroup: number;
  /** Accumulators a row: single values along k, vectors of four along `own`. */
  readonly columns: number;
  readonly zero: string;

  constructor(side: Side, subgroup: number, perLane: number) {
    if (!side.alongK && perLane % 4 !== 0)
      throw new RangeError('a lane owns a multiple of four where it loads vectors');
    this.side = side;
    this.subgroup = subgroup;
    this.columns = side.alongK ? perLane : perLane / 4;
    this.zero = side.alongK ? '0.0' : 'vec4f()';
  }

  addresses(): string[] {
    return starts(
      this.side,
      'lane',
      'first_lane',
      each(this.columns, (j) => `lane + ${j * this.subgroup}u`),
    );
  }

  load(steps: number): string[] {
    const { side, columns } = this;
    if (side.alongK) return each(columns, (j) => `let l${j} = ${readAlongK(side, `lane${j}`, steps)};`);
    return each(steps, (k) =>
      each(columns, (j) => `let l${k}_${j} = ${readAcrossK(side, `lane${j}`, `(k + ${k}u)`)};`),
    ).flat();
  }

  value(column: number, k: number): string {
    return this.side.alongK ? `l${column}.${AXES[k]}` : `l${k}_${column}`;
  }

  splat(value: string): string {
    return this.side.alongK ? value : `vec4f(${value})`;
  }

  /** Index, along `own`, of component c of a column given as WGSL. */
  index(column: string, c: number): string {
    const skipped = `(${column}) * ${this.subgroup}u`;
    return this.side.alongK
      ? `first_lane + lane + ${skipped}`
      : `first_lane + (lane + ${skipped}) * 4u + ${c}u`;
  }
}

/** The operand that all lanes need: loaded once across the lanes, kept in p<...>, handed round by shuffles. */
class SharedSide {
  readonly side: Side;
  readonly subgroup: number;
  readonly rows: number;
  /** Steps of k in one load across the lanes, where four-row vectors do not fill them. */
  readonly stepsPerLoad: number;

  constructor(side: Side, subgroup: number, rows: number) {
    if (!side.alongK && rows % 4 !== 0)
      throw new RangeError('shared rows come in fours where they are loaded as vectors');
    this.side = side;
    this.subgroup = subgroup;
    this.rows = rows;
    this.stepsPerLoad = !side.alongK && rows / 4 < subgroup ? Math.floor(subgroup / (rows / 4)) : 1;
  }

  get #quads(): number {
    return this.rows / 4;
  }

  get #loads(): number {
    return Math.ceil((this.side.alongK ? this.rows : this.#quads) / this.subgroup);
  }

  addresses(): string[] {
    const quad = this.stepsPerLoad > 1 ? `lane % ${this.#quads}u` : 'lane';
    return starts(
      this.side,
      'row',
      'first_shared',
      each(this.#loads, (g) => `${quad} + ${g * this.subgroup}u`),
    );
  }

  load(steps: number): string[] {
    const { side, stepsPerLoad } = this;
    if (side.alongK) return each(this.#loads, (g) => `let p${g} = ${readAlongK(side, `row${g}`, steps)};`);
    if (stepsPerLoad > 1)
      return each(
        Math.ceil(steps / stepsPerLoad),
        (q) =>
          `let p${q} = ${readAcrossK(side, 'row0', `min(k + ${q * stepsPerLoad}u + lane / ${this.#quads}u, k_end - 1u)`)};`,
      );
    return each(steps, (k) =>
      each(this.#loads, (g) => `let p${k}_${g} = ${readAcrossK(side, `row${g}`, `(k + ${k}u)`)};`),
    ).flat();
  }

  value(row: number, k: number): string {
    const { subgroup, stepsPerLoad } = this;
    if (this.side.alongK)
      return `subgroupShuffle(p${Math.floor(row / subgroup)}.${AXES[k]}, ${row % subgroup}u)`;
    const quad = row >> 2;
    if (stepsPerLoad > 1)
      return `subgroupShuffle(p${Math.floor(k / stepsPerLoad)}.${AXES[row & 3]}, ${(k % stepsPerLoad) * this.#quads + quad}u)`;
    return `subgroupShuffle(p${k}_${Math.floor(quad / subgroup)}.${AXES[row & 3]}, ${quad % subgroup}u)`;
  }
}

/** The accumulators: bias added, activated and stored. */
function stores({ lanes, shared }: UniGemm, own: LaneSide, vectors: boolean): string[] {
  return lanes === 'n' ? rowsOfLanes(shared, own, vectors) : columnsOfLanes(shared, own, vectors);
}

/** Lanes own columns of C. */
function rowsOfLanes(shared: number, own: LaneSide, vectors: boolean): string[] {
  const wide = !own.side.alongK;
  return tileStores({
    rows: shared,
    columns: own.columns,
    height: 1,
    // Two rows of vectors a round: half the picking is worth twice the text.
    abreast: !wide ? own.columns : vectors && own.columns === 1 ? 2 : 1,
    tile: 'group.y',
    size: 'm',
    store: ({ row, column, values: [sum = ''] }) => {
      const m = `(${row})`;
      if (wide && vectors) {
        const n = own.index(column, 0);
        return [`if (${n} < n) { c[(base_c + ${m} * n + ${n}) / 4u] = Element4(finish4(${sum}, ${n})); }`];
      }
      return each(wide ? 4 : 1, (c) => {
        const n = own.index(column, c);
        const value = wide ? `${sum}.${AXES[c]}` : sum;
        return `if (${n} < n) { c[base_c + ${m} * n + ${n}] = Element(finish(${value}, ${n})); }`;
      });
    },
  });
}

/** Lanes own rows of C. */
function columnsOfLanes(shared: number, own: LaneSide, vectors: boolean): string[] {
  const wide = !own.side.alongK;
  return tileStores({
    rows: shared,
    columns: own.columns,
    height: vectors ? 4 : 1,
    abreast: vectors || wide ? 1 : own.columns,
    tile: 'group.y',
    size: 'n',
    store: ({ row, column, values }) =>
      each(wide ? 4 : 1, (c) => {
        const m = own.index(column, c);
        const n = `(${row})`;
        const parts = values.map((value) => (wide ? `${value}.${AXES[c]}` : value)).join(', ');
        return vectors
          ? `if (${m} < m) { c[(base_c + (${m}) * n + ${n}) / 4u] = Element4(finish4(vec4f(${parts}), ${n})); }`
          : `if (${m} < m) { c[base_c + (${m}) * n + ${n}] = Element(finish(${parts}, ${n})); }`;
      }),
  });
}
